"""Outbound webhooks that ask for it are told what became of the account's other endpoints."""

import json
import threading
from datetime import datetime
from urllib.parse import parse_qsl

import pytest
from standardwebhooks import Webhook as Verifier

import completions
from accounts import PATIENCE, eventually
from fault_proxy import Call, Kind
from fault_stack import led_through_a_proxy
from faults import reconfigured, visible_after
from payloads import written
from receiver import Http
from tables import set_failing_since, set_told_failing_at, set_untold, webhook_item

FAILS, WORKS, GONE = Http(500), Http(200), Http(410)
# Tried once in the time of a test: 400 s until the next try.
LATER = Http(503, (("retry-after", "400"),))
BOTH = ["webhook.disabled", "webhook.failing"]
HOUR_MS = 60 * 60 * 1000
FIVE_DAYS_MS = 5 * 24 * HOUR_MS


@pytest.fixture
def watcher(account, receivers):
    """An endpoint that is told of the others, and of no call."""
    endpoint = receivers.receiver()
    # A filter is about calls.
    webhook = account.outbound(endpoint.url, events=BOTH, filter={"statuses": ["failed"]})
    return endpoint, webhook


def attempt(account, dialer, webhook) -> dict:
    """The row of one more call's first attempt, which is made when all before it are in the log."""
    known = {row["deliveryId"] for row in account.read(f"{webhook.path}/deliveries", limit=100)["items"]}
    dialer.send(completions.of_elsewhere(account))

    def another():
        rows = account.attempts_of(webhook)
        return next((row for row in rows if row["deliveryId"] not in known), None)

    return eventually(another, "one more attempt is in the log")


def told(endpoint) -> list[dict]:
    return [json.loads(request.body) for request in endpoint.requests]


def statuses(endpoint) -> list[str]:
    return [event["webhook"]["status"] for event in told(endpoint)]


def origin(url: str) -> str:
    return "/".join(url.split("/")[:3])


def in_ms(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def test_an_endpoint_that_is_gone_is_told_signed_and_logged(account, dialer, receivers, watcher):
    endpoint, asking = watcher
    gone = receivers.receiver(GONE)
    webhook = account.outbound(gone.url)
    dialer.send(completions.of_elsewhere(account))
    request = endpoint.await_request()
    event = json.loads(request.body)
    disabled_at = event["timestamp"]
    facts = {
        "id": webhook.id,
        "name": "To the CRM",
        "url": origin(gone.url),
        "status": "disabled",
        "reason": "gone",
        "since": disabled_at,
    }
    assert request.body == written({"type": "webhook.disabled", "timestamp": disabled_at, "webhook": facts})
    assert Verifier(asking.signing_secret).verify(request.body, request.headers) == event
    (row,) = account.attempts_of(asking)
    assert (row["event"], row["callId"], row["outcome"]) == ("webhook.disabled", None, "succeeded")
    assert row["deliveryId"] == request.headers["webhook-id"]
    shown = account.read(f"{asking.path}/deliveries/{row['deliveryId']}")
    assert (shown["event"], shown["callId"]) == ("webhook.disabled", None)
    assert (shown["request"]["body"], shown["noRequestReason"]) == (request.body.decode(), None)


def test_an_endpoint_that_is_given_up_is_told(account, dialer, receivers, stack, watcher):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver(FAILS).url)
    row = attempt(account, dialer, webhook)
    assert row["outcome"] == "failed"
    set_failing_since(stack, account.id, webhook.id, "endpoint", in_ms(row["timestamp"]) - FIVE_DAYS_MS - 1)
    dialer.send(completions.of_elsewhere(account))
    endpoint.await_request()
    (event,) = told(endpoint)
    assert (event["type"], event["webhook"]["id"]) == ("webhook.disabled", webhook.id)
    assert (event["webhook"]["status"], event["webhook"]["reason"]) == ("disabled", "failing")


def test_the_third_failure_in_a_row_is_told_and_the_success_after_it(account, dialer, receivers, watcher, all_told):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver(FAILS, FAILS, FAILS, FAILS, WORKS).url)
    for _ in range(2):
        attempt(account, dialer, webhook)
    all_told()
    # (The first call's retry, 5 s later, may be the third.)
    before = statuses(endpoint)
    failing_since = account.read(webhook.path)["failingSince"]
    for _ in range(3):
        attempt(account, dialer, webhook)
    endpoint.await_requests(2)
    all_told()
    assert before in ([], ["failing"])
    assert statuses(endpoint) == ["failing", "recovered"]
    failing, recovered = told(endpoint)
    assert [event["type"] for event in (failing, recovered)] == ["webhook.failing"] * 2
    assert (failing["webhook"]["id"], failing["webhook"]["reason"]) == (webhook.id, "http_500")
    assert (recovered["webhook"]["id"], recovered["webhook"]["reason"]) == (webhook.id, None)
    assert failing["webhook"]["since"] == recovered["webhook"]["since"] == in_ms(failing_since)
    # From what is stored, or another attempt that says the same would say it in other words.
    assert failing["timestamp"] == recovered["timestamp"] == in_ms(failing_since)
    assert len({request.headers["webhook-id"] for request in endpoint.requests}) == 2


def test_a_response_webhook_is_told_by_the_name_of_its_inbound_webhook(account, dialer, jobs, receivers, watcher):
    endpoint, _ = watcher
    gone = receivers.receiver(GONE)
    inbound = account.bound_webhook(responseWebhook={"url": gone.url})
    account.trigger(inbound)
    dialer.send(completions.of_job(jobs.of(inbound)[0], status="failed"))
    endpoint.await_request()
    (event,) = told(endpoint)
    assert (event["webhook"]["id"], event["webhook"]["name"]) == (inbound.id, "From the CRM")
    assert event["webhook"]["url"] == origin(gone.url)


def test_what_its_owner_disables_is_told_to_nobody(account, dialer, receivers, watcher, all_told):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver().url)
    account.edit(webhook.path, status="disabled")
    dialer.send(completions.of_elsewhere(account))
    all_told()
    assert endpoint.requests == []


def test_an_event_about_an_endpoint_never_goes_to_itself_under_whatever_name(
    account, dialer, receivers, watcher, all_told
):
    endpoint, _ = watcher
    gone = receivers.receiver(GONE, WORKS)
    account.outbound(gone.url, events=["call.finished", *BOTH])
    same_receiver = account.outbound(gone.url, events=BOTH)
    dialer.send(completions.of_elsewhere(account))
    endpoint.await_requests(1)
    all_told()
    assert [event["type"] for event in told(gone)] == ["call.finished"]
    assert account.read(f"{same_receiver.path}/deliveries")["items"] == []


def test_an_endpoint_that_comes_and_goes_is_told_to_fail_once_in_an_hour(
    account, dialer, receivers, stack, watcher, all_told
):
    endpoint, _ = watcher
    receiver = receivers.receiver(*[LATER] * 3, WORKS, *[LATER] * 3, WORKS, *[LATER] * 4)
    webhook = account.outbound(receiver.url)
    for _ in range(8):
        attempt(account, dialer, webhook)
    all_told()
    assert statuses(endpoint) == ["failing", "recovered"]
    for _ in range(3):
        attempt(account, dialer, webhook)
    all_told()
    assert statuses(endpoint) == ["failing", "recovered"]
    # The hour is over while it still fails.
    set_told_failing_at(stack, account.id, webhook.id, HOUR_MS)
    attempt(account, dialer, webhook)
    endpoint.await_requests(3)
    assert statuses(endpoint) == ["failing", "recovered", "failing"]


def test_an_endpoint_that_is_enabled_anew_begins_to_count_anew(account, dialer, receivers, watcher, all_told):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver(LATER).url)
    for _ in range(2):
        attempt(account, dialer, webhook)
        attempt(account, dialer, webhook)
        account.edit(webhook.path, status="enabled")
    all_told()
    assert endpoint.requests == []


def test_an_endpoint_that_is_given_the_url_that_it_has_is_the_same_endpoint(
    account, dialer, receivers, watcher, all_told
):
    endpoint, _ = watcher
    receiver = receivers.receiver(LATER, LATER, LATER, WORKS)
    webhook = account.outbound(receiver.url)
    for _ in range(3):
        attempt(account, dialer, webhook)
    endpoint.await_requests(1)
    account.edit(webhook.path, url=receiver.url)
    attempt(account, dialer, webhook)
    endpoint.await_requests(2)
    all_told()
    assert statuses(endpoint) == ["failing", "recovered"]


def test_such_a_delivery_is_tried_again_recovered_and_sent_again_with_the_same_bytes(account, dialer, receivers):
    endpoint = receivers.receiver(FAILS, GONE, WORKS)
    asking = account.outbound(endpoint.url, events=["webhook.disabled"])
    account.outbound(receivers.receiver(GONE).url)
    dialer.send(completions.of_elsewhere(account))
    ended, first = account.attempts_of(asking, 2)
    assert (ended["statusCode"], ended["nextAttemptAt"]) == (410, None)
    account.edit(asking.path, status="enabled")
    recovered = account.post(f"{asking.path}/recover", {"since": first["timestamp"]})
    assert (recovered.status, recovered.json()["count"]) == (202, 1)
    endpoint.await_requests(3)
    row = account.attempts_of(asking, 3)[0]
    assert row["outcome"] == "succeeded"
    assert account.post(f"{asking.path}/deliveries/{row['deliveryId']}/resend", {}).status == 202
    endpoint.await_requests(4)
    assert len({(request.body, request.headers["webhook-id"]) for request in endpoint.requests}) == 1
    assert {row["event"] for row in account.attempts_of(asking, 4)} == {"webhook.disabled"}


def test_a_get_endpoint_is_told_by_parameters(account, dialer, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url, method="GET", events=["webhook.disabled"])
    gone = account.outbound(receivers.receiver(GONE).url)
    dialer.send(completions.of_elsewhere(account))
    query = dict(parse_qsl(endpoint.await_request().query, keep_blank_values=True))
    assert (query["type"], query["webhook.id"]) == ("webhook.disabled", gone.id)
    assert (query["webhook.status"], query["webhook.reason"]) == ("disabled", "gone")


def test_who_does_not_ask_is_told_of_no_endpoint(account, dialer, receivers, all_told):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url, events=["call.finished", "webhook.failing"])
    account.outbound(receivers.receiver(GONE).url)
    dialer.send(completions.of_elsewhere(account))
    all_told()
    assert [event["type"] for event in told(endpoint)] == ["call.finished"]


def test_what_could_not_be_said_of_a_disabled_endpoint_is_said_when_the_attempt_comes_again(
    account, dialer, receivers, stack, watcher
):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver(GONE).url)
    with visible_after(stack, stack.deliveries_queue_url, 3):
        with reconfigured(stack, "Deliver", ACCOUNT_EVENTS_QUEUE_URL=f"{stack.account_events_queue_url}-gone"):
            dialer.send(completions.of_elsewhere(account))
            eventually(lambda: account.read(webhook.path)["status"] == "disabled", "it is disabled")
        endpoint.await_requests(1)
    assert statuses(endpoint) == ["disabled"]
    eventually(lambda: "isUntold" not in webhook_item(stack, account.id, webhook.id), "it is noted as told")


def test_what_nobody_has_said_of_a_disabled_endpoint_is_said_by_another_message_a_minute_later(
    account, dialer, receivers, stack, watcher, all_told
):
    """As when the message that it was disabled for has become a dead letter, and was sent back."""
    endpoint, _ = watcher
    receiver = receivers.receiver(FAILS, GONE)
    webhook = account.outbound(receiver.url)
    attempt(account, dialer, webhook)  # Its retry comes when the endpoint is disabled.
    attempt(account, dialer, webhook)
    endpoint.await_requests(1)
    set_untold(stack, account.id, webhook.id, seconds_ago=120)
    account.attempts_of(webhook, 3)
    all_told()
    assert statuses(endpoint) == ["disabled", "disabled"]
    since = [event["webhook"]["since"] for event in told(endpoint)]
    assert since[1] < since[0], "it was said of the moment that stands in the item"
    assert "isUntold" not in webhook_item(stack, account.id, webhook.id)


def test_a_failure_that_could_not_be_told_is_told_when_the_attempt_comes_again(
    account, dialer, receivers, stack, watcher, all_told
):
    endpoint, _ = watcher
    fails = receivers.receiver(LATER)
    webhook = account.outbound(fails.url)
    for _ in range(2):
        attempt(account, dialer, webhook)
    with visible_after(stack, stack.slow_deliveries_queue_url, 3):
        with reconfigured(stack, "Deliver", ACCOUNT_EVENTS_QUEUE_URL=f"{stack.account_events_queue_url}-gone"):
            dialer.send(completions.of_elsewhere(account))
            fails.await_requests(3)
        endpoint.await_requests(1)
    assert statuses(endpoint) == ["failing"]
    attempt(account, dialer, webhook)
    all_told()
    assert statuses(endpoint) == ["failing"]


def test_a_failure_whose_noting_was_not_answered_is_told_once(account, dialer, receivers, stack, watcher, all_told):
    endpoint, _ = watcher
    webhook = account.outbound(receivers.receiver(LATER).url)
    for _ in range(2):
        attempt(account, dialer, webhook)
    spoiled = []

    def judge(call: Call) -> Kind | None:
        if call.operation != "UpdateItem" or ":failures" not in call.body or spoiled:
            return None
        spoiled.append(call)
        return Kind.DROP_AFTER

    with led_through_a_proxy(stack, "Deliver", judge):
        attempt(account, dialer, webhook)
    endpoint.await_requests(1)
    attempt(account, dialer, webhook)
    all_told()
    assert len(spoiled) == 1
    assert statuses(endpoint) == ["failing"]


class Held:
    """An answer that waits until it is let go, or its sender gives up."""

    def __init__(self, answer: Http):
        self.answer, self.let_go = answer, threading.Event()

    def play(self, handler, closing: threading.Event) -> None:
        self.let_go.wait(PATIENCE)
        self.answer.play(handler, closing)


def test_an_attempt_that_was_on_its_way_adds_nothing_to_failures_that_are_not_its_own(
    account, dialer, receivers, watcher, all_told
):
    endpoint, _ = watcher
    held = Held(LATER)
    receiver = receivers.receiver(LATER, LATER, held, WORKS, *[LATER] * 3, WORKS)
    webhook = account.outbound(receiver.url)
    for _ in range(2):
        attempt(account, dialer, webhook)
    # The third failure in a row, would not a success come before it ends.
    dialer.send(completions.of_elsewhere(account))
    receiver.await_requests(3)
    for _ in range(3):
        attempt(account, dialer, webhook)
    held.let_go.set()
    all_told()
    assert statuses(endpoint) == []
    attempt(account, dialer, webhook)
    all_told()
    assert statuses(endpoint) == ["failing"]
    attempt(account, dialer, webhook)
    all_told()
    assert statuses(endpoint) == ["failing", "recovered"]
