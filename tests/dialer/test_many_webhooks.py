"""An account with more webhooks than one step of a fan-out tells."""

import json

import pytest

import completions
from accounts import Account, eventually
from faults import visible_after
from queues import DeadLetters, is_idle
from receiver import Http
from tables import add_disabled_webhooks

# More than two steps read.
MANY = 2_100


def test_a_completion_reaches_the_webhooks_of_its_second_and_third_step(account, stack, dialer, receivers):
    first, last = account.outbound(receivers.receiver().url), account.outbound(receivers.receiver().url)
    # Their ids stand between those of the two that are enabled.
    add_disabled_webhooks(stack, account.id, like=first.id, behind=first.id, number=MANY)
    dialer.send(completions.of_elsewhere(account))
    for webhook in (first, last):
        (attempt,) = account.attempts_of(webhook)
        assert attempt["outcome"] == "succeeded"
    eventually(lambda: is_idle(stack.client("sqs"), stack.fan_out_rests_queue_url), "every step is done")


def watchers_apart(account, stack, receivers, event: str) -> list:
    """The endpoints of two webhooks that ask for an event, with two steps of others between them."""
    endpoints = [receivers.receiver(), receivers.receiver()]
    first, _ = [account.outbound(endpoint.url, events=[event]) for endpoint in endpoints]
    add_disabled_webhooks(stack, account.id, like=first.id, behind=first.id, number=MANY)
    return endpoints


def told_in_the_end(stack, endpoints, n: int = 1) -> list[list[dict]]:
    """What each is told, once no step is left."""
    for endpoint in endpoints:
        endpoint.await_requests(n)
    for queue_url in (stack.account_events_queue_url, stack.deliveries_queue_url):
        eventually(lambda url=queue_url: is_idle(stack.client("sqs"), url), "every step is done")
    return [[json.loads(request.body) for request in endpoint.requests] for endpoint in endpoints]


def test_what_becomes_of_an_endpoint_is_told_in_the_second_and_third_step_too(account, stack, dialer, receivers):
    endpoints = watchers_apart(account, stack, receivers, "webhook.disabled")
    gone = account.outbound(receivers.receiver(Http(410)).url)
    dialer.send(completions.of_elsewhere(account))
    for events in told_in_the_end(stack, endpoints):
        assert [(event["type"], event["webhook"]["id"]) for event in events] == [("webhook.disabled", gone.id)]


def test_cancelled_calls_are_told_in_the_second_and_third_step_too(api, stack, receivers):
    account, calls = Account.open(api, credits=0), 3
    endpoints = watchers_apart(account, stack, receivers, "call.cancelled")
    webhook = account.bound_webhook()
    for _ in range(calls):
        assert account.trigger(webhook).status == 201
    cancelled = {row["callId"] for row in account.requests_to(webhook, calls)}
    for events in told_in_the_end(stack, endpoints, calls):
        assert {event["type"] for event in events} == {"call.cancelled"}
        assert sorted(event["call"]["id"] for event in events) == sorted(cancelled)


@pytest.fixture
def given_up_rests(stack):
    queue_url = stack.dead_letter_queue_of(stack.fan_out_rests_queue_url)
    with DeadLetters(stack.client("sqs"), queue_url) as collector:
        yield collector


def test_a_completion_in_the_queue_of_rests_is_taken_for_none(account, stack, dialer, receivers, given_up_rests):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    forged, reported = completions.of_elsewhere(account), completions.of_elsewhere(account)
    with visible_after(stack, stack.fan_out_rests_queue_url, seconds=1):
        message = {"QueueUrl": stack.fan_out_rests_queue_url, "MessageBody": json.dumps(forged)}
        stack.client("sqs").send_message(**message)
        given_up_rests.holding(forged["callId"])
    dialer.send(reported)
    endpoint.await_requests(1)
    assert [json.loads(request.body)["call"]["id"] for request in endpoint.requests] == [reported["callId"]]
