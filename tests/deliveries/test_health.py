"""Endpoints that fail for days: noted, forgiven by one success, given up after five days of nothing but failures."""

import time

import completions
from accounts import eventually
from receiver import Http
from tables import failing_since, set_failing_since

DAY_MS = 24 * 60 * 60 * 1000
FAILS = Http(500)


def days_ago(days: float) -> int:
    return int(time.time() * 1000 - days * DAY_MS)


def fail_once(account, dialer, webhook) -> None:
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook, 1)
    assert row["outcome"] == "failed", row


def another_attempt(account, dialer, webhook) -> dict:
    """The row of one more call's delivery; rows of the first one's retries may stand beside it."""
    known = {row["deliveryId"] for row in account.attempts_of(webhook, 1)}
    dialer.send(completions.of_elsewhere(account))

    def another():
        rows = account.attempts_of(webhook, 1)
        return next((row for row in rows if row["deliveryId"] not in known), None)

    return eventually(another, "one more delivery is in the log")


def test_an_endpoint_that_has_failed_for_five_days_is_disabled_with_the_reason(account, dialer, receivers, stack):
    receiver = receivers.receiver(FAILS)
    webhook = account.outbound(receiver.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(5.01))

    row = another_attempt(account, dialer, webhook)

    assert (row["outcome"], row["nextAttemptAt"]) == ("failed", None)
    shown = account.read(webhook.path)
    assert (shown["status"], shown["disabledReason"]) == ("disabled", "failing")
    assert shown["disabledAt"]


def test_an_endpoint_that_has_failed_for_less_than_five_days_is_tried_on(account, dialer, receivers, stack):
    receiver = receivers.receiver(FAILS)
    webhook = account.outbound(receiver.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(4.99))

    row = another_attempt(account, dialer, webhook)

    assert row["nextAttemptAt"]
    assert account.read(webhook.path)["status"] == "enabled"


def test_one_success_ends_the_count(account, dialer, receivers, stack):
    receiver = receivers.receiver(FAILS, Http(200))
    webhook = account.outbound(receiver.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(9))

    row = another_attempt(account, dialer, webhook)

    assert row["outcome"] == "succeeded"
    assert failing_since(stack, account.id, webhook.id) is None
    assert account.read(webhook.path)["status"] == "enabled"


def test_an_endpoint_that_is_enabled_again_gets_five_days_anew(account, dialer, receivers, stack):
    receiver = receivers.receiver(FAILS)
    webhook = account.outbound(receiver.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(9))

    shown = account.edit(webhook.path, status="enabled")

    assert shown["status"] == "enabled"
    assert failing_since(stack, account.id, webhook.id) is None


def test_a_failing_response_webhook_is_disabled_and_its_inbound_webhook_goes_on(
    account, dialer, jobs, receivers, stack
):
    receiver = receivers.receiver(FAILS)
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    account.attempts_of(webhook, 1)
    set_failing_since(stack, account.id, webhook.id, "responseWebhook.endpoint", days_ago(6))

    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook, 2)[1]))
    account.attempts_of(webhook, 2)

    shown = account.read(webhook.path)
    assert shown["status"] == "enabled"
    assert shown["responseWebhook"]["status"] == "disabled"
    assert shown["responseWebhook"]["disabledReason"] == "failing"
