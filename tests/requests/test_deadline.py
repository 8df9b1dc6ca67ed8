"""A request has one deadline for its commit: AWS may be slow, and a sender that has given up must not cause a call."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from fault_proxy import Call, Kind
from fault_stack import led_through_a_proxy

NO_COMMIT_AFTER = 5.0
# A request begins a moment after it is sent, and its own clock with it.
ON_THE_WAY = 0.7
# How long an answer waits for what follows the commit.
AFTER_COMMIT = 3.0


class Slow:
    """Lets the first tries of some operations hang, and notes when a commit was begun."""

    def __init__(self, hanging_tries: dict[str, int]):
        self.hanging_tries, self.commits = hanging_tries, []

    def __call__(self, call: Call) -> Kind | None:
        if call.operation in ("TransactWriteItems", "PutItem") and "call_" in call.body:
            self.commits.append((call.operation, time.monotonic()))
        return Kind.HANG if call.attempt <= self.hanging_tries.get(call.operation, 0) else None


@contextmanager
def slow(stack, **hanging_tries: int) -> Iterator[Slow]:
    judge = Slow(hanging_tries)
    with led_through_a_proxy(stack, "Inbound", judge):
        yield judge


def assert_nothing_is_committed(account, webhook, campaign, jobs) -> None:
    assert account.calls_of(campaign) == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


def test_a_commit_that_could_begin_only_after_five_seconds_is_not_begun(account, stack, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    # Twice 2.5 s and a pause. Two tries of one operation would be ended by its own limit.
    with slow(stack, Query=1, GetItem=1) as seen:
        answer = account.trigger(webhook)

    assert (answer.status, answer.error["code"]) == (503, "temporarily_unavailable")
    assert seen.commits == []
    assert_nothing_is_committed(account, webhook, campaign, jobs)


def test_a_commit_is_not_tried_again_after_five_seconds(account, stack, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    with slow(stack, Query=1, TransactWriteItems=9) as seen:
        started = time.monotonic()
        answer = account.trigger(webhook)

    assert (answer.status, answer.error["code"]) == (503, "temporarily_unavailable")
    begun = [moment - started for operation, moment in seen.commits if operation == "TransactWriteItems"]
    assert len(begun) == 1 and max(begun) < NO_COMMIT_AFTER + ON_THE_WAY, begun
    assert_nothing_is_committed(account, webhook, campaign, jobs)


@pytest.mark.parametrize("operation", ["SendMessage", "Query"])
def test_a_slow_aws_that_leaves_time_for_the_commit_is_a_call(account, stack, jobs, operation):
    webhook = account.bound_webhook()

    with slow(stack, **{operation: 1}):
        answer = account.trigger(webhook)

    assert (answer.status, answer.body) == (201, b'{"success":true}')
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99


def test_a_job_that_cannot_be_sent_holds_up_the_answer_for_three_seconds_at_most(account, stack, jobs):
    webhook = account.bound_webhook()

    with slow(stack, SendMessage=9):
        started = time.monotonic()
        answer = account.trigger(webhook)
        took = time.monotonic() - started

    assert (answer.status, answer.body) == (201, b'{"success":true}')
    assert took < AFTER_COMMIT + 2 * ON_THE_WAY
    assert len(jobs.of(webhook)) == 1  # the relay's
