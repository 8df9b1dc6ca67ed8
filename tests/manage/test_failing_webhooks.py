"""Since when a webhook's endpoint fails and why, as the webhook and the list show it."""

import completions
from accounts import Account, Webhook, eventually
from edits import press_test
from receiver import OK, Bytes, Http

HANGS_UP = Bytes(b"")
HEALTHY = {"failingSince": None, "lastError": None}


def shown(account: Account, webhook: Webhook) -> dict:
    """What the webhook shows of it; the list shows the same."""
    one = account.read(webhook.path)
    (listed,) = [item for item in account.read("/webhooks")["items"] if item["id"] == webhook.id]
    assert listed == one
    one = one if one["direction"] == "outbound" else one["responseWebhook"]
    return {name: one[name] for name in HEALTHY}


def deliver(account: Account, dialer, webhook: Webhook, n: int = 1) -> list[dict]:
    dialer.send(completions.of_elsewhere(account))
    return account.attempts_of(webhook, n)


def test_a_new_webhook_and_a_healthy_one_do_not_fail(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    assert {name: webhook.body[name] for name in HEALTHY} == shown(account, webhook) == HEALTHY
    deliver(account, dialer, webhook)
    assert shown(account, webhook) == HEALTHY


def test_a_failing_webhook_says_since_when_and_what_its_newest_attempt_met(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(500), HANGS_UP, Http(404)).url)
    *_, first = deliver(account, dialer, webhook)
    since = shown(account, webhook)["failingSince"]
    assert since >= first["timestamp"]

    second = account.attempts_of(webhook, 2)[0]
    assert shown(account, webhook) == {
        "failingSince": since,
        "lastError": {**second["error"], "at": second["timestamp"]},
    }
    edited = account.edit(webhook.path, name="Renamed")
    assert {name: edited[name] for name in HEALTHY} == shown(account, webhook)


def test_an_answer_that_is_no_success_is_named_by_its_status(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, (("retry-after", "600"),))).url)
    (row,) = deliver(account, dialer, webhook)
    expected = {"code": "http_503", "message": "the endpoint answered 503", "at": row["timestamp"]}
    assert shown(account, webhook)["lastError"] == expected


def test_tests_say_nothing_of_it(account, dialer, receivers):
    answers = [Http(503, (("retry-after", "600"),)), *[OK] * 6, Http(404)]
    webhook = account.outbound(receivers.receiver(*answers).url)
    deliver(account, dialer, webhook)
    before = shown(account, webhook)
    # More than are read at once.
    for _ in range(12):
        assert press_test(account, webhook)
    account.attempts_of(webhook, 13)
    assert shown(account, webhook) == before


def test_a_success_ends_it(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(500), OK).url)
    deliver(account, dialer, webhook)
    assert shown(account, webhook)["lastError"]
    account.attempts_of(webhook, 2)
    assert shown(account, webhook) == HEALTHY


def test_a_moved_endpoint_does_not_fail(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, (("retry-after", "600"),))).url)
    deliver(account, dialer, webhook)
    edited = account.edit(webhook.path, url=receivers.receiver().url)
    assert {name: edited[name] for name in HEALTHY} == shown(account, webhook) == HEALTHY


def test_a_response_webhook_has_its_own(account, jobs, dialer, receivers):
    endpoint = receivers.receiver(Http(503, (("retry-after", "600"),)))
    webhook = account.bound_webhook(responseWebhook={"url": endpoint.url})
    assert shown(account, webhook) == HEALTHY
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job))
    (row,) = account.attempts_of(webhook)
    failing = eventually(lambda: (now := shown(account, webhook))["lastError"] and now, "its failure is shown")
    assert failing["lastError"]["at"] == row["timestamp"]


def test_a_delivery_that_ends_without_an_attempt_is_no_failure_of_the_endpoint(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, (("retry-after", "600"),))).url)
    (row,) = deliver(account, dialer, webhook)
    before = shown(account, webhook)
    assert account.delete(f"/calls/{row['callId']}").status == 204
    assert account.post(f"{webhook.path}/deliveries/{row['deliveryId']}/resend", {}).status == 202
    ended, _ = account.attempts_of(webhook, 2)
    assert ended["error"]["code"] == "call_erased"
    assert shown(account, webhook) == before
