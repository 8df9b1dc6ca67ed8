"""The page of a delivery: why it failed, what was sent, and sending it again."""

import json
import re
from pathlib import Path

import pytest
import yaml
from playwright.sync_api import expect

import completions
from accounts import eventually
from infra.local.settings import CHECKOUT
from receiver import Http
from webhook_pages import HOSTILE, deliver, has_no_control_that_changes, with_numbers

HEDDA = {"phoneNumber": "+15558675309", "firstName": "Hedda"}
FAILS = Http(500, body=b'{"error":"the database is down"}')


@pytest.fixture
def at(signed_in):
    def at(webhook, attempt: dict, role: str = "editor"):
        visitor = with_numbers(signed_in(role, permissions=["clipboard-read", "clipboard-write"]))
        visitor.open(f"/outbound/{webhook.id}/deliveries/{attempt['deliveryId']}")
        visitor.page.get_by_role("heading", name="Request", exact=True).wait_for()
        return visitor

    return at


def attempts(visitor):
    return visitor.page.get_by_role("main").locator("ol.timeline > li")


def copied(visitor, what: str) -> str:
    visitor.page.get_by_role("button", name=f"Copy the {what}").click()
    visitor.page.get_by_role("button", name=f"Copied the {what}").wait_for()
    return visitor.page.evaluate("navigator.clipboard.readText()")


def test_from_a_complaint_to_its_reason_in_three_clicks_and_to_the_repetition_in_one_more(
    signed_in, account, dialer, receivers
):
    endpoint = receivers.receiver(FAILS, FAILS, Http())
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook)
    account.attempts_of(webhook, 2)  # the first retry comes after five seconds, the second one after minutes
    visitor = with_numbers(signed_in())
    page = visitor.page
    visitor.open("/")
    page.get_by_role("heading", name="One endpoint needs you").wait_for()
    # One: the endpoint that fails. Two: its newest attempt.
    page.get_by_role("main").get_by_role("link", name="To the CRM").click()
    page.get_by_role("region", name="Delivery log").locator("tbody").get_by_role("link").first.click()
    verdict = page.get_by_role("status").filter(has_text="What to do:")
    verdict.get_by_role("heading", name="The server has a fault").wait_for()
    attempts(visitor).first.get_by_text("the database is down").wait_for()
    # Three: again.
    page.get_by_role("button", name="Send now").click()
    page.get_by_text("Sent again: the endpoint answered 200.").wait_for()
    expect(attempts(visitor)).to_have_count(3)
    page.get_by_role("heading", name=re.compile("^Delivered")).wait_for()
    assert len(endpoint.requests) == 3


def test_what_is_due_in_a_moment_is_awaited_and_not_sent_twice(at, account, dialer, receivers):
    endpoint = receivers.receiver(FAILS, Http())
    webhook = account.outbound(endpoint.url)
    attempt = deliver(account, dialer, webhook)[0]
    visitor = at(webhook, attempt)
    visitor.expects(409)
    refusal = {"error": {"code": "on_its_way", "message": "the next attempt is due in 5 seconds"}}
    visitor.page.route("**/resend", lambda route: route.fulfill(status=409, json=refusal))
    visitor.page.get_by_role("button", name="Send now").click()
    visitor.page.get_by_text("Sent again: the endpoint answered 200.").wait_for()
    assert len(endpoint.requests) == 2


def test_all_attempts_stand_in_their_order_and_each_failure_is_explained(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(401, body=b"who are you?"), FAILS).url)
    attempt = deliver(account, dialer, webhook, n=1)[0]
    account.attempts_of(webhook, 2)  # the first retry comes after five seconds
    visitor = at(webhook, attempt)
    newest, oldest = attempts(visitor).nth(0), attempts(visitor).nth(1)
    newest.get_by_text("Attempt 2", exact=True).wait_for()
    newest.get_by_text("the database is down").wait_for()
    newest.get_by_text("Next attempt").wait_for()
    oldest.get_by_text("Attempt 1", exact=True).wait_for()
    oldest.get_by_text("Refused · 401").wait_for()
    oldest.get_by_text("The server wants to know who asks").click()
    oldest.get_by_text("Edit the webhook, and give it the header").wait_for()
    oldest.get_by_text("Its answer").click()
    oldest.get_by_text("who are you?").wait_for()


def test_the_request_is_shown_and_copied_without_what_is_secret(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url, headers=[{"name": "Authorization", "value": "Bearer stored"}])
    attempt = deliver(account, dialer, webhook, summary="It's a deal.", recipient=HEDDA)[0]
    visitor = at(webhook, attempt)
    page = visitor.page
    headers = page.get_by_role("table", name="Headers")
    for name in ("authorization", "webhook-signature"):
        headers.get_by_role("row").filter(has_text=name).get_by_text("hidden").wait_for()
    sent = json.loads(endpoint.requests[0].body)
    assert json.loads(page.get_by_label("Body", exact=True).inner_text()) == sent
    curl = copied(visitor, "request as curl")
    for part in (
        endpoint.url,
        "authorization: <authorization>",
        f"webhook-id: {attempt['deliveryId']}",
        "It'\\''s a deal.",
        "curl -sS -g ",  # or brackets in the URL would be many requests
    ):
        assert part in curl
    assert "Bearer stored" not in curl + page.content()
    assert copied(visitor, "webhook-id") == attempt["deliveryId"]
    assert copied(visitor, "call's id") == attempt["callId"]
    page.get_by_text("Hedda", exact=True).wait_for()
    assert page.get_by_role("link", name="Open the call").get_attribute("href") == f"#/calls/{attempt['callId']}"


def test_a_delivery_is_sent_again_once_however_often_it_is_pressed(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    attempt = deliver(account, dialer, webhook)[0]
    visitor = at(webhook, attempt)
    asked = visitor.counted("POST", f"{webhook.path}/deliveries/{attempt['deliveryId']}/resend")
    visitor.page.get_by_role("button", name="Send again").dblclick()
    visitor.page.get_by_text("Sent again: the endpoint answered 200.").wait_for()
    expect(attempts(visitor)).to_have_count(2)
    attempts(visitor).first.get_by_text("Sent again", exact=True).wait_for()
    assert len(asked) == 1
    assert len(endpoint.requests) == 2


def test_a_delivery_that_is_on_its_way_says_when(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(FAILS).url)
    attempt = deliver(account, dialer, webhook)[0]
    account.attempts_of(webhook, 2)
    visitor = at(webhook, attempt)
    visitor.page.get_by_role("button", name="Send now").click()
    visitor.page.get_by_text("Sent again. It failed; see why.").wait_for()
    visitor.expects(409)
    visitor.page.get_by_role("button", name="Send now").click()
    visitor.page.get_by_text("next attempt", exact=False).last.wait_for()
    expect(attempts(visitor)).to_have_count(3)


def test_a_test_is_shown_and_cannot_be_sent_again(at, account, receivers):
    webhook = account.outbound(receivers.receiver(Http(404)).url)
    account.post(f"{webhook.path}/test", None)
    attempt = account.attempts_of(webhook)[0]
    visitor = at(webhook, attempt)
    visitor.page.get_by_text("A test is not tried again.").wait_for()
    assert visitor.page.get_by_role("button", name=re.compile("^Send")).count() == 0


def test_a_delivery_of_an_erased_call_says_that_nothing_is_left(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    attempt = deliver(account, dialer, webhook)[0]
    assert account.delete(f"/calls/{attempt['callId']}").status == 204
    visitor = at(webhook, attempt)
    visitor.page.get_by_text("There is nothing left to send").wait_for()
    assert visitor.page.get_by_role("button", name=re.compile("^Send")).count() == 0


def test_a_viewer_reads_why_and_neither_the_answer_nor_the_url(at, account, dialer, receivers):
    endpoint = receivers.receiver(FAILS)
    webhook = account.outbound(endpoint.url)
    attempt = deliver(account, dialer, webhook)[0]
    visitor = at(webhook, attempt, role="viewer")
    visitor.page.get_by_text("What to do:").first.wait_for()
    visitor.page.get_by_text("What it answered is for editors.").first.wait_for()
    has_no_control_that_changes(visitor)
    assert "the database is down" not in visitor.page.content()
    assert endpoint.url not in visitor.page.content()


@pytest.mark.parametrize("answer", [HOSTILE, "x" * 10_000, "\u202e\u05e9\u05dc\u05d5\u05dd", "😀" * 400])
def test_what_strangers_write_stays_text_and_fits(at, account, dialer, receivers, answer):
    webhook = account.webhook(
        direction="outbound", name=HOSTILE, url=receivers.receiver(Http(500, body=answer.encode())).url
    )
    attempt = deliver(account, dialer, webhook, summary=answer)[0]
    visitor = at(webhook, attempt)
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.locator("pre").first.inner_text() == attempt["responseBody"]
    assert page.locator("img[src='x']").count() == 0
    assert visitor.wider_than_the_screen() == []
    assert "ran" not in page.title().split("onerror")[0]


def test_a_delivery_is_sent_again_by_the_keyboard_alone(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    visitor = at(webhook, deliver(account, dialer, webhook)[0])
    visitor.press(visitor.page.get_by_role("button", name="Send again"))
    visitor.page.get_by_text("Sent again: the endpoint answered 200.").wait_for()
    endpoint.await_requests(2)


def test_the_delivery_of_a_response_webhook_lies_under_its_inbound_webhook(signed_in, account, dialer, jobs, receivers):
    webhook = account.bound_webhook(responseWebhook={"url": receivers.receiver(FAILS).url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    attempt = account.attempts_of(webhook)[0]
    eventually(lambda: account.read(webhook.path)["responseWebhook"]["failingSince"], "it fails")
    visitor = with_numbers(signed_in())
    visitor.open(f"/inbound/{webhook.id}/deliveries/{attempt['deliveryId']}")
    visitor.page.get_by_text("call.completed").first.wait_for()
    visitor.page.get_by_role("link", name="From the CRM").click()
    visitor.page.get_by_role("heading", name="Delivery log").wait_for()
    visitor.page.get_by_role("heading", name="Response webhook: The server has a fault").wait_for()


def test_every_code_of_a_failure_has_words_of_its_own(signed_in):
    """The codes are those that the API's document lists."""
    document = yaml.safe_load(Path(CHECKOUT / "infra" / "openapi.yaml").read_text())
    codes = document["components"]["schemas"]["AttemptError"]["properties"]["code"]["enum"]
    statuses = [f"http_{status}" for status in (301, 400, 401, 403, 404, 405, 410, 413, 429, 500, 502, 503, 504, 999)]
    visitor = signed_in()
    all_words = "({ explain }, codes) => codes.map(explain)"
    words = visitor.run(all_words, ["failures.js"], [*codes, *statuses, "made_up"])
    titles = [each["title"] for each in words]
    assert len(set(titles)) == len(titles), titles
    assert all(each["means"].endswith(".") and each["todo"].endswith(".") for each in words)


# from one to the next


def test_what_failed_is_gone_through_without_going_back_to_the_log(signed_in, account, dialer, receivers):
    # It comes again long after this test.
    fails = Http(503, (("retry-after", "1200"),))
    webhook = account.outbound(receivers.receiver(fails, Http(), fails).url)
    for _ in range(3):
        deliver(account, dialer, webhook)
    newest, _, oldest = account.attempts_of(webhook, 3)
    visitor = with_numbers(signed_in("viewer"))
    page = visitor.page
    visitor.open(f"/outbound/{webhook.id}?outcome=failed")
    page.get_by_role("region", name="Delivery log").locator("tbody .row-link").first.click()

    expect(page.get_by_text(newest["deliveryId"]).first).to_be_visible()
    page.get_by_role("link", name="Next in the log").click()
    expect(page.get_by_text(oldest["deliveryId"]).first).to_be_visible()
    visitor.settle()
    expect(page.get_by_role("link", name="Next in the log")).to_have_count(0)

    # Its log is as it was left.
    page.get_by_role("link", name=re.compile("To the CRM")).click()
    expect(page.get_by_label("Outcome")).to_have_value("failed")


def test_a_delivery_that_was_opened_by_its_address_has_a_next_one_too(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    first = deliver(account, dialer, webhook)[0]
    second = deliver(account, dialer, webhook)[0]
    visitor = at(webhook, second)
    visitor.page.get_by_role("link", name="Next in the log").click()
    expect(visitor.page.get_by_text(first["deliveryId"]).first).to_be_visible()


def test_a_row_of_the_log_is_low_on_a_narrow_screen(signed_in, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    deliver(account, dialer, webhook)
    visitor = with_numbers(signed_in(viewport={"width": 360, "height": 740}))
    visitor.open(f"/outbound/{webhook.id}")
    row = visitor.page.get_by_role("region", name="Delivery log").locator("tbody tr")
    boxes = [row.locator("td").filter(has_text=text).bounding_box() for text in ("call.finished", "1 of 10")]
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[0]["x"] + boxes[0]["width"] < boxes[1]["x"]
    assert visitor.wider_than_the_screen() == []
