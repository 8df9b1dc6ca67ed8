"""Deliveries to endpoints that fail wait in a queue of their own, where they delay nobody else's."""

import pytest

import completions
from accounts import Account, eventually
from faults import without_consumer
from queues import is_idle
from receiver import OK, Http
from tables import failing_since


@pytest.fixture
def no_slow_lane(stack):
    """Nobody takes from the slow lane: what arrives all the same came another way."""
    with without_consumer(stack, "Deliver", stack.slow_deliveries_queue_url):
        yield


def waiting_in_the_slow_lane(stack) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesDelayed"]
    queue_url = stack.slow_deliveries_queue_url
    attributes = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(map(int, attributes.values()))


def fail_once(account, dialer, webhook) -> None:
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    assert row["outcome"] == "failed", row


def test_a_healthy_endpoint_is_reached_while_the_slow_lane_stands_still(
    api, account, dialer, receivers, stack, no_slow_lane
):
    failing, well = receivers.receiver(Http(500)), receivers.receiver()
    webhook = account.outbound(failing.url)
    fail_once(account, dialer, webhook)
    neighbour = Account.open(api)
    neighbour.outbound(well.url)

    for _ in range(3):
        dialer.send(completions.of_elsewhere(account))
        dialer.send(completions.of_elsewhere(neighbour))

    well.await_requests(3)
    # The first call's retry and the first attempts of the others.
    eventually(lambda: waiting_in_the_slow_lane(stack) >= 4, "the failing endpoint's deliveries are in the slow lane")
    assert len(failing.requests) == 1
    assert len(account.attempts_of(webhook)) == 1


def test_what_was_postponed_is_delivered_and_the_endpoint_is_well_again(account, dialer, receivers, stack):
    receiver = receivers.receiver(Http(500), OK)
    webhook = account.outbound(receiver.url)
    fail_once(account, dialer, webhook)
    dialer.send(completions.of_elsewhere(account))

    rows = account.attempts_of(webhook, 3)

    assert sorted(row["outcome"] for row in rows) == ["failed", "succeeded", "succeeded"]
    assert sorted(row["attempt"] for row in rows) == [1, 1, 2]
    assert failing_since(stack, account.id, webhook.id) is None


def test_an_endpoint_that_is_slow_waits_in_the_slow_lane_until_it_is_fast_again(
    account, dialer, receivers, stack, all_taken_in
):
    receiver = receivers.receiver(Http(200, delay=3.5), OK)
    webhook = account.outbound(receiver.url)
    dialer.send(completions.of_elsewhere(account))
    (slow,) = account.attempts_of(webhook)
    assert slow["outcome"] == "succeeded" and slow["durationMs"] > 3_000
    assert slow["note"].startswith("slow: the answer took 3.")

    with without_consumer(stack, "Deliver", stack.slow_deliveries_queue_url):
        dialer.send(completions.of_elsewhere(account))
        all_taken_in()
        eventually(lambda: is_idle(stack.client("sqs"), stack.deliveries_queue_url), "the fast lane is done with it")
        assert len(receiver.requests) == 1

    fast = account.attempts_of(webhook, 2)[0]
    assert (fast["outcome"], fast["note"]) == ("succeeded", None)
    with without_consumer(stack, "Deliver", stack.slow_deliveries_queue_url):
        dialer.send(completions.of_elsewhere(account))
        receiver.await_requests(3)
