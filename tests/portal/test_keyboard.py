"""Everything is done by the keyboard alone, and what has the focus is seen to have it."""

from playwright.sync_api import expect

import completions
from accounts import eventually, unused_phone
from portal_scene import many_results
from receiver import Http
from webhook_pages import deliver


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


def test_on_a_phone_the_navigation_shows_where_one_is(editor):
    editor.page.set_viewport_size({"width": 360, "height": 740})
    for route, name in [("/reference", "Reference"), ("/", "Home"), ("/results", "Results")]:
        editor.open(route)
        editor.settle()
        expect(editor.page.get_by_label("Pages").get_by_role("link", name=name)).to_be_in_viewport(ratio=0.95)


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


def test_a_secret_is_rotated_and_put_away(editor, account):
    page = editor.page
    webhook = account.outbound("https://example.com/hook")
    editor.open(f"/outbound/{webhook.id}")
    editor.press(page.get_by_role("button", name="Rotate the secret"))
    question = page.get_by_role("dialog", name="Rotate the signing secret?")
    editor.tab_to(question.get_by_label("The old secret signs, too, for"))
    page.keyboard.type("an hour")
    editor.press(question.get_by_role("button", name="Rotate"))
    expect(page.get_by_text("The new secret. It is shown this once.")).to_be_visible()
    editor.press(page.get_by_role("button", name="I have kept it"))
    expect(page.get_by_text("The new secret. It is shown this once.")).to_have_count(0)


def test_a_webhook_is_disabled_enabled_and_what_failed_is_sent_again(editor, account, dialer, receivers):
    page = editor.page
    endpoint = receivers.receiver(Http(500), Http(200))
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook)
    editor.open(f"/outbound/{webhook.id}")
    editor.press(page.get_by_role("button", name="Disable"))
    editor.press(page.get_by_role("dialog").get_by_role("button", name="Disable"))
    editor.press(page.get_by_role("button", name="Enable"))
    question = page.get_by_role("dialog", name="Resend all that failed?")
    expect(question).to_be_visible()
    assert account.read(webhook.path)["status"] == "enabled"
    # The moment that is offered is that of the disabling, and the call failed before.
    editor.tab_to(question.get_by_label("Since"))
    page.keyboard.type("01012025")
    editor.press(question.get_by_role("button", name="Resend all"))
    expect(question).to_have_count(0)
    eventually(lambda: account.attempts_of(webhook, 2)[0]["outcome"] == "succeeded", "it is delivered")


def test_a_webhook_is_deleted(editor, account):
    page = editor.page
    webhook = account.outbound("https://example.com/hook")
    editor.open(f"/outbound/{webhook.id}")
    editor.press(page.get_by_role("button", name="Delete this webhook"))
    editor.press(page.get_by_role("dialog").get_by_role("button", name="Delete"))
    expect(page.get_by_role("heading", name="No outbound webhook yet")).to_be_visible()
    assert account.get(webhook.path).status == 404


def test_a_mapping_is_written_tried_and_saved(editor, account):
    page = editor.page
    webhook = account.inbound()
    editor.open(f"/inbound/{webhook.id}")
    editor.press(page.get_by_role("link", name="Set one up"))
    editor.tab_to(page.get_by_label("Phone number"))
    page.keyboard.type("properties.phone.value")
    expect(page.get_by_role("status", name="What would be called")).to_contain_text("+15551234567")
    editor.press(page.get_by_role("button", name="Save the mapping"))
    expect(page.get_by_role("link", name="Edit the mapping")).to_be_visible()
    assert account.read(webhook.path)["mapping"] == {"phoneNumber": "properties.phone.value"}


def test_results_are_exported(editor, account, dialer):
    campaign_id = many_results(account, dialer, 1)
    editor.open(f"/results?campaign={campaign_id}")
    with editor.page.expect_download():
        editor.press(editor.page.get_by_role("button", name="Export CSV"))
    expect(editor.page.get_by_text("1 call exported.")).to_be_visible()


def test_a_call_is_erased(editor, account, dialer):
    page = editor.page
    completion = completions.of_elsewhere(account)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is there")
    editor.open(f"/calls/{completion['callId']}")
    editor.press(page.get_by_role("button", name="Erase personal data"))
    question = page.get_by_role("dialog")
    editor.press(question.get_by_role("button", name="Erase"))
    expect(question).to_have_count(0)
    eventually(lambda: account.call(completion["callId"])["recipient"] is None, "the call is erased")


def test_signing_out(editor):
    editor.open("/credits")
    editor.press(editor.page.get_by_role("button", name="Sign out"))
    expect(editor.page.get_by_text("You are signed out.")).to_be_visible()
    expect(editor.page.get_by_label("API key")).to_be_focused()
