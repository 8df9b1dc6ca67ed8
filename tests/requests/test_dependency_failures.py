"""What the inbound URL answers when something it depends on fails: it is pointed at what is not there."""

from functools import partial

import pytest

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


def test_a_request_log_that_cannot_be_written_changes_no_answer(account, jobs, inbound_with):
    webhook = account.bound_webhook()

    with inbound_with(REQUEST_LOGS_TABLE="no-such-table"):
        accepted = account.trigger(webhook)
        refused = account.trigger(webhook, {"phoneNumber": "not a phone"})

    assert (accepted.status, accepted.body) == ACCEPTED
    assert (refused.status, refused.error["code"]) == (400, "invalid_phone_number")
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99
