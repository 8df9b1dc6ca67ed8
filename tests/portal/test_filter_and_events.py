"""Of what an outbound webhook is told: its filter and its events, in the form, in words and in the log."""

import pytest
from playwright.sync_api import Locator, expect

import completions
from accounts import unused_phone
from receiver import Http
from webhook_pages import deliver

NAME = "<b>Q4</b> Outreach"


def says(visitor) -> Locator:
    """The sentence of the form."""
    return visitor.page.get_by_role("status", name="What the filter lets through")


def part(visitor, name: str) -> Locator:
    return visitor.page.get_by_role("group", name=name)


def saved(visitor) -> None:
    visitor.page.get_by_role("button", name="Save changes").click()
    visitor.page.get_by_text("Saved.").wait_for()


# the filter


def test_a_filter_is_chosen_said_saved_and_keeps_calls_back(editor, account, dialer, receivers):
    endpoint, campaign = receivers.receiver(), account.campaign(name=NAME)
    webhook = account.outbound(endpoint.url)
    page = editor.page
    editor.open(f"/outbound/{webhook.id}/edit")
    expect(says(editor)).to_have_text("All calls.")
    page.get_by_text("Choose calls").click()
    part(editor, "How it ended").get_by_label("Finished").check()
    expect(says(editor)).to_have_text("Finished calls.")
    part(editor, "Campaigns").get_by_label("Add a campaign").select_option(NAME)
    expect(says(editor)).to_have_text(f"Finished calls of {NAME}.")
    part(editor, "How warm the lead is").get_by_label("Warm").check()
    part(editor, "How warm the lead is").get_by_label("Hot").check()
    expect(says(editor)).to_have_text(f"Finished calls of {NAME} with a hot or warm lead.")
    typed = part(editor, "Campaigns").get_by_label("Id of a bulk campaign")
    typed.fill("cmp_bulk_winter")
    typed.press("Enter")
    part(editor, "What asked for it").get_by_label("A bulk campaign").check()
    page.get_by_label("How long it lasted at least").fill("90")
    whole = (
        f"Finished calls of {NAME} or cmp_bulk_winter with a hot or warm lead asked for by a bulk campaign "
        "that lasted 1 min 30 s or longer."
    )
    expect(says(editor)).to_have_text(whole)
    saved(editor)
    assert account.read(webhook.path)["filter"] == {
        "statuses": ["finished"],
        "sources": ["campaign"],
        "campaignIds": [campaign["id"], "cmp_bulk_winter"],
        "warmth": ["hot", "warm"],
        "minDuration": 90,
    }
    expect(page.get_by_text(whole)).to_be_visible()

    warm = {"sentiment": "neutral", "lead_warmth": "warm", "justification": ""}
    dialer.send(completions.of_elsewhere(account, status="missed"))
    (row,) = deliver(account, dialer, webhook, duration=90, analysis=warm)
    assert account.call(row["callId"])["status"] == "finished"
    assert len(endpoint.await_requests(1)) == 1


def test_a_filter_is_taken_away_part_by_part(editor, account):
    campaign = account.campaign(name=NAME)
    some = {"statuses": ["missed", "failed"], "campaignIds": [campaign["id"]], "minDuration": 30}
    webhook = account.outbound("https://example.com/hook", filter=some)
    editor.open(f"/outbound/{webhook.id}/edit")
    expect(says(editor)).to_have_text(f"Missed or failed calls of {NAME} that lasted 30 s or longer.")
    for box in ("Missed", "Failed"):
        part(editor, "How it ended").get_by_label(box).uncheck()
    part(editor, "Campaigns").get_by_role("button", name=f"Remove {NAME}").click()
    editor.page.get_by_label("How long it lasted at least").fill("")
    expect(says(editor)).to_have_text("All calls.")
    saved(editor)
    assert account.read(webhook.path)["filter"] is None


@pytest.mark.parametrize(
    ("field", "value"), [("How long it lasted at least", "half a minute"), ("Id of a bulk campaign", "Q4 Outreach")]
)
def test_a_part_is_refused_at_its_field(editor, account, field, value):
    webhook, page = account.outbound("https://example.com/hook"), editor.page
    editor.expects(400)
    editor.open(f"/outbound/{webhook.id}/edit")
    page.get_by_text("Choose calls").click()
    page.get_by_label(field).fill(value)
    page.get_by_label(field).press("Enter")
    if field == "How long it lasted at least":
        expect(page.get_by_text("whole number").first).to_be_visible()
    else:
        page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label(field)).to_be_focused()
    expect(page.get_by_label(field)).to_have_attribute("aria-invalid", "true")
    assert account.read(webhook.path)["filter"] is None


def test_many_campaigns_are_counted_and_a_viewer_reads_the_sentence(viewer, account):
    ids = [f"cmp_bulk_{number}" for number in range(50)]
    webhook = account.outbound("https://example.com/hook", filter={"campaignIds": ids, "warmth": ["unknown"]})
    viewer.open(f"/outbound/{webhook.id}")
    sentence = "All calls of cmp_bulk_0, cmp_bulk_1, cmp_bulk_2 or 47 other campaigns with an unknown lead."
    expect(viewer.page.get_by_text(sentence)).to_be_visible()
    viewer.open(f"/outbound/{webhook.id}/edit")
    expect(viewer.page.get_by_text("Your session can only view")).to_be_visible()


def test_a_filter_is_chosen_by_the_keyboard_alone(editor, account):
    webhook = account.outbound("https://example.com/hook")
    editor.open(f"/outbound/{webhook.id}/edit")
    editor.press(editor.page.get_by_text("Choose calls"))
    editor.press(part(editor, "How it ended").get_by_label("Missed"), "Space")
    editor.tab_to(part(editor, "Campaigns").get_by_label("Id of a bulk campaign"))
    editor.page.keyboard.type("cmp_bulk_winter")
    editor.page.keyboard.press("Enter")
    editor.press(editor.page.get_by_role("button", name="Save changes"))
    editor.page.get_by_text("Saved.").wait_for()
    assert account.read(webhook.path)["filter"] == {"statuses": ["missed"], "campaignIds": ["cmp_bulk_winter"]}


# the events


def test_events_are_chosen_saved_and_never_none(editor, account):
    webhook, page = account.outbound("https://example.com/hook"), editor.page
    editor.expects(400)
    editor.open(f"/outbound/{webhook.id}/edit")
    events = part(editor, "It is told when")
    expect(events.get_by_label("call.finished")).to_be_checked()
    events.get_by_label("call.finished").uncheck()
    page.get_by_role("button", name="Save changes").click()
    expect(events.get_by_role("alert")).to_be_visible()
    expect(events.get_by_label("call.finished")).to_be_focused()
    events.get_by_label("webhook.failing").check()
    events.get_by_label("call.cancelled").check()
    saved(editor)
    assert account.read(webhook.path)["events"] == ["call.cancelled", "webhook.failing"]
    expect(page.get_by_text("call.cancelled webhook.failing")).to_be_visible()


def test_who_asks_for_cancelled_calls_sees_what_is_sent_of_one(editor, account):
    said = '{{ type }}: {{ call.status }}, {{ call.reason | default("it rang") }}'
    webhook = account.outbound("https://example.com/hook", payload={"text": said})
    editor.open(f"/outbound/{webhook.id}/edit")
    events, body = part(editor, "It is told when"), part(editor, "Body")
    choice, sent = body.get_by_label("What is sent, of"), body.get_by_role("status", name="What is sent")
    rang, cancelled = "call.finished: finished, it rang", "call.cancelled: cancelled, insufficient_funds"
    expect(choice.get_by_role("option")).to_have_text(["the sample", "the last real call"])
    expect(sent).to_contain_text(rang)
    events.get_by_label("call.cancelled").check()
    choice.select_option("the sample of a cancelled call")
    expect(sent).to_contain_text(cancelled)
    events.get_by_label("call.cancelled").uncheck()
    expect(choice.get_by_role("option")).to_have_text(["the sample", "the last real call"])
    expect(sent).to_contain_text(rang)
    # Of one that is told of nothing else, it is the sample that is shown first.
    events.get_by_label("call.cancelled").check()
    events.get_by_label("call.finished").uncheck()
    expect(choice.get_by_role("option")).to_have_text(["the sample of a cancelled call", "the last real call"])
    expect(sent).to_contain_text(cancelled)


def test_a_new_webhook_is_told_of_what_was_chosen(editor, account):
    page = editor.page
    editor.open("/outbound/new")
    page.get_by_label("Name", exact=True).fill("On call")
    page.get_by_label("URL", exact=True).fill("https://example.com/hook")
    part(editor, "It is told when").get_by_label("webhook.disabled").check()
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="On call is ready").wait_for()
    (made,) = account.read("/webhooks")["items"]
    assert made["events"] == ["call.finished", "webhook.disabled"]


def test_a_call_that_does_not_ring_stands_in_the_log_by_its_event(editor, account, receivers):
    asking = account.inbound()
    account.campaign(asking, status="paused")
    webhook = account.outbound(receivers.receiver().url, events=["call.cancelled"])
    account.trigger(asking, {"phoneNumber": unused_phone()})
    (row,) = account.attempts_of(webhook)
    editor.open(f"/outbound/{webhook.id}")
    log = editor.page.get_by_role("region", name="Delivery log").locator("tbody").get_by_role("row")
    expect(log).to_have_count(1)
    expect(log).to_contain_text("call.cancelled")
    log.get_by_role("link", name="Open the call").click()
    expect(editor.page.get_by_text("Cancelled").first).to_be_visible()
    assert editor.route == f"/calls/{row['callId']}"


def test_a_delivery_about_a_webhook_stands_without_a_call_and_is_sent_again(editor, account, dialer, receivers):
    watching = receivers.receiver()
    webhook = account.outbound(watching.url, events=["webhook.failing"])
    broken = account.webhook(direction="outbound", name=NAME, url=receivers.receiver(Http(500)).url)
    for _ in range(3):
        deliver(account, dialer, broken)
    (row,) = account.attempts_of(webhook)
    editor.open(f"/outbound/{webhook.id}")
    log = editor.page.get_by_role("region", name="Delivery log").locator("tbody").get_by_role("row")
    expect(log).to_contain_text("webhook.failing")
    expect(log.get_by_role("link", name="Open the call")).to_have_count(0)
    log.get_by_role("link").click()
    assert editor.route.startswith(f"/outbound/{webhook.id}/deliveries/{row['deliveryId']}?")
    expect(editor.page.get_by_text("none: it is about a webhook")).to_be_visible()
    expect(editor.page.get_by_label("Body", exact=True)).to_contain_text(NAME)
    assert editor.findings_in_both_schemes() == []
    editor.page.get_by_role("button", name="Send again").click()
    first, again = watching.await_requests(2)
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
