"""An account with more webhooks than one step of a fan-out tells."""

import json

import pytest

import completions
from accounts import eventually
from faults import visible_after
from queues import DeadLetters, is_idle
from tables import add_disabled_webhooks


def test_a_completion_reaches_the_webhooks_of_its_second_and_third_step(account, stack, dialer, receivers):
    first, last = account.outbound(receivers.receiver().url), account.outbound(receivers.receiver().url)
    # Their ids stand between those of the two that are enabled.
    add_disabled_webhooks(stack, account.id, like=first.id, behind=first.id, number=2_100)
    dialer.send(completions.of_elsewhere(account))
    for webhook in (first, last):
        (attempt,) = account.attempts_of(webhook)
        assert attempt["outcome"] == "succeeded"
    eventually(lambda: is_idle(stack.client("sqs"), stack.fan_out_rests_queue_url), "every step is done")


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
