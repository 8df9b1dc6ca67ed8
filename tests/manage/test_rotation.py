"""Signing secrets and slugs are rotated; receivers verify with the independent `standardwebhooks` package."""

import base64
import re

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

import completions
import sent_values
from accounts import eventually
from edits import rotated_secret, sample_sent
from refusals import assert_refused

URL = "https://example.com/hook"


def verifies(request, secret: str) -> bool:
    signed = request.query if request.method == "GET" else request.body
    try:
        Verifier(secret).verify(signed, request.headers, json_parse=False)
    except WebhookVerificationError:
        return False
    return True


def signatures(request) -> list[str]:
    return request.headers["webhook-signature"].split(" ")


def test_a_rotated_secret_is_whsec_and_32_random_bytes_and_never_shown_again(account):
    webhook = account.outbound(URL)
    new = rotated_secret(account, webhook)
    assert new != webhook.signing_secret
    prefix, _, encoded = new.partition("_")
    assert prefix == "whsec" and len(base64.b64decode(encoded, validate=True)) == 32
    for path in (webhook.path, "/webhooks"):
        text = account.get(path).body.decode()
        assert "ecret" not in text and encoded not in text


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("overlap", [{}, {"overlapSeconds": 604_800}])
def test_in_the_overlap_a_delivery_verifies_with_the_old_and_with_the_new_secret(
    account, dialer, receivers, method, overlap
):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, method=method)
    new = rotated_secret(account, webhook, **overlap)
    dialer.send(completions.of_elsewhere(account, **completions.RESULTS))
    request = receiver.await_request()
    assert verifies(request, webhook.signing_secret) and verifies(request, new)
    assert [signature.split(",")[0] for signature in signatures(request)] == ["v1", "v1"]
    assert len(set(signatures(request))) == 2


def test_without_an_overlap_only_the_new_secret_verifies(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    new = rotated_secret(account, webhook, overlapSeconds=0)
    dialer.send(completions.of_elsewhere(account))
    request = receiver.await_request()
    assert verifies(request, new) and not verifies(request, webhook.signing_secret)
    assert len(signatures(request)) == 1


def test_after_the_overlap_only_the_new_secret_verifies(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    new = rotated_secret(account, webhook, overlapSeconds=2)
    first = sample_sent(account, webhook, receiver)
    assert verifies(first, new) and verifies(first, webhook.signing_secret)

    def signed_once():
        request = sample_sent(account, webhook, receiver)
        return len(signatures(request)) == 1 and request

    last = eventually(signed_once, "the old secret is out of its overlap", timeout=4.0, pause=0.3)
    assert last.at - first.at > 1.0
    assert verifies(last, new) and not verifies(last, webhook.signing_secret)


def test_a_second_rotation_in_the_overlap_ends_neither_of_the_secrets_before_it(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    second = rotated_secret(account, webhook)
    third = rotated_secret(account, webhook)
    request = sample_sent(account, webhook, receiver)
    assert all(verifies(request, secret) for secret in (third, second, webhook.signing_secret))
    assert len(signatures(request)) == 3


def test_an_old_secret_that_leaked_is_out_at_once_without_an_overlap(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    leaked = rotated_secret(account, webhook)
    new = rotated_secret(account, webhook, overlapSeconds=0)
    request = sample_sent(account, webhook, receiver)
    assert verifies(request, new) and not verifies(request, leaked) and not verifies(request, webhook.signing_secret)


def test_an_inbound_webhooks_rotation_counts_for_its_response_webhook(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})
    new = rotated_secret(account, webhook, overlapSeconds=0)
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    request = receiver.await_request()
    assert verifies(request, new) and not verifies(request, webhook.signing_secret)


def test_a_rotation_changes_no_other_webhook_and_nothing_else_of_its_own(account, receivers):
    receiver = receivers.receiver()
    other, webhook = account.outbound(receiver.url), account.outbound(URL)
    before = account.read(webhook.path)
    rotated_secret(account, webhook, overlapSeconds=0)
    after = account.read(webhook.path)
    assert {**after, "updatedAt": None} == {**before, "updatedAt": None}
    assert verifies(sample_sent(account, other, receiver), other.signing_secret)


# slugs


def test_a_rotated_slug_takes_requests_at_once_and_keeps_everything_else(account, jobs):
    webhook = account.bound_webhook()
    before = account.read(webhook.path)
    answer = account.post(f"{webhook.path}/rotate-slug", {})
    assert answer.status == 200, answer
    assert set(answer.json()) == {"slug", "url"}
    slug, url = answer.json()["slug"], answer.json()["url"]
    sent_values.remember("slug", slug)
    assert re.fullmatch(r"[a-z0-9]{25,}", slug) and slug != webhook.slug
    assert url == before["url"].replace(webhook.slug, slug)
    assert account.api.trigger(slug, {"type": "calls.execute", "data": {"phoneNumber": "+15557654321"}}).status == 201
    assert len(jobs.of(webhook)) == 1
    after = account.read(webhook.path)
    assert after == {**before, "slug": slug, "url": url, "updatedAt": after["updatedAt"]}


def test_a_slug_needs_no_body_to_be_rotated(account):
    webhook = account.inbound()
    assert account.post(f"{webhook.path}/rotate-slug", None).status == 200


def test_an_outbound_webhook_has_no_slug_to_rotate(account):
    assert_refused(account.post(f"{account.outbound(URL).path}/rotate-slug", {}), 409, "not_inbound")
