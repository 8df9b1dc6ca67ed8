"""Everything is done by the keyboard alone, and what has the focus is seen to have it."""

from playwright.sync_api import expect

from accounts import unused_phone


def test_signing_in_and_walking_to_a_page(visit, account):
    visitor = visit()
    visitor.open("/")
    expect(visitor.page.get_by_label("API key")).to_be_focused()
    visitor.page.keyboard.type(account.api_key)
    visitor.page.keyboard.press("Enter")
    visitor.press(visitor.page.get_by_role("link", name="Credits"))
    expect(visitor.page.get_by_role("heading", name="Credits")).to_be_focused()


def test_the_navigation_can_be_skipped(editor):
    editor.open("/credits")
    editor.page.get_by_role("heading", name="Ledger").wait_for()
    editor.page.keyboard.press("Tab")
    expect(editor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    editor.page.keyboard.press("Enter")
    expect(editor.page.get_by_role("main")).to_be_focused()


def test_a_campaign_is_made_written_and_tried(editor, account):
    page = editor.page
    editor.open("/campaigns")
    editor.press(page.get_by_role("link", name="Create campaign").first)
    editor.tab_to(page.get_by_label("Name"))
    page.keyboard.type("Autumn")
    editor.press(page.get_by_role("button", name="Create campaign"))
    expect(page.get_by_role("heading", name="Autumn")).to_be_visible()
    editor.tab_to(page.get_by_label("Prompt"))
    page.keyboard.type("Ask for a viewing.")
    editor.press(page.get_by_role("button", name="Save changes"))
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    editor.tab_to(page.get_by_label("Phone number"))
    page.keyboard.type(unused_phone())
    page.keyboard.press("Enter")
    editor.press(page.get_by_role("link", name="Open the call"))
    expect(page.get_by_text("The call is queued.")).to_be_visible()


def test_results_are_filtered_and_a_call_is_opened_and_left(editor, account):
    campaign = account.campaign()
    account.test_call(campaign, {"phoneNumber": unused_phone(), "firstName": "Hedda"})
    editor.open(f"/results?campaign={campaign['id']}")
    editor.tab_to(editor.page.get_by_label("Status"))
    editor.page.keyboard.type("Queued")
    editor.press(editor.page.get_by_role("table").get_by_role("link", name="Hedda"))
    expect(editor.page.get_by_role("heading", name="Hedda")).to_be_focused()
    editor.press(editor.page.get_by_role("link", name="Results").last)
    expect(editor.page.get_by_role("heading", name="Results")).to_be_focused()


def test_a_question_keeps_the_focus_and_gives_it_back(editor, account):
    campaign = account.campaign()
    page = editor.page
    editor.open(f"/campaigns/{campaign['id']}")
    delete = page.get_by_role("button", name="Delete campaign")
    editor.press(delete)
    question = page.get_by_role("dialog")
    expect(question).to_be_visible()
    for _ in range(4):
        page.keyboard.press("Tab")
        inside = "node => node.contains(document.activeElement) || document.activeElement === document.body"
        assert question.evaluate(inside)
    page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(delete).to_be_focused()
