"""A call: what was said, what came of it, who was told, and taking the personal part away."""

import re

import pytest
from playwright.sync_api import expect

import completions
from accounts import eventually, unused_phone
from receiver import Http


@pytest.fixture
def reported(account, dialer):
    """The id of a call that the dialer has reported with these results."""

    def reported(**results) -> str:
        completion = completions.of_elsewhere(account, recipient=completions.RECIPIENT, **results)
        dialer.send(completion)
        eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is there")
        return completion["callId"]

    return reported


def section(visitor, title: str):
    return visitor.page.locator("section").filter(has=visitor.page.get_by_role("heading", name=title, exact=True))


def test_all_that_is_known_of_a_call_is_shown(editor, reported):
    editor.open(f"/calls/{reported(**completions.RESULTS)}")
    expect(editor.page.get_by_role("heading", name="Jannetje van Quillhaven")).to_be_visible()
    for shown in [
        completions.RESULTS["summary"],
        *completions.RESULTS["actionItems"],
        completions.RESULTS["analysis"]["justification"],
        completions.RECIPIENT["note"],
        completions.RECIPIENT["email"],
        completions.RECIPIENT["companyName"],
        "123 Harbour View, Apartment 9c, 78701-1234 Zwijndrecht, TX",
        "A bulk campaign",
    ]:
        expect(editor.page.get_by_text(shown)).to_be_visible()
    # The whole text: a time of day may end like a length.
    expect(editor.page.get_by_text("2 min 22 s", exact=True)).to_be_visible()
    expect(section(editor, "Analysis")).to_contain_text("Hot")
    expect(section(editor, "Analysis")).to_contain_text("Positive")


def test_who_was_told_of_a_call_that_does_not_ring_stands_there(editor, account, receivers):
    crm = account.inbound()
    account.campaign(crm, status="paused")
    account.outbound(receivers.receiver().url)
    account.trigger(crm)
    [asked_before] = account.requests_to(crm)
    editor.open(f"/calls/{asked_before['callId']}")
    # Nobody asks for such calls, so nothing is waited for.
    expect(section(editor, "Deliveries")).to_contain_text("No endpoint was told of this call")

    asking = account.outbound(receivers.receiver().url, events=["call.cancelled"])
    account.trigger(crm)
    asked, _ = account.requests_to(crm, 2)
    account.attempts_of(asking)
    editor.open(f"/calls/{asked['callId']}")
    expect(section(editor, "Deliveries").get_by_role("listitem")).to_contain_text("Delivered 200")


def test_what_is_sent_of_a_call_that_ended_just_now_appears_by_itself(editor, account, reported, receivers):
    page, webhook = editor.page, account.outbound(receivers.receiver().url)
    call = reported()
    account.attempts_of(webhook)
    nothing = {"items": [], "nextCursor": None}
    page.route(re.compile(r"/deliveries\?callId="), lambda route: route.fulfill(json=nothing), times=1)
    page.clock.install()
    editor.open(f"/calls/{call}")
    expect(section(editor, "Deliveries")).to_contain_text("Nothing was sent yet. It appears here by itself.")
    page.clock.run_for(2_100)
    expect(section(editor, "Deliveries").get_by_role("listitem")).to_contain_text("Delivered 200")
    asked = editor.counted("GET", f"{webhook.path}/deliveries")
    page.clock.run_for(60_000)
    assert asked == []


def test_of_what_nobody_is_told_it_is_said_after_a_minute(editor, account, reported):
    account.outbound("https://example.com/hook", filter={"statuses": ["missed"]})
    page = editor.page
    page.clock.install()
    editor.open(f"/calls/{reported()}")
    expect(section(editor, "Deliveries")).to_contain_text("Nothing was sent yet.")
    page.clock.fast_forward(61_000)
    expect(section(editor, "Deliveries")).to_contain_text("No endpoint was told of this call")
    asked = editor.counted("GET", "/webhooks")
    page.clock.run_for(10_000)
    assert asked == []


def test_what_came_along_and_what_was_filled_in_is_shown_by_name(account, editor, dialer, jobs):
    webhook = account.bound_webhook()
    metadata, variables = {"personId": 4711, "deal": {"stage": "new"}}, {"offer": "10 % until Friday", "vip": True}
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": metadata, "variables": variables})
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job, extracted={"appointment": "<b>Saturday</b>"}))
    account.settled(job["callId"])

    editor.open(f"/calls/{job['callId']}")

    for title, shown in [
        ("Filled in", ["appointment", "<b>Saturday</b>"]),
        ("Words for the script", ["offer", "10 % until Friday", "vip", "true"]),
        ("Metadata", ["personId", "4711", "deal", '{"stage":"new"}']),
    ]:
        for text in shown:
            expect(section(editor, title)).to_contain_text(text)


def test_a_call_without_them_has_no_such_sections(editor, reported):
    editor.open(f"/calls/{reported(**completions.RESULTS)}")
    expect(section(editor, "Summary")).to_be_visible()
    for title in ("Filled in", "Words for the script", "Metadata"):
        expect(section(editor, title)).to_have_count(0)


def test_the_transcript_reads_as_a_conversation(editor, reported):
    editor.open(f"/calls/{reported(**completions.RESULTS)}")
    turns = section(editor, "Transcript").get_by_role("listitem")
    expect(turns).to_have_count(2)
    expect(turns.nth(0).get_by_role("paragraph")).to_have_text(["Assistant 0:00", "Hi, is this Jannetje?"])
    expect(turns.nth(1).get_by_role("paragraph")).to_have_text(["Recipient 0:02", "Yes, speaking. Who is calling?"])


@pytest.mark.parametrize(
    ("recording", "is_played"),
    [
        ("https://recordings.example/a.mp3", True),
        ("http://recordings.example/a.mp3", False),
        ("javascript:alert(1)//https://x", False),
        ("nothing like a URL", False),
    ],
)
def test_a_recording_is_played_from_https_alone(editor, reported, recording, is_played):
    editor.open(f"/calls/{reported(recording=recording)}")
    expect(section(editor, "Recording")).to_be_visible()
    expect(editor.page.locator("audio")).to_have_count(int(is_played))
    assert editor.page.locator('a[href^="javascript:"], a[href^="http:"]').count() == 0


def test_a_queued_call_gets_its_result_by_itself(editor, account, jobs, dialer):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    editor.open(f"/calls/{job['callId']}")
    expect(editor.page.get_by_text("The call is queued.")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Erase personal data")).to_have_count(0)
    dialer.send(completions.of_job(job, summary="It went well."))
    expect(editor.page.get_by_text("It went well.")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Erase personal data")).to_be_visible()


def test_a_call_that_was_not_placed_says_why_and_where_to_go(editor, account):
    webhook = account.inbound()
    campaign = account.campaign(webhook, status="paused")
    account.trigger(webhook)
    row = account.last_request_to(webhook)
    editor.open(f"/calls/{row['callId']}")
    expect(editor.page.get_by_text("the campaign was not active")).to_be_visible()
    editor.page.get_by_role("link", name="Open the campaign").click()
    expect(editor.page.get_by_role("heading", name=campaign["name"])).to_be_visible()


def test_each_endpoint_s_delivery_is_listed_with_how_it_went(editor, account, jobs, dialer, receivers):
    ours = account.webhook(
        direction="inbound", name="Website", responseWebhook={"url": receivers.receiver(Http(500)).url}
    )
    account.campaign(ours)
    warehouse = account.webhook(direction="outbound", name="Warehouse", url=receivers.receiver().url)
    account.webhook(direction="inbound", name="Another way in", responseWebhook={"url": receivers.receiver().url})
    account.trigger(ours)
    (job,) = jobs.of(ours)
    dialer.send(completions.of_job(job))
    failed, succeeded = account.attempts_of(ours)[0], account.attempts_of(warehouse)[0]
    editor.open(f"/calls/{job['callId']}")
    deliveries = section(editor, "Deliveries").get_by_role("listitem")
    expect(deliveries).to_have_count(2)
    expect(deliveries.filter(has_text="Website")).to_contain_text("Refused 500")
    expect(deliveries.filter(has_text="Warehouse")).to_contain_text("Delivered 200")
    links = {link.get_attribute("href") for link in deliveries.get_by_role("link").all()}
    assert links == {
        f"#/inbound/{ours.id}/deliveries/{failed['deliveryId']}",
        f"#/outbound/{warehouse.id}/deliveries/{succeeded['deliveryId']}",
    }


def test_erasing_is_asked_once_and_done_once(editor, account, reported):
    call = reported(**completions.RESULTS)
    editor.open(f"/calls/{call}")
    erasures = editor.counted("DELETE", f"/calls/{call}")
    erase = editor.page.get_by_role("button", name="Erase personal data")
    question = editor.page.get_by_role("dialog", name="Erase this call's personal data?")
    erase.click()
    expect(question).to_contain_text("cannot be brought back")
    assert not editor.findings_in_both_schemes()
    question.get_by_role("button", name="Cancel").click()
    expect(erase).to_be_focused()
    erase.click()
    expect(question).to_be_visible()
    editor.page.keyboard.press("Escape")
    expect(question).to_have_count(0)
    assert account.call(call)["erasedAt"] is None
    erase.click()
    question.get_by_role("button", name="Erase").dblclick()
    expect(editor.page.get_by_text("The personal data of this call was erased")).to_be_visible()
    expect(editor.page.get_by_text("Jannetje")).to_have_count(0)
    expect(erase).to_have_count(0)
    assert len(erasures) == 1 and account.call(call)["recipient"] is None


def test_a_call_of_another_account_is_not_there(editor, account, api):
    other = type(account).open(api)
    campaign = other.campaign()
    call = other.test_call(campaign, {"phoneNumber": unused_phone()}).json()["callId"]
    editor.expects(404)
    editor.open(f"/calls/{call}")
    expect(editor.page.get_by_role("alert")).to_contain_text("not_found")


def test_what_was_read_otherwise_than_reported_is_said(editor, account, reported):
    call = reported(duration="about two minutes")
    (note,) = account.call(call)["notes"]
    editor.open(f"/calls/{call}")
    expect(editor.page.get_by_text(note)).to_be_visible()
