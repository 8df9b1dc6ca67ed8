"""What the tables hold: logs that expire, and no secret that a reader of the tables could use."""

import base64
import time

import pytest

import completions
import sent_values
from needles import Needles
from tables import TABLES, everything_in, items_of

DAYS_30 = 30 * 24 * 3600
# Phones, names and transcripts are the product's data; these are nobody's to read again.
SECRETS = ("header value", "required header", "signing secret", "API key", "portal token")


def assert_expires_in_30_days(item: dict) -> None:
    assert abs(int(item["expiresAt"]["N"]) - time.time() - DAYS_30) < 300


def test_the_request_log_expires_after_30_days(account, stack):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    account.last_request_to(webhook)
    (item,) = items_of(stack, "RequestLogs", webhookId=webhook.id)
    assert_expires_in_30_days(item)


def test_a_call_that_is_not_placed_expires_after_30_days_and_keeps_nothing_but_the_number(account, stack):
    webhook = account.inbound()
    account.campaign(webhook, status="paused")
    account.trigger(webhook, completions.RECIPIENT)
    call_id = account.last_request_to(webhook)["callId"]
    (item,) = items_of(stack, "Calls", id=call_id)
    assert_expires_in_30_days(item)
    assert item["recipient"] == {"M": {"phoneNumber": {"S": completions.RECIPIENT["phoneNumber"]}}}


def test_a_call_that_is_placed_does_not_expire(account, stack, jobs):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (item,) = items_of(stack, "Calls", id=jobs.of(webhook)[0]["callId"])
    assert "expiresAt" not in item


def test_the_delivery_log_expires_after_30_days(account, stack, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    (item,) = items_of(stack, "DeliveryLogs", deliveryId=row["deliveryId"])
    assert_expires_in_30_days(item)


def texts_in(value) -> list[bytes]:
    """Every text and every byte string inside an item."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    if isinstance(value, str):
        return [value.encode()]
    return [bytes(value)] if isinstance(value, (bytes, bytearray)) else []


def encodings(secret: str) -> set[bytes]:
    raw = [secret.encode()]
    if secret.startswith("whk_"):  # the prefix, the key's id, which is no secret, and the secret itself
        raw.append(secret.split("_", 2)[2].encode())
    if secret.startswith("whsec_"):
        raw.append(base64.b64decode(secret.removeprefix("whsec_")))
    return {form for text in raw for form in (text, base64.b64encode(text).rstrip(b"="), text.hex().encode())}


def is_masked(value: str, kind: str) -> bool:
    """Shorter values of headers are shown where an endpoint's answer repeats them, which some do to the tests."""
    return kind != "header value" or len(value) >= 8


@pytest.mark.parametrize("table", TABLES)
def test_no_table_holds_a_secret_in_any_encoding(account, stack, receivers, table):
    headers = [{"name": "X-Key", "value": "raw-read-header-value-5521"}]
    account.outbound("https://example.com/", headers=headers)
    account.inbound(responseWebhook={"url": "https://example.com/", "headers": headers})
    account.inbound(requiredHeader={"name": "X-Key", "value": "raw-read-required-value-7743"})
    account.session(), account.portal_link()
    held = b"\n".join(text for item in everything_in(stack, table) for text in texts_in(item))
    secrets = {value for value, kind in sent_values.remembered().items() if kind in SECRETS and is_masked(value, kind)}
    assert {"raw-read-header-value-5521", "raw-read-required-value-7743"} <= secrets and account.api_key in secrets
    needles = Needles((form, secret) for secret in secrets for form in encodings(secret))
    assert {secret[:6] + "…" for _, secret in needles.found_in(held)} == set()


def test_the_search_would_find_a_secret():
    assert b"whsec_" + base64.b64encode(b"x" * 32) in encodings("whsec_" + base64.b64encode(b"x" * 32).decode())
    assert b"x" * 32 in encodings("whsec_" + base64.b64encode(b"x" * 32).decode())
    needles = Needles((form, "it") for form in encodings("a-\x80secret"))
    for form in encodings("a-\x80secret"):
        assert list(needles.found_in(b"\n\xff" + form + b"\0")) == [(2, "it")]
    assert not list(needles.found_in(b"a-secret"))
