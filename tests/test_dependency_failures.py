"""What the inbound URL answers when something it depends on fails: it is pointed at what is not there."""

import uuid
from functools import partial

import pytest

from accounts import Account, eventually, unused_phone
from faults import reconfigured

ACCEPTED = (201, b'{"success":true}')


@pytest.fixture
def inbound_with(stack):
    """Runs the inbound function with changed environment variables, then as before."""
    return partial(reconfigured, stack, "Inbound")


def assert_try_again(answer) -> None:
    assert (answer.status, answer.json()["success"], answer.error["code"]) == (503, False, "temporarily_unavailable"), (
        answer
    )
    assert int(answer.headers["retry-after"]) > 0


def test_when_nothing_can_be_committed_the_answer_is_503_with_retry_after_and_nothing_is_recorded(
    account, jobs, inbound_with
):
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    with inbound_with(CALLS_TABLE="no-such-table"):
        assert_try_again(account.trigger(webhook))

    assert account.calls_of(campaign) == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


def test_when_the_webhook_cannot_be_looked_up_the_answer_is_503(account, jobs, inbound_with):
    webhook = account.bound_webhook()
    with inbound_with(WEBHOOKS_TABLE="no-such-table"):
        assert_try_again(account.trigger(webhook))
    assert jobs.all_of(webhook) == []


def test_when_the_job_cannot_be_sent_the_call_has_failed_the_credit_is_back_and_the_answer_is_503(
    api, jobs, stack, inbound_with
):
    account = Account.open(api, credits=1)
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    with inbound_with(CALL_JOBS_QUEUE_URL=stack.call_jobs_queue_url.replace(".fifo", "-gone.fifo")):
        assert_try_again(account.trigger(webhook))

    (call,) = account.calls_of(campaign)
    assert (call["status"], call["reason"]) == ("failed", "enqueue_failed")
    assert account.credits() == 1
    assert jobs.all_of(webhook) == []


def test_a_retry_with_the_same_idempotency_key_after_a_503_places_the_call_once(account, jobs, stack, inbound_with):
    webhook = account.bound_webhook()
    data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}

    with inbound_with(CALL_JOBS_QUEUE_URL=stack.call_jobs_queue_url.replace(".fifo", "-gone.fifo")):
        assert_try_again(account.trigger(webhook, data, headers=headers))
    for _ in range(2):
        answer = account.trigger(webhook, data, headers=headers)
        assert (answer.status, answer.body) == ACCEPTED

    (job,) = jobs.all_of(webhook)
    assert account.call(job["callId"])["status"] == "queued"
    assert account.credits() == 99


def test_a_request_log_that_cannot_be_written_changes_no_answer(account, jobs, inbound_with):
    webhook = account.bound_webhook()

    with inbound_with(REQUEST_LOGS_TABLE="no-such-table"):
        accepted = account.trigger(webhook)
        refused = account.trigger(webhook, {"phoneNumber": "not a phone"})

    assert (accepted.status, accepted.body) == ACCEPTED
    assert (refused.status, refused.error["code"]) == (400, "invalid_phone_number")
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99
