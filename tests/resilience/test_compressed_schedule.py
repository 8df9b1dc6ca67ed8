"""The whole retry schedule, made by the real function: no attempt waits, and what would have been waited is checked."""

import email.utils
import time
from dataclasses import dataclass
from datetime import datetime

import pytest

import completions
from accounts import Webhook, eventually
from compressed_clock import Asked, CompressedClock
from fault_stack import queues_of_functions, spoiled
from queues import is_idle
from receiver import OK, Http, Receiver, Request
from tables import set_failing_since

MILLISECOND, MINUTE, HOUR, DAY = 0.001, 60, 3_600, 86_400
# As docs/deliveries.md has it.
WAITS = [5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]
LONGEST_DELAY_OF_A_QUEUE = 15 * MINUTE
FAILS = Http(500)


@pytest.fixture(scope="module")
def clock(stack):
    clock = CompressedClock(stack)
    with spoiled(stack, clock.judge, functions=("Deliver",)):
        yield clock


@dataclass(frozen=True)
class Attempt:
    """One attempt as the endpoint, the log and the proxy saw it."""

    request: Request
    row: dict
    asked: Asked | None  # how the attempt after it was put off

    def waits(self, least: float, most: float) -> bool:
        """Whether the next one is due that many seconds after this one.

        The moment is worked out after the endpoint was asked, and before the next attempt is.
        """
        return least - MILLISECOND <= self.next_at - self.request.at and self.next_at - self.asked.asked_at <= most

    @property
    def next_at(self) -> float:
        return datetime.fromisoformat(self.row["nextAttemptAt"]).timestamp()


@pytest.fixture
def delivery(account, clock, dialer, stack):
    """One call of an account with one endpoint, told until nothing is left to be done."""
    clock.hurry(account)
    sqs, queue_urls = stack.client("sqs"), queues_of_functions(stack)

    def delivery(receiver: Receiver, attempts: int) -> tuple[Webhook, list[Attempt]]:
        webhook = account.outbound(receiver.url)
        dialer.send(completions.of_elsewhere(account))
        receiver.await_requests(attempts)
        account.attempts_of(webhook, attempts)
        eventually(lambda: all(is_idle(sqs, url) for url in queue_urls), "the last attempt is done with")
        rows = sorted(account.attempts_of(webhook), key=lambda row: row["attempt"])
        asked = clock.asked_of(rows[0]["deliveryId"])
        assert [row["attempt"] for row in rows] == list(range(1, attempts + 1))
        assert [later.attempt for later in asked] == list(range(2, attempts + 1))
        assert len(receiver.requests) == attempts
        return webhook, [Attempt(*seen) for seen in zip(receiver.requests, rows, [*asked, None], strict=True)]

    return delivery


def schedules_of(stack, delivery_id: str) -> list[dict]:
    return stack.client("scheduler").list_schedules(NamePrefix=delivery_id)["Schedules"]


def test_an_endpoint_that_always_fails_is_asked_ten_times_in_75_hours_with_the_same_bytes(
    account, delivery, receivers, stack
):
    webhook, attempts = delivery(receivers.receiver(FAILS), 10)

    *put_off, last = attempts
    for attempt, wait in zip(put_off, WAITS, strict=True):
        assert attempt.waits(0.9 * wait, 1.1 * wait), (wait, attempt)
    assert (last.row["outcome"], last.row["nextAttemptAt"]) == ("failed", None)
    assert schedules_of(stack, last.row["deliveryId"]) == []
    assert {(attempt.request.headers["webhook-id"], attempt.request.body) for attempt in attempts} == {
        (last.row["deliveryId"], attempts[0].request.body)
    }
    assert account.read(webhook.path)["status"] == "enabled"


def test_what_is_asked_of_queue_and_scheduler_is_the_moment_in_the_log(delivery, receivers):
    _, attempts = delivery(receivers.receiver(FAILS), 10)

    for attempt in attempts[:-1]:
        asked, next_at = attempt.asked, attempt.next_at
        if next_at - asked.asked_at <= LONGEST_DELAY_OF_A_QUEUE:
            # Whole seconds: never earlier than the moment, and less than a second later.
            assert asked.asked_at + asked.delay >= next_at
            assert asked.delay - 1 < next_at - attempt.request.at
        else:
            assert asked.moment == int(next_at)


def test_retry_after_moves_an_attempt_later_up_to_a_day_and_never_earlier(delivery, receivers):
    in_three_hours = int(time.time()) + 3 * HOUR
    receiver = receivers.receiver(
        Http(429, (("retry-after", "600"),)),
        Http(503, (("retry-after", email.utils.formatdate(in_three_hours, usegmt=True)),)),
        Http(503, (("retry-after", "999999"),)),
        Http(503, (("retry-after", "1"),)),
        Http(500, (("retry-after", "999999"),)),
        OK,
    )
    _, (seconds, date, too_long, too_short, not_asked, taken) = delivery(receiver, 6)

    assert seconds.waits(600, 600)
    assert in_three_hours <= date.next_at <= in_three_hours + (date.asked.asked_at - date.request.at)
    assert too_long.waits(DAY, DAY)
    assert too_short.waits(0.9 * 2 * HOUR, 1.1 * 2 * HOUR)
    assert not_asked.waits(0.9 * 5 * HOUR, 1.1 * 5 * HOUR)
    assert (taken.row["outcome"], taken.row["nextAttemptAt"]) == ("succeeded", None)


def test_a_410_at_the_third_attempt_ends_the_delivery_and_disables_the_webhook(account, delivery, receivers):
    webhook, (_, _, last) = delivery(receivers.receiver(FAILS, FAILS, Http(410)), 3)

    assert (last.row["statusCode"], last.row["nextAttemptAt"]) == (410, None)
    shown = account.read(webhook.path)
    assert (shown["status"], shown["disabledReason"]) == ("disabled", "gone")


def test_a_delivery_whose_endpoint_has_failed_for_five_days_by_then_ends_in_the_middle_of_its_schedule(
    account, delivery, receivers, stack
):
    class FailsSinceFiveDays:
        """Five days pass while this request is at the endpoint."""

        def play(self, handler, closing) -> None:
            (found,) = account.read("/webhooks", direction="outbound")["items"]
            set_failing_since(stack, account.id, found["id"], "endpoint", int((time.time() - 5.01 * DAY) * 1000))
            FAILS.play(handler, closing)

    webhook, attempts = delivery(receivers.receiver(FAILS, FAILS, FAILS, FailsSinceFiveDays(), FAILS), 5)

    assert [bool(attempt.row["nextAttemptAt"]) for attempt in attempts] == [True, True, True, True, False]
    shown = account.read(webhook.path)
    assert (shown["status"], shown["disabledReason"]) == ("disabled", "failing")
