"""Attempts that are further away than a queue can delay them: one-off schedules that put the message back."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest

import completions
from accounts import eventually
from receiver import Http

FAILS = Http(500)
# After attempt 3 the schedule says 30 minutes, varied by a tenth, and SQS delays 15 at most.
WAIT_AFTER_ATTEMPT_3 = (timedelta(minutes=27), timedelta(minutes=33))


class Delivery:
    """A delivery whose first attempt has succeeded, and whose later attempts are asked for at will."""

    def __init__(self, account, dialer, receivers, stack):
        self.account, self.stack = account, stack
        self.receiver = receivers.receiver(Http(200), FAILS)
        self.webhook = account.outbound(self.receiver.url)
        completion = completions.of_elsewhere(account)
        dialer.send(completion)
        (first,) = self.receiver.await_requests(1)
        self.call_id, self.id = completion["callId"], first.headers["webhook-id"]

    def message(self, attempt: int) -> dict:
        return {
            "version": 1,
            "deliveryId": self.id,
            "accountId": self.account.id,
            "webhookId": self.webhook.id,
            "callId": self.call_id,
            "event": "call.finished",
            "attempt": attempt,
        }

    def ask_for(self, attempt: int) -> None:
        self.stack.client("sqs").send_message(
            QueueUrl=self.stack.deliveries_queue_url,
            MessageBody=json.dumps(self.message(attempt)),
            MessageGroupId=self.account.id,
        )

    def row(self, attempt: int) -> dict:
        def found():
            rows = self.account.attempts_of(self.webhook, 1)
            return next((row for row in rows if row["attempt"] == attempt), None)

        return eventually(found, f"attempt {attempt} is in the log")

    def schedules(self) -> list[dict]:
        scheduler, group = self.stack.client("scheduler"), self.stack.physical_ids["DeliverySchedules"]
        found = scheduler.list_schedules(GroupName=group, NamePrefix=self.id)["Schedules"]
        return [scheduler.get_schedule(GroupName=group, Name=schedule["Name"]) for schedule in found]


@pytest.fixture
def delivery(account, dialer, receivers, stack):
    return Delivery(account, dialer, receivers, stack)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_an_attempt_half_an_hour_away_becomes_one_schedule_that_deletes_itself(delivery, stack):
    delivery.ask_for(3)
    row = delivery.row(3)
    (schedule,) = eventually(delivery.schedules, "the next attempt is scheduled")

    least, most = WAIT_AFTER_ATTEMPT_3
    due = moment(row["nextAttemptAt"])
    assert least <= due - moment(row["timestamp"]) <= most + timedelta(seconds=1)
    assert schedule["ScheduleExpression"] == due.astimezone(UTC).strftime("at(%Y-%m-%dT%H:%M:%S)")
    assert schedule["ActionAfterCompletion"] == "DELETE"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    target = schedule["Target"]
    assert target["Arn"].split(":")[-1] == stack.physical_ids["SlowDeliveriesQueue"].rsplit("/", 1)[-1]
    assert json.loads(target["Input"]) == delivery.message(4)


def test_an_attempt_that_is_asked_for_twice_is_made_once_and_scheduled_once(delivery, account, dialer):
    delivery.ask_for(3)
    delivery.row(3)
    delivery.ask_for(3)
    # A later delivery to the same endpoint comes after whatever the second message does.
    dialer.send(completions.of_elsewhere(account))
    delivery.receiver.await_requests(3)

    assert [row["attempt"] for row in account.attempts_of(delivery.webhook) if row["deliveryId"] == delivery.id] == [
        3,
        1,
    ]
    assert len(eventually(delivery.schedules, "the next attempt is scheduled")) == 1


def test_a_schedule_that_is_due_makes_the_next_attempt(delivery, stack):
    delivery.ask_for(3)
    (schedule,) = eventually(delivery.schedules, "the next attempt is scheduled")
    soon = datetime.fromtimestamp(time.time() + 1, UTC).strftime("at(%Y-%m-%dT%H:%M:%S)")
    kept = ("Name", "GroupName", "FlexibleTimeWindow", "Target", "ActionAfterCompletion")
    stack.client("scheduler").update_schedule(**{name: schedule[name] for name in kept}, ScheduleExpression=soon)

    first, third, fourth = delivery.receiver.await_requests(3, timeout=30)

    assert {request.headers["webhook-id"] for request in (first, third, fourth)} == {delivery.id}
    assert first.body == third.body == fourth.body
    assert delivery.row(4)["outcome"] == "failed"


def test_the_tenth_attempt_is_the_last(delivery):
    delivery.ask_for(10)
    assert delivery.row(10)["nextAttemptAt"] is None
    assert delivery.schedules() == []
