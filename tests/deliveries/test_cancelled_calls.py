"""Outbound webhooks that ask for it are told of calls that were accepted and do not ring."""

import json
from urllib.parse import parse_qsl

import pytest
from standardwebhooks import Webhook as Verifier

from accounts import Account, eventually, unused_phone
from faults import reconfigured
from log_lines import having, lines_of
from payloads import FINISHED_DEFAULTS, written
from queues import is_idle
from receiver import Http
from refusals import assert_refused

URL = "https://example.com/hook"
ASKED = ["call.finished", "call.cancelled"]
A_MINUTE = 60


@pytest.fixture
def broke(api) -> Account:
    return Account.open(api, credits=0)


@pytest.fixture
def all_told(stack, all_relayed, all_delivered):
    """Waits until all that has happened so far is told."""

    def all_told() -> None:
        # The relay says what was cancelled behind a batch's jobs. With those of another batch it is done with this one.
        all_relayed()
        all_relayed()
        eventually(lambda: is_idle(stack.client("sqs"), stack.account_events_queue_url), "no event waits")
        all_delivered()

    return all_told


def cancelled(account, webhook, number: int = 1) -> list[str]:
    """Asks for calls that do not ring; their ids."""
    for _ in range(number):
        assert account.trigger(webhook).status == 201
    return [row["callId"] for row in account.requests_to(webhook, number)]


def told(endpoint) -> list[str]:
    return [json.loads(request.body)["call"]["id"] for request in endpoint.requests]


def say(stack, account, call_ids: list[str]) -> None:
    """What `relay` says of a batch."""
    event = {"version": 1, "accountId": account.id, "type": "calls.cancelled", "callIds": call_ids}
    sqs = stack.client("sqs")
    sqs.send_message(QueueUrl=stack.account_events_queue_url, MessageBody=json.dumps(event), MessageGroupId=account.id)


def test_a_call_without_credits_is_told_in_the_words_of_call_finished_with_the_reason(broke, receivers):
    endpoint, webhook, phone = receivers.receiver(), broke.inbound(), unused_phone()
    asking = broke.outbound(endpoint.url, events=ASKED)
    campaign = broke.campaign(webhook)
    broke.trigger(webhook, {"phoneNumber": phone, "firstName": "Jane", "metadata": {"id": "7"}})
    request = endpoint.await_request()
    call = broke.call(broke.last_request_to(webhook)["callId"])
    body = {
        "type": "call.cancelled",
        "timestamp": json.loads(request.body)["timestamp"],
        "webhook": {"id": asking.id, "type": "outbound"},
        "call": {
            "id": call["id"],
            "status": "cancelled",
            "reason": "insufficient_funds",
            "recipient": {"phoneNumber": phone},
            **FINISHED_DEFAULTS,
            "metadata": {"id": "7"},
        },
        "campaign": {"id": campaign["id"], "name": campaign["name"]},
    }
    assert request.body == written(body)
    assert Verifier(asking.signing_secret).verify(request.body, request.headers)["type"] == "call.cancelled"
    (row,) = broke.attempts_of(asking)
    assert (row["event"], row["callId"], row["outcome"]) == ("call.cancelled", call["id"], "succeeded")
    assert row["deliveryId"] == request.headers["webhook-id"]
    shown = broke.read(f"{asking.path}/deliveries/{row['deliveryId']}")
    assert (shown["event"], shown["request"]["body"]) == ("call.cancelled", request.body.decode())


def test_a_call_of_a_paused_campaign_is_told_to_a_get_endpoint_too(account, receivers):
    endpoint, webhook = receivers.receiver(), account.inbound()
    account.campaign(webhook, status="paused")
    account.outbound(endpoint.url, method="GET", events=["call.cancelled"])
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": {"id": "7"}})
    query = dict(parse_qsl(endpoint.await_request().query, keep_blank_values=True))
    assert (query["type"], query["call.status"]) == ("call.cancelled", "cancelled")
    assert json.loads(query["call.metadata"]) == {"id": "7"}
    assert (query["call.reason"], query["call.duration"]) == ("campaign_not_active", "0")


def test_who_does_not_ask_is_told_of_no_cancelled_call_and_who_asks_for_nothing_else_of_no_other(
    account, broke, receivers, jobs, all_told
):
    response, silent, asking = receivers.receiver(), receivers.receiver(), receivers.receiver()
    webhook = broke.bound_webhook(responseWebhook={"url": response.url})
    broke.outbound(silent.url)
    broke.outbound(asking.url, events=["call.cancelled"])
    (call,) = cancelled(broke, webhook)
    all_told()
    assert (told(asking), silent.requests, response.requests) == ([call], [], [])


def test_an_accepted_call_that_rings_is_no_cancelled_one(account, receivers, jobs, all_told):
    endpoint, webhook = receivers.receiver(), account.bound_webhook()
    account.outbound(endpoint.url, events=["call.cancelled"])
    account.trigger(webhook)
    assert jobs.of(webhook)
    all_told()
    assert endpoint.requests == []


def test_of_a_filter_source_and_campaign_hold_for_a_cancelled_call(broke, receivers, all_told):
    webhook = broke.inbound()
    campaign = broke.campaign(webhook)["id"]
    let_through, kept_back = receivers.receiver(), receivers.receiver()
    result = {"statuses": ["finished"], "warmth": ["hot"], "minDuration": 30}
    broke.outbound(let_through.url, events=ASKED, filter={**result, "campaignIds": [campaign], "sources": ["inbound"]})
    broke.outbound(kept_back.url, events=ASKED, filter={"campaignIds": ["cmp_another"]})
    broke.outbound(kept_back.url, events=ASKED, filter={"sources": ["campaign", "test"]})
    (call,) = cancelled(broke, webhook)
    all_told()
    assert (told(let_through), kept_back.requests) == ([call], [])


def test_it_is_tried_again_and_sent_again_like_every_delivery(broke, receivers):
    endpoint, webhook = receivers.receiver(Http(500), Http(200)), broke.bound_webhook()
    asking = broke.outbound(endpoint.url, events=["call.cancelled"])
    cancelled(broke, webhook)
    endpoint.await_requests(2)
    delivery = broke.attempts_of(asking, 2)[0]["deliveryId"]
    assert broke.post(f"{asking.path}/deliveries/{delivery}/resend", {}).status == 202
    endpoint.await_requests(3)
    assert len({(request.body, request.headers["webhook-id"]) for request in endpoint.requests}) == 1
    assert {row["event"] for row in broke.attempts_of(asking, 3)} == {"call.cancelled"}


def test_an_account_is_told_of_60_cancelled_calls_in_a_minute_and_the_log_of_the_others(
    stack, broke, receivers, all_told
):
    endpoint, webhook = receivers.receiver(), broke.bound_webhook()
    calls = cancelled(broke, webhook, A_MINUTE + 5)
    all_told()
    asking = broke.outbound(endpoint.url, events=["call.cancelled"])
    # All at once, so in one minute of the clock.
    say(stack, broke, calls)
    endpoint.await_requests(A_MINUTE)
    all_told()
    assert sorted(told(endpoint)) == sorted(calls[:A_MINUTE])
    assert {row["callId"] for row in broke.attempts_of(asking, A_MINUTE)} == set(calls[:A_MINUTE])
    (line,) = having(lines_of(stack, "Fanout"), "account.id", broke.id)
    assert (line["untold"], line["level"]) == (5, "WARN")


def test_what_is_said_twice_is_told_under_one_webhook_id(stack, broke, receivers, all_told):
    endpoint, webhook = receivers.receiver(), broke.bound_webhook()
    asking = broke.outbound(endpoint.url, events=["call.cancelled"])
    calls = cancelled(broke, webhook)
    endpoint.await_requests(1)
    say(stack, broke, calls)
    all_told()
    assert len({request.headers["webhook-id"] for request in endpoint.requests}) == 1
    assert len(broke.attempts_of(asking)) == 1


def test_what_is_said_twice_takes_its_share_of_the_minute_once(stack, broke, receivers, all_told):
    endpoint, webhook = receivers.receiver(), broke.bound_webhook()
    calls = cancelled(broke, webhook, A_MINUTE)
    all_told()
    broke.outbound(endpoint.url, events=["call.cancelled"])
    said = [calls[: A_MINUTE - 10], calls[: A_MINUTE - 10], calls[A_MINUTE - 10 :]]
    for batch in said:
        say(stack, broke, batch)
        all_told()
    assert set(told(endpoint)) == set(calls)


def test_what_is_said_of_a_call_that_rings_or_is_anothers_is_told_to_nobody(
    stack, account, broke, receivers, jobs, all_told
):
    endpoint, ringing = receivers.receiver(), account.bound_webhook()
    account.outbound(endpoint.url, events=["call.cancelled"])
    account.trigger(ringing)
    anothers = cancelled(broke, broke.bound_webhook())
    say(stack, account, [jobs.of(ringing)[0]["callId"], *anothers, "call_of_nobody"])
    all_told()
    assert endpoint.requests == []


def test_what_a_webhook_asks_for_is_read_as_it_was_written(account):
    assert account.outbound(URL).body["events"] == ["call.finished"]
    webhook = account.outbound(URL, events=["call.cancelled"])
    assert webhook.body["events"] == ["call.cancelled"] == account.read(webhook.path)["events"]
    assert account.edit(webhook.path, name="Renamed")["events"] == ["call.cancelled"]
    assert account.edit(webhook.path, events=ASKED)["events"] == ASKED == account.read(webhook.path)["events"]


@pytest.mark.parametrize(
    ("events", "field"),
    [
        ([], "events"),
        (["call.finished", "call.finished"], "events[1]"),
        (["call.completed"], "events[0]"),
        ("call.finished", "events"),
    ],
)
def test_a_webhook_asks_for_known_events_each_once_and_for_one_at_least(shared_account, events, field):
    new = {"direction": "outbound", "name": "To the CRM", "url": URL, "events": events}
    assert_refused(shared_account.post("/webhooks", new), 400, "invalid_field", field)
    inbound = {"direction": "inbound", "name": "From the CRM", "events": ASKED}
    assert_refused(shared_account.post("/webhooks", inbound), 400, "invalid_field", "events")


def test_a_cancelled_call_that_the_relay_could_not_say_is_said_when_its_batch_comes_again(stack, broke, receivers):
    endpoint, webhook = receivers.receiver(), broke.bound_webhook()
    broke.outbound(endpoint.url, events=["call.cancelled"])
    with reconfigured(stack, "Relay", ACCOUNT_EVENTS_QUEUE_URL=f"{stack.account_events_queue_url}-gone"):
        calls = cancelled(broke, webhook)
        failed = "what a batch leads to was not all sent"
        eventually(lambda: any(failed in line for line in lines_of(stack, "Relay")), "the relay has failed")
    endpoint.await_requests(1)
    assert set(told(endpoint)) == set(calls)
