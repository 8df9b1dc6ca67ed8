"""The operator is told when an endpoint is disabled because of how it answered."""

import time

from jsonschema import Draft202012Validator

import completions
from accounts import eventually
from faults import reconfigured, visible_after
from receiver import Http
from schemas import schema_of
from tables import set_failing_since

VALIDATOR = Draft202012Validator(schema_of("operational-event.v1"))
SIX_DAYS_MS = 6 * 24 * 60 * 60 * 1000


def the_event(operational_events, account) -> dict:
    (message,) = operational_events.await_messages(lambda message: account.id in message.body)
    event = message.json()
    VALIDATOR.validate(event)
    return event


def test_an_endpoint_that_is_gone_is_an_event(account, dialer, receivers, operational_events):
    webhook = account.outbound(receivers.receiver(Http(410)).url)
    dialer.send(completions.of_elsewhere(account))

    event = the_event(operational_events, account)

    assert (event["webhookId"], event["endpoint"], event["reason"]) == (webhook.id, "outbound", "gone")
    disabled_at = account.read(webhook.path)["disabledAt"]
    assert time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(event["disabledAt"] / 1000)) == disabled_at[:19]


def test_an_endpoint_that_failed_for_days_is_an_event(account, dialer, receivers, stack, operational_events):
    webhook = account.outbound(receivers.receiver(Http(500)).url)
    dialer.send(completions.of_elsewhere(account))
    account.attempts_of(webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", int(time.time() * 1000) - SIX_DAYS_MS)
    dialer.send(completions.of_elsewhere(account))

    event = the_event(operational_events, account)

    assert (event["webhookId"], event["reason"]) == (webhook.id, "failing")


def test_a_response_webhook_that_is_gone_is_an_event(account, dialer, jobs, receivers, operational_events):
    webhook = account.bound_webhook(responseWebhook={"url": receivers.receiver(Http(410)).url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))

    event = the_event(operational_events, account)

    assert (event["webhookId"], event["endpoint"], event["reason"]) == (webhook.id, "response", "gone")


def test_what_its_owner_disables_is_none(account, dialer, receivers, operational_events):
    webhook = account.outbound(receivers.receiver().url)
    account.edit(webhook.path, status="disabled")
    gone = account.outbound(receivers.receiver(Http(410)).url)
    dialer.send(completions.of_elsewhere(account))

    assert the_event(operational_events, account)["webhookId"] == gone.id


def test_an_event_that_could_not_be_sent_is_sent_when_the_attempt_comes_again(
    account, dialer, receivers, stack, operational_events
):
    receiver = receivers.receiver(Http(410))
    webhook = account.outbound(receiver.url)
    no_queue = stack.operational_events_queue_url + "-that-is-not-there"
    with visible_after(stack, stack.deliveries_queue_url, 3):
        with reconfigured(stack, "Deliver", OPERATIONAL_EVENTS_QUEUE_URL=no_queue):
            dialer.send(completions.of_elsewhere(account))
            eventually(lambda: account.read(webhook.path)["status"] == "disabled", "it is disabled")

        assert the_event(operational_events, account)["webhookId"] == webhook.id

    (row,) = account.attempts_of(webhook)
    assert row["error"]["code"] == "webhook_disabled"
    assert len(receiver.requests) == 1
