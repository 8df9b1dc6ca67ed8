"""The Test button: the seed's sample, through the same sender, filter, signature and log as a delivery."""

import re

import pytest
from standardwebhooks import Webhook as Verifier

from edits import carries, custom, press_test, sample_sent
from endpoint_answers import REPEATED
from payloads import parsed_query, query_pairs, written
from receiver import OK, Bytes, Echo, Http
from refusals import assert_refused
from sample import SAMPLE

RESULT_KEYS = {"success", "statusCode", "error", "responseBody", "note", "durationMs"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def press_unsaved(account, url: str, **more) -> dict:
    """What the Test button says of an endpoint that is not saved yet."""
    answer = account.post("/webhooks/test", {"url": url, **more})
    assert answer.status == 200, answer
    return answer.json()


# what arrives


def test_a_saved_webhook_gets_the_documented_sample_byte_for_byte(account, receivers):
    receiver = receivers.receiver()
    request = sample_sent(account, account.outbound(receiver.url), receiver)
    assert (request.method, request.body) == ("POST", written(SAMPLE))
    assert request.headers["content-type"].startswith("application/json")


def test_a_saved_get_webhook_gets_the_sample_as_its_query(account, receivers):
    receiver = receivers.receiver(query="?tenant=7")
    request = sample_sent(account, account.outbound(receiver.url, method="GET"), receiver)
    assert (request.method, request.body) == ("GET", b"")
    assert parsed_query(request.query) == [("tenant", "7"), *query_pairs(SAMPLE)]


def test_an_inbound_webhooks_test_goes_to_its_response_webhook(account, receivers):
    receiver, headers = receivers.receiver(), custom("X-Key")
    webhook = account.inbound(responseWebhook={"url": receiver.url, "headers": headers})
    request = sample_sent(account, webhook, receiver)
    assert (request.method, request.body) == ("POST", written(SAMPLE))
    assert carries(request, headers)
    Verifier(webhook.signing_secret).verify(request.body, request.headers)


def test_an_inbound_webhook_without_a_response_webhook_has_nothing_to_test(account):
    webhook = account.inbound()
    assert_refused(account.post(f"{webhook.path}/test", {}), 409, "no_response_webhook")


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_a_saved_webhooks_test_is_signed_like_a_delivery(account, receivers, method):
    receiver, headers = receivers.receiver(), custom("X-Key", "Authorization")
    webhook = account.outbound(receiver.url, method=method, headers=headers)
    request = sample_sent(account, webhook, receiver)
    signed = request.query if method == "GET" else request.body
    Verifier(webhook.signing_secret).verify(signed, request.headers, json_parse=False)
    assert request.headers["webhook-id"].startswith("msg_")
    assert carries(request, headers)


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unsaved_endpoint_gets_the_sample_with_its_headers_and_no_signature(account, receivers, method):
    receiver, headers = receivers.receiver(), custom("X-Key", "Authorization")
    result = press_unsaved(account, receiver.url, method=method, headers=headers)
    assert (result["success"], result["statusCode"]) == (True, 200)
    (request,) = receiver.requests
    assert request.method == method
    if method == "POST":
        assert request.body == written(SAMPLE)
    else:
        assert parsed_query(request.query) == query_pairs(SAMPLE)
    assert carries(request, headers)
    assert "webhook-signature" not in request.headers


def test_an_unsaved_endpoint_is_a_post_unless_it_says_get(account, receivers):
    receiver = receivers.receiver()
    press_unsaved(account, receiver.url)
    assert receiver.requests[0].method == "POST"


def test_a_test_needs_no_body(account, receivers):
    receiver = receivers.receiver()
    answer = account.post(f"{account.outbound(receiver.url).path}/test", None)
    assert (answer.status, len(receiver.requests)) == (200, 1)


def test_every_test_has_a_connection_of_its_own(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    for _ in range(3):
        press_test(account, webhook)
        press_unsaved(account, receiver.url)
    assert len({request.connection for request in receiver.requests}) == 6


def test_a_disabled_webhook_can_be_tested_and_stays_disabled(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    account.edit(webhook.path, status="disabled")
    sample_sent(account, webhook, receiver)
    assert account.read(webhook.path)["status"] == "disabled"


# what is answered


@pytest.mark.parametrize("status", [200, 201, 204, 301, 307, 400, 401, 404, 410, 429, 500, 503])
def test_the_result_tells_what_the_endpoint_answered(account, receivers, status):
    headers = (("location", "http://127.0.0.1:1/"), ("retry-after", "60"))
    answer = Bytes(b"HTTP/1.1 204 No Content\r\n\r\n") if status == 204 else Http(status, headers, b"as you say")
    receiver = receivers.receiver(answer)
    for result in (
        press_unsaved(account, receiver.url),
        press_test(account, account.outbound(receiver.url)),
    ):
        assert set(result) == RESULT_KEYS
        assert (result["success"], result["statusCode"], result["error"]) == (status < 300, status, None)
        assert result["responseBody"] == ("" if status == 204 else "as you say")
        assert isinstance(result["durationMs"], int) and 0 <= result["durationMs"] < 10_500
    assert len(receiver.requests) == 2


def test_a_long_answer_is_truncated(account, receivers):
    result = press_unsaved(account, receivers.receiver(Http(500, body="é".encode() * 5_000)).url)
    kept = result["responseBody"].removesuffix("…")
    assert set(kept) == {"é"} and 1_000 < len(result["responseBody"].encode()) <= 2_048


def test_header_values_that_the_endpoint_repeats_are_masked(account, receivers):
    # alice:pa55wd
    values = {"X-Key": "a-key-of-ours-0123", "Authorization": "Basic YWxpY2U6cGE1NXdk", "X-Short": "short"}
    headers = [{"name": name, "value": value} for name, value in values.items()]
    echo = receivers.receiver(Echo())
    webhook = account.outbound(echo.url.rpartition("/")[0] + "/not-the-echo", headers=headers)
    account.edit(webhook.path, url=echo.url)
    for result in (press_test(account, webhook), press_unsaved(account, echo.url, headers=headers)):
        body = result["responseBody"]
        assert carries(echo.requests[-1], headers) and "user-agent: webhooks/1" in body, "it was sent, and repeated"
        for secret in ("a-key-of-ours-0123", "YWxpY2U6cGE1NXdk", "alice", "pa55wd"):
            assert secret not in body
        assert "x-key: ***\n" in body and "x-short: short\n" in body
        assert "decoded: ***" in body
    (row,) = account.attempts_of(webhook)
    assert "a-key-of-ours-0123" not in row["responseBody"] and "x-key: ***\n" in row["responseBody"]


@pytest.mark.parametrize("name", REPEATED)
def test_a_value_is_masked_in_whatever_way_it_is_repeated(account, receivers, name):
    value, answer, kept = REPEATED[name]
    receiver, headers = receivers.receiver(Http(body=answer.encode())), [{"name": "X-Key", "value": value}]
    webhook = account.outbound(receiver.url, headers=headers)
    for shown in (
        press_test(account, webhook),
        press_unsaved(account, receiver.url, headers=headers),
        account.attempts_of(webhook)[0],
    ):
        assert shown["responseBody"] == kept


# the log


@pytest.mark.parametrize(
    ("answer", "outcome", "status", "code"),
    [(OK, "succeeded", 200, None), (Http(503), "failed", 503, None), (Bytes(b""), "errored", None, "protocol")],
)
def test_a_saved_webhooks_test_is_logged_as_a_test_and_never_repeated(
    account, receivers, answer, outcome, status, code
):
    receiver = receivers.receiver(answer)
    webhook = account.outbound(receiver.url)
    result = press_test(account, webhook)
    (row,) = account.attempts_of(webhook)
    (request,) = receiver.requests
    assert row["test"] is True and row["callId"] is None
    assert (row["outcome"], row["statusCode"], row["attempt"], row["nextAttemptAt"]) == (outcome, status, 1, None)
    assert (row["error"] or {}).get("code") == code
    assert [row[key] for key in ("statusCode", "error", "responseBody", "note", "durationMs")] == [
        result[key] for key in ("statusCode", "error", "responseBody", "note", "durationMs")
    ]
    assert row["deliveryId"] == request.headers["webhook-id"]
    assert RFC3339.fullmatch(row["timestamp"])


def test_a_test_costs_nothing_and_is_no_call(account, receivers):
    webhook = account.bound_webhook(responseWebhook={"url": receivers.receiver().url})
    press_test(account, webhook)
    campaign = account.read(webhook.path)["campaignId"]
    assert account.credits() == 100
    assert account.calls_of({"id": campaign}) == []
    assert account.read(f"{webhook.path}/requests")["items"] == []
