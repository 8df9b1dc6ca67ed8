"""Endpoints that fail for days: noted, forgiven by one success, given up after five days of nothing but failures."""

import time

import completions
from accounts import eventually
from receiver import OK, Http
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


# an endpoint that is moved while it is asked


def moved_while_it_is_asked(account, dialer, receivers, before, webhook):
    """What the webhook looks like after the old endpoint's answer came, and the request that the new one was sent."""
    after = receivers.receiver(OK)
    dialer.send(completions.of_elsewhere(account))
    before.await_request()
    account.edit(webhook.path, url=after.url)
    row = account.attempts_of(webhook, 1)[-1]
    assert (row["outcome"], row["attempt"]) == ("failed", 1)
    return row, account.read(webhook.path), after


def test_a_410_that_comes_after_the_url_was_changed_disables_nothing_and_the_delivery_goes_on(
    account, dialer, receivers
):
    gone = receivers.receiver(Http(410, delay=2.0))
    webhook = account.outbound(gone.url)
    row, shown, after = moved_while_it_is_asked(account, dialer, receivers, gone, webhook)
    assert (row["statusCode"], shown["status"], shown["url"]) == (410, "enabled", after.url)
    assert row["nextAttemptAt"]
    assert after.await_request().headers["webhook-id"] == row["deliveryId"]
    assert account.read(webhook.path)["status"] == "enabled"


def test_a_410_of_a_response_webhook_that_was_moved_meanwhile_disables_nothing(account, dialer, jobs, receivers):
    gone, after = receivers.receiver(Http(410, delay=2.0)), receivers.receiver(OK)
    webhook = account.bound_webhook(responseWebhook={"url": gone.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    gone.await_request()
    account.edit(webhook.path, responseWebhook={"url": after.url})
    (row,) = account.attempts_of(webhook, 1)
    assert row["statusCode"] == 410 and row["nextAttemptAt"]
    assert account.read(webhook.path)["responseWebhook"]["status"] == "enabled"
    after.await_request()


def test_the_last_failure_of_five_days_disables_no_endpoint_that_took_its_place_meanwhile(
    account, dialer, receivers, stack
):
    failing = receivers.receiver(FAILS, Http(500, delay=3.0))
    webhook = account.outbound(failing.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(6))
    # The first call's second attempt, 5 seconds after the first.
    failing.await_requests(2)
    after = receivers.receiver(OK)
    account.edit(webhook.path, url=after.url)
    row = account.attempts_of(webhook, 2)[0]
    assert (row["attempt"], row["outcome"]) == (2, "failed") and row["nextAttemptAt"]
    assert account.read(webhook.path)["status"] == "enabled"
    assert failing_since(stack, account.id, webhook.id) is None


def test_the_last_failure_of_five_days_disables_no_endpoint_that_was_enabled_anew_meanwhile(
    account, dialer, receivers, stack
):
    failing = receivers.receiver(FAILS, Http(500, delay=3.0))
    webhook = account.outbound(failing.url)
    fail_once(account, dialer, webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", days_ago(6))
    failing.await_requests(2)
    account.edit(webhook.path, status="enabled")
    row = account.attempts_of(webhook, 2)[0]
    assert (row["attempt"], row["outcome"]) == (2, "failed") and row["nextAttemptAt"]
    assert account.read(webhook.path)["status"] == "enabled"


def test_the_first_failure_of_an_endpoint_is_not_noted_of_the_one_that_took_its_place(
    account, dialer, receivers, stack
):
    failing = receivers.receiver(Http(500, delay=2.0))
    webhook = account.outbound(failing.url)
    moved_while_it_is_asked(account, dialer, receivers, failing, webhook)
    assert failing_since(stack, account.id, webhook.id) is None
