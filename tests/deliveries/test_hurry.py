"""An attempt that waits for its time is made now, because its owner asked for that; the schedule goes on from there."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import eventually
from receiver import OK, Http
from refusals import assert_refused
from tables import claim_run, set_next_attempt

# Far enough away to be hurried, and near enough to be awaited.
WAITS = Http(503, (("retry-after", "40"),))
FAILS = Http(500)


def resend(account, webhook, delivery_id: str):
    return account.post(f"{webhook.path}/deliveries/{delivery_id}/resend", {})


def recover(account, webhook, **more):
    return account.post(f"{webhook.path}/recover", {"since": "2024-01-01T00:00:00Z", **more})


def waiting_delivery(account, dialer, receiver) -> tuple:
    """A webhook, and its delivery whose next attempt waits."""
    webhook = account.outbound(receiver.url)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    assert row["nextAttemptAt"] and not row["hurried"]
    return webhook, row


def test_a_resend_moves_the_attempt_that_waits_to_now_and_the_schedule_goes_on(account, dialer, receivers):
    receiver = receivers.receiver(WAITS, FAILS, FAILS)
    webhook, first = waiting_delivery(account, dialer, receiver)

    answer = resend(account, webhook, first["deliveryId"])

    assert (answer.status, answer.json()) == (202, {"deliveryId": first["deliveryId"]})
    (second, _) = account.attempts_of(webhook, 2)
    assert (second["attempt"], second["hurried"], second["id"]) == (2, True, f"{first['deliveryId']}.02")
    assert second["timestamp"] < first["nextAttemptAt"] < second["nextAttemptAt"]
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_it_is_hurried_once_a_minute_and_says_when_the_next_attempt_comes(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver(WAITS, FAILS, FAILS)
    webhook, first = waiting_delivery(account, dialer, receiver)
    assert resend(account, webhook, first["deliveryId"]).status == 202
    (second, _) = account.attempts_of(webhook, 2)

    for _ in range(20):
        answer = resend(account, webhook, first["deliveryId"])
        assert_refused(answer, 409, "on_its_way")
        assert second["nextAttemptAt"] in answer.error["message"]
    all_delivered()
    assert len(receiver.requests) == 2


def attempt_message(account, webhook, row, **more) -> str:
    ids = {"accountId": account.id, "webhookId": webhook.id, "deliveryId": row["deliveryId"], "callId": row["callId"]}
    return json.dumps({"version": 1, **ids, "event": "call.finished", "attempt": 2, **more})


@pytest.mark.parametrize(
    ("message", "requests"),
    [({}, 2), ({"hurried": True}, 3)],
    ids=["the message that it was to be made by", "the hurried message once more, since its invocation died"],
)
def test_what_follows_is_queued_by_the_message_that_made_the_attempt_and_by_no_other(
    account, dialer, receivers, stack, all_delivered, message, requests
):
    receiver = receivers.receiver(WAITS, FAILS, OK)
    webhook, first = waiting_delivery(account, dialer, receiver)
    assert resend(account, webhook, first["deliveryId"]).status == 202
    account.attempts_of(webhook, 2)
    # What queues the next attempt again, queues it for now.
    set_next_attempt(stack, first["deliveryId"], "02", int(time.time() * 1000))
    body = attempt_message(account, webhook, first, **message)
    stack.client("sqs").send_message(QueueUrl=stack.deliveries_queue_url, MessageBody=body, MessageGroupId=account.id)
    all_delivered()
    if requests == 3:
        receiver.await_requests(3)
    assert len(receiver.requests) == requests
    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1


def test_resends_at_the_same_moment_hurry_it_once(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver(WAITS, Http(500, delay=1.0))
    webhook, first = waiting_delivery(account, dialer, receiver)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: resend(account, webhook, first["deliveryId"]), range(6)))
    assert sorted(answer.status for answer in answers) == [202] + [409] * 5
    account.attempts_of(webhook, 2)
    all_delivered()
    assert len(receiver.requests) == 2


def test_an_attempt_that_is_nearly_due_is_left_to_its_own_message(account, dialer, receivers):
    webhook, first = waiting_delivery(account, dialer, receivers.receiver(FAILS))
    answer = resend(account, webhook, first["deliveryId"])
    assert_refused(answer, 409, "on_its_way")
    assert first["nextAttemptAt"] in answer.error["message"]


def test_a_hurry_whose_request_died_before_it_was_queued_is_made_when_it_is_asked_for_again(
    account, dialer, receivers, stack
):
    webhook, first = waiting_delivery(account, dialer, receivers.receiver(WAITS, OK))
    claim_run(stack, first["deliveryId"], "hurry.02", 0)
    assert resend(account, webhook, first["deliveryId"]).status == 202
    (second, _) = account.attempts_of(webhook, 2)
    assert (second["outcome"], second["hurried"]) == ("succeeded", True)


def test_recover_hurries_all_that_wait_when_it_is_asked_to(account, dialer, receivers):
    receiver = receivers.receiver(WAITS, WAITS, OK)
    webhook = account.outbound(receiver.url)
    for n in (1, 2):
        dialer.send(completions.of_elsewhere(account))
        account.attempts_of(webhook, n)
    assert [recover(account, webhook, **how).json()["count"] for how in ({}, {"pending": False})] == [0, 0]

    answer = recover(account, webhook, pending=True)

    assert (answer.status, answer.json()["count"]) == (202, 2)
    rows = account.attempts_of(webhook, 4)
    assert [(row["attempt"], row["hurried"], row["outcome"]) for row in rows[:2]] == [(2, True, "succeeded")] * 2
    assert recover(account, webhook, pending=True).json()["count"] == 0
    assert_refused(recover(account, webhook, pending="yes"), 400, "invalid_field", "pending")


# budgets


def test_an_account_resends_sixty_deliveries_a_minute(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    beginning_of_a_minute()

    def resend_until_refused():
        for _ in range(400):
            answer = resend(account, webhook, row["deliveryId"])
            if answer.status != 202:
                return answer
        raise AssertionError("never refused")

    refused = resend_until_refused()
    assert_refused(refused, 429, "too_many_resends")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert len(receiver.requests) <= 1 + 120


def beginning_of_a_minute() -> None:
    """What is counted by the minute of the clock is not to be counted in two."""
    eventually(lambda: time.time() % 60 < 30, "the minute is young", timeout=40)


def test_one_recovery_is_made_at_a_time(account, receivers, stack):
    webhook = account.outbound(receivers.receiver().url)
    now_ms = int(time.time() * 1000)
    stack.client("dynamodb").put_item(
        TableName=stack.physical_ids["DeliveryLogs"],
        Item={
            "deliveryId": {"S": account.id},
            "attemptKey": {"S": "recoveries"},
            "version": {"N": "7"},
            "minute": {"N": str(now_ms // 60_000)},
            "used": {"N": "1"},
            "places": {"L": [{"M": {"holder": {"S": "another"}, "until": {"N": str(now_ms + 5_000)}}}]},
        },
    )
    assert_refused(recover(account, webhook), 409, "recovery_underway")
    # The place of one that died is free after a while.
    eventually(lambda: recover(account, webhook).status == 202, "a recovery is made", timeout=20)
    assert recover(account, webhook).status == 202


def test_of_resends_at_the_same_moment_none_is_refused_below_the_budget(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    for _ in range(3):
        dialer.send(completions.of_elsewhere(account))
    rows = account.attempts_of(webhook, 3)
    beginning_of_a_minute()
    ids = [row["deliveryId"] for row in rows] * 15
    with ThreadPoolExecutor(len(ids)) as pool:
        answers = list(pool.map(lambda delivery: resend(account, webhook, delivery).status, ids))
    assert set(answers) == {202}
