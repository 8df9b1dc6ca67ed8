"""Signatures, checked with the independent `standardwebhooks` package, and the headers a receiver gets."""

import base64
import time

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

import completions
from completions import RECIPIENT, RESULTS

CUSTOM_HEADERS = [
    {"name": "X-System", "value": "atllas-integration"},
    {"name": "X-System-Key", "value": "fub-key-6c1d2b7e9f"},
    {"name": "Authorization", "value": "Basic cXVpbGxoYXZlbi1hcGkta2V5Og=="},
]


@pytest.fixture
def posted(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, headers=CUSTOM_HEADERS)
    dialer.send(completions.of_elsewhere(account, recipient=RECIPIENT, **RESULTS))
    return webhook, receiver.await_request()


def test_a_posts_signature_verifies_with_the_webhooks_secret(posted):
    webhook, request = posted
    payload = Verifier(webhook.signing_secret).verify(request.body, request.headers)
    assert payload["type"] == "call.finished"


def test_a_gets_signature_is_over_its_raw_query_string(account, dialer, receivers):
    receiver = receivers.receiver(query="?tenant=7%20b")
    webhook = account.outbound(receiver.url, method="GET", headers=CUSTOM_HEADERS)
    dialer.send(completions.of_elsewhere(account, recipient=RECIPIENT, **RESULTS))
    request = receiver.await_request()
    Verifier(webhook.signing_secret).verify(request.query, request.headers, json_parse=False)


def test_the_response_webhooks_signature_verifies_with_the_inbound_webhooks_secret(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url, "headers": CUSTOM_HEADERS})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0], **RESULTS))
    request = receiver.await_request()
    assert Verifier(webhook.signing_secret).verify(request.body, request.headers)["type"] == "call.completed"
    assert request.headers["x-system-key"] == "fub-key-6c1d2b7e9f"


def test_another_secret_does_not_verify(posted):
    _, request = posted
    other = "whsec_" + base64.b64encode(b"another secret of thirty-two byte").decode()
    with pytest.raises(WebhookVerificationError):
        Verifier(other).verify(request.body, request.headers)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_nothing_that_is_signed_can_be_changed(posted, changed):
    webhook, request = posted
    headers, body = dict(request.headers), request.body
    if changed == "body":
        body = body.replace(b'"tokensConsumed":1', b'"tokensConsumed":2')
        assert body != request.body
    elif changed == "webhook-id":
        headers["webhook-id"] += "x"
    else:
        headers["webhook-timestamp"] = str(int(headers["webhook-timestamp"]) + 1)
    with pytest.raises(WebhookVerificationError):
        Verifier(webhook.signing_secret).verify(body, headers)


def test_every_webhook_has_a_secret_of_its_own(account, dialer, receivers):
    first, second = receivers.receiver(), receivers.receiver()
    one, other = account.outbound(first.url), account.outbound(second.url)
    assert one.signing_secret != other.signing_secret
    dialer.send(completions.of_elsewhere(account))
    request = second.await_request()
    Verifier(other.signing_secret).verify(request.body, request.headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(one.signing_secret).verify(request.body, request.headers)


def test_the_signed_headers_are_those_of_standard_webhooks(posted):
    _, request = posted
    assert request.headers["webhook-id"].startswith("msg_")
    assert "." not in request.headers["webhook-id"]
    assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 60
    (version, signature) = request.headers["webhook-signature"].split(",")
    assert version == "v1" and len(base64.b64decode(signature)) == 32


def test_each_endpoint_and_each_call_has_a_webhook_id_of_its_own(account, dialer, receivers):
    first, second = receivers.receiver(), receivers.receiver()
    account.outbound(first.url)
    account.outbound(second.url)
    dialer.send(completions.of_elsewhere(account), completions.of_elsewhere(account))
    requests = first.await_requests(2) + second.await_requests(2)
    assert len({request.headers["webhook-id"] for request in requests}) == 4


def test_custom_headers_arrive_as_they_were_given(posted):
    _, request = posted
    for header in CUSTOM_HEADERS:
        assert request.headers[header["name"].lower()] == header["value"]
    names = [name.lower() for name, _ in request.header_list]
    assert len(names) == len(set(names))


def test_custom_headers_and_secrets_can_never_be_read_again(account, posted, receivers):
    outbound, _ = posted
    inbound = account.inbound(responseWebhook={"url": receivers.receiver().url, "headers": CUSTOM_HEADERS})
    texts = [
        account.get(path).body.decode()
        for path in (
            f"/webhooks/{outbound.id}",
            f"/webhooks/{inbound.id}",
            "/webhooks",
            f"/webhooks/{outbound.id}/deliveries",
        )
    ]
    for text in texts:
        assert outbound.signing_secret not in text and inbound.signing_secret not in text
        assert "signingSecret" not in text
        for header in CUSTOM_HEADERS:
            assert header["value"] not in text
    names = [header["name"].lower() for header in CUSTOM_HEADERS]
    assert [name.lower() for name in account.read(f"/webhooks/{outbound.id}")["headers"]] == names
    response = account.read(f"/webhooks/{inbound.id}")["responseWebhook"]
    assert [name.lower() for name in response["headers"]] == names
