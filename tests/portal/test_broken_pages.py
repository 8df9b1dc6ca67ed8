"""Nothing that comes from outside stops the portal: neither a word that JavaScript knows too, nor an address that fits
no page. When a page breaks all the same it says so, and the next click leads on."""

import pytest
from playwright.sync_api import expect

import completions
from accounts import eventually

OF_EVERY_OBJECT = ["constructor", "__proto__", "toString", "hasOwnProperty"]


def heading(visitor, name: str):
    return visitor.page.get_by_role("heading", name=name, exact=True)


def test_a_speaker_may_have_the_name_of_what_every_object_has(editor, account, dialer):
    turns = [{"who": who, "what": f"I am {who}.", "when": "2024-04-30T14:00:03.000Z"} for who in OF_EVERY_OBJECT]
    completion = completions.of_elsewhere(account, transcript=turns)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is there")
    editor.open(f"/calls/{completion['callId']}")
    expect(editor.page.locator(".turn-head b")).to_have_text(OF_EVERY_OBJECT)


def test_no_table_of_words_knows_what_every_object_has(editor):
    titles = editor.run(
        """({ explain }, { inWords }, { Badge }, words) => words.map((word) => [
            explain(word).title,
            inWords({ outcome: "x", reason: word }, { mapping: {} }),
            Badge({ of: word }).props.class])""",
        ["failures.js", "pages/inbound/reasons.js", "components/badge.js"],
        OF_EVERY_OBJECT,
        page="inbound",
    )
    assert titles == [["It was not sent", word, "badge "] for word in OF_EVERY_OBJECT]


def test_a_webhook_under_the_other_direction_s_address_is_found_all_the_same(editor, account):
    inbound, outbound = account.inbound(), account.outbound("https://example.com/hook")
    editor.open(f"/inbound/{outbound.id}")
    expect(heading(editor, "To the CRM")).to_be_visible()
    assert editor.route == f"/outbound/{outbound.id}"
    editor.open(f"/outbound/{inbound.id}/edit")
    expect(heading(editor, "Edit From the CRM")).to_be_visible()
    assert editor.route == f"/inbound/{inbound.id}/edit"


@pytest.mark.parametrize("end", [".", "..", "%2E", "x/deliveries/.", "x/deliveries/.."])
def test_a_dot_is_no_id(editor, end):
    editor.open(f"/outbound/{end}")
    expect(heading(editor, "Not found")).to_be_visible()


def test_a_page_that_breaks_says_so_and_the_next_click_leads_on(editor, account):
    campaign = account.campaign()
    answers = iter([{"name": {}, "prompt": 7}])

    def strange(route) -> None:
        answer = next(answers, None)
        route.fulfill(json=answer) if answer else route.continue_()

    editor.page.route(f"**/v1/campaigns/{campaign['id']}", strange)
    editor.open(f"/campaigns/{campaign['id']}")
    expect(heading(editor, "The page cannot be shown")).to_be_visible()
    editor.page.get_by_role("link", name="Credits").click()
    expect(heading(editor, "Credits")).to_be_visible()
    editor.page.go_back()
    expect(heading(editor, campaign["name"])).to_be_visible()


def test_going_back_from_changes_and_thinking_better_of_it_loses_no_step_of_the_history(editor, account):
    page = editor.page
    campaign = account.campaign(prompt="Old prompt.")
    editor.open("/credits")
    expect(heading(editor, "Credits")).to_be_visible()
    editor.page.get_by_role("link", name="Campaigns").click()
    page.get_by_role("main").get_by_role("link", name=campaign["name"]).click()
    page.get_by_label("Prompt").fill("Half a thou")
    page.go_back()
    question = page.get_by_role("dialog", name="Leave without saving?")
    question.get_by_role("button", name="Stay").click()
    expect(page.get_by_label("Prompt")).to_have_value("Half a thou")
    assert editor.route == f"/campaigns/{campaign['id']}"
    page.go_back()
    question.get_by_role("button", name="Leave").click()
    expect(heading(editor, "Campaigns")).to_be_visible()
    page.go_back()
    expect(heading(editor, "Credits")).to_be_visible()
    page.go_forward()
    expect(heading(editor, "Campaigns")).to_be_visible()
    page.go_forward()
    expect(page.get_by_label("Prompt")).to_have_value("Old prompt.")
