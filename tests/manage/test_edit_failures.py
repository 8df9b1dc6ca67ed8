"""What the management API answers when something it depends on fails, and that the same request works afterwards."""

import pytest

import completions
from edits import carries, custom, rotated_secret, sample_sent
from faults import reconfigured
from receiver import OK, Http
from refusals import assert_refused


def assert_try_again(answer) -> None:
    assert_refused(answer, 503, "temporarily_unavailable")


def no_queue(stack) -> str:
    return stack.deliveries_queue_url + "-that-is-not-there"


@pytest.fixture
def failed(account, dialer, receivers):
    """A webhook with one failed delivery, enabled again at an endpoint that is well."""
    gone, well = receivers.receiver(Http(410)), receivers.receiver(OK)
    webhook = account.outbound(gone.url)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    account.edit(webhook.path, url=well.url, status="enabled")
    return webhook, row["deliveryId"], well


def test_a_resend_that_could_not_be_queued_can_be_asked_for_again(account, stack, failed):
    webhook, delivery_id, well = failed
    path = f"{webhook.path}/deliveries/{delivery_id}/resend"
    with reconfigured(stack, "Manage", DELIVERIES_QUEUE_URL=no_queue(stack)):
        assert_try_again(account.post(path, {}))
    assert account.post(path, {}).status == 202
    assert well.await_request(timeout=5.0).headers["webhook-id"] == delivery_id


def test_a_recovery_that_could_not_be_queued_can_be_asked_for_again(account, stack, failed):
    webhook, delivery_id, well = failed
    body = {"since": "2024-01-01T00:00:00Z"}
    with reconfigured(stack, "Manage", DELIVERIES_QUEUE_URL=no_queue(stack)):
        assert_try_again(account.post(f"{webhook.path}/recover", body))
    assert account.post(f"{webhook.path}/recover", body).json()["count"] == 1
    assert well.await_request(timeout=5.0).headers["webhook-id"] == delivery_id


def test_while_nothing_can_be_sealed_headers_and_secret_stay_as_they_were(account, stack, receivers):
    receiver, stored = receivers.receiver(), custom("X-Key")
    webhook = account.outbound(receiver.url, headers=stored)
    no_key = f"arn:aws:kms:{stack.region}:000000000000:key/00000000-0000-0000-0000-000000000000"
    with reconfigured(stack, "Manage", SECRETS_KEY_ID=no_key):
        assert_try_again(account.patch(webhook.path, {"name": "Renamed", "headers": custom("X-Key")}))
        assert_try_again(account.post(f"{webhook.path}/rotate-secret", {}))
        assert account.edit(webhook.path, status="disabled")["status"] == "disabled"
    assert account.read(webhook.path)["name"] == "To the CRM"
    assert carries(sample_sent(account, webhook, receiver), stored)
    new = custom("X-Key")
    account.edit(webhook.path, headers=new)
    rotated_secret(account, webhook)
    assert carries(sample_sent(account, webhook, receiver), new)
