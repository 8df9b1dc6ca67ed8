"""Attempts and what becomes of them: outcomes, the log, retries, endpoints that are gone."""

import gzip
import json
import re
import ssl
from datetime import datetime, timedelta

import pytest

import completions
from accounts import Account, eventually
from completions import RESULTS
from endpoint_answers import ANSWERS, REPEATED, Endpoints, self_signed, self_signed_server, unreachable_urls
from receiver import OK, Echo, Http, ReceiverServer
from tables import move_endpoint, seal_headers

UNREACHABLE = unreachable_urls()
GZIP = (("content-encoding", "gzip"),)
ATTEMPT_KEYS = {
    "id",
    "deliveryId",
    "event",
    "callId",
    "attempt",
    "timestamp",
    "outcome",
    "statusCode",
    "error",
    "responseBody",
    "note",
    "durationMs",
    "nextAttemptAt",
    "test",
    "hurried",
}
BLOCKED = [
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://192.168.1.1/",
    "https://172.16.0.1/",
    "https://0.0.0.0/",
    "https://100.64.0.1/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://2852039166/",
    "https://93.184.216.34:22/",
    "https://93.184.216.34:80/",
    "http://93.184.216.34/",
]


@pytest.fixture(scope="module")
def endpoints(api, receivers, dialer, tmp_path_factory):
    account = Account.open(api)
    endpoints = Endpoints(account, receivers)
    for name, (answer, _, _, code) in ANSWERS.items():
        # A kept connection that ends without an answer may have been dead: the same attempt asks once more on a
        # fresh one.
        asked_twice = [answer] * (2 if code == "protocol" else 1)
        endpoints.answering(name, *asked_twice, OK)
    for name, (url, _) in UNREACHABLE.items():
        endpoints.at(name, url)
    tls = self_signed_server(tmp_path_factory.mktemp("tls"))
    endpoints.receivers["tls"] = tls.receiver()
    endpoints.at("tls", endpoints.receivers["tls"].url)
    endpoints.answering("recovers", Http(500, body=b"try again"), OK)
    endpoints.answering("fails_twice", Http(500), Http(502), OK)
    endpoints.answering("asks_for_a_minute", Http(503, (("retry-after", "60"),)), OK)
    endpoints.answering("asks_for_patience_when_busy", Http(429, (("retry-after", "120"),)), OK)
    endpoints.answering("talks_a_lot", Http(500, body="é".encode() * 5_000), OK)
    endpoints.answering("answers_in_bytes", Http(500, body=b"\xff\xfe\x00binary"), OK)
    endpoints.answering("answers_compressed", Http(500, GZIP, gzip.compress(b"once more " * 50)), OK)
    endpoints.answering("answers_a_megabyte", Http(200, body=b"a" * 1_000_000))
    endpoints.answering("gone", Http(410, body=b"moved out"))
    endpoints.completion = completions.of_elsewhere(account, **RESULTS)
    dialer.send(endpoints.completion)
    yield endpoints
    tls.close()


def moment(text: str) -> datetime:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", text), text
    return datetime.fromisoformat(text)


def wait_before_next(row: dict) -> timedelta:
    """From the end of the attempt, as near as the log tells it, to the next one."""
    return moment(row["nextAttemptAt"]) - moment(row["timestamp"])


def assert_in(wait: timedelta, nominal: float, row: dict) -> None:
    """±10 % around the schedule's wait, which counts from the attempt's start or from its end."""
    low, high = nominal * 0.9 - 1.0, nominal * 1.1 + row["durationMs"] / 1000 + 1.5
    assert low <= wait.total_seconds() <= high, wait


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_endpoint_answers_decides_the_outcome(endpoints, name):
    _, outcome, status_code, error_code = ANSWERS[name]
    row = endpoints.attempt(name)
    assert (row["outcome"], row["statusCode"]) == (outcome, status_code)
    assert (row["error"] or {}).get("code") == error_code
    assert (row["nextAttemptAt"] is None) == (outcome == "succeeded")


@pytest.mark.parametrize("name", UNREACHABLE)
def test_an_endpoint_that_cannot_be_reached_is_errored_with_a_typed_code(endpoints, name):
    row = endpoints.attempt(name)
    assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, UNREACHABLE[name][1])
    assert row["error"]["message"]
    assert row["nextAttemptAt"] is not None


def test_a_receiver_that_shares_no_cipher_suite_is_told_so(account, dialer, tmp_path):
    pem, context = self_signed()
    (tmp_path / "receiver.pem").write_bytes(pem)
    context.load_cert_chain(tmp_path / "receiver.pem")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384")
    server = ReceiverServer(tls=context)
    try:
        webhook = account.outbound(server.receiver().url)
        dialer.send(completions.of_elsewhere(account))
        row = account.attempts_of(webhook)[0]
    finally:
        server.close()
    assert (row["outcome"], row["error"]["code"]) == ("errored", "tls")
    assert "shares no cipher suite" in row["error"]["message"]


def test_a_certificate_that_nobody_vouches_for_is_errored_tls_and_gets_nothing(endpoints):
    row = endpoints.attempt("tls")
    assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, "tls")
    assert endpoints.receivers["tls"].requests == []


@pytest.mark.parametrize("url", BLOCKED)
def test_a_url_with_an_address_that_is_not_globally_reachable_is_refused(shared_account, url):
    answer = shared_account.post("/webhooks", {"direction": "outbound", "name": "Inward", "url": url})
    assert (answer.status, answer.error["field"]) == (400, "url"), answer


def test_an_address_that_is_not_globally_reachable_is_judged_again_at_every_attempt(account, stack, dialer):
    webhooks = {url: account.outbound("https://example.com/") for url in BLOCKED}
    for url, webhook in webhooks.items():
        move_endpoint(stack, account.id, webhook.id, url)
    dialer.send(completions.of_elsewhere(account))
    for url, webhook in webhooks.items():
        row = account.attempts_of(webhook)[0]
        assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, "blocked_address"), url


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_inside_the_trusted_networks_any_port_is_called_by_http_and_https(account, dialer, receivers, tmp_path, host):
    plain, tls = receivers.receiver(), self_signed_server(tmp_path)
    try:
        webhooks = [account.outbound(endpoint.url.replace("127.0.0.1", host)) for endpoint in (plain, tls.receiver())]
        dialer.send(completions.of_elsewhere(account))
        by_http, by_https = [account.attempts_of(webhook)[-1] for webhook in webhooks]
    finally:
        tls.close()
    assert (by_http["outcome"], len(plain.requests)) == ("succeeded", 1)
    # It was asked for its certificate.
    assert by_https["error"]["code"] == "tls"


def test_a_header_that_was_saved_before_its_name_was_reserved_is_left_out(account, dialer, receivers, stack):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, headers=[{"name": "X-Key", "value": "k"}])
    seal_headers(stack, account.id, webhook.id, "X-Key:k\nExpect:100-continue\nWebhook_Id:1\n")
    dialer.send(completions.of_elsewhere(account))
    headers = receiver.await_request().headers
    assert headers["x-key"] == "k" and not {"expect", "webhook_id"} & set(headers)
    assert account.attempts_of(webhook)[0]["outcome"] == "succeeded"


def test_a_redirect_is_not_followed(receivers, dialer, account, all_delivered):
    target = receivers.receiver()
    moved = receivers.receiver(Http(302, (("location", target.url),)))
    webhook = account.outbound(moved.url)
    dialer.send(completions.of_elsewhere(account))
    assert account.attempts_of(webhook)[0]["statusCode"] == 302
    all_delivered()
    assert target.requests == []


def test_an_attempt_is_given_up_after_ten_seconds(endpoints):
    assert 9_000 <= endpoints.attempt("no_answer_at_all")["durationMs"] <= 10_500


@pytest.mark.parametrize("name", ["an_answer_that_never_ends", "a_body_that_dribbles"])
def test_the_body_of_an_answer_has_two_seconds(endpoints, name):
    assert 1_900 <= endpoints.attempt(name)["durationMs"] <= 3_500


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("an_answer_that_never_ends", "did not end within 2 s"),
        ("a_body_that_dribbles", "did not end within 2 s"),
        ("less_than_it_announced", "the connection ended before the answer's body did"),
        ("a_failure_that_is_cut", "the connection ended before the answer's body did"),
        ("a_chunk_without_a_size", "the answer's body is not what its headers say"),
        ("102_headers", "the answer has 102 headers"),
        ("302", "redirects are not followed"),
        ("302", "save its new URL: http://127.0.0.1:1/"),
    ],
)
def test_the_log_says_what_was_odd_about_an_answer_or_what_to_do(endpoints, name, words):
    assert words in endpoints.attempt(name)["note"]


@pytest.mark.parametrize("name", ["200", "204", "500", "after_two_seconds", "nothing_and_hangs_up", "no_answer_at_all"])
def test_of_what_is_in_order_and_of_errors_the_log_has_no_note(endpoints, name):
    assert endpoints.attempt(name)["note"] is None


# the log


def test_a_row_of_the_log_tells_the_attempt(endpoints):
    row = endpoints.attempt("recovers")
    assert set(row) == ATTEMPT_KEYS
    assert row["callId"] == endpoints.completion["callId"]
    assert row["deliveryId"].startswith("msg_")
    assert (row["attempt"], row["statusCode"], row["responseBody"], row["test"]) == (1, 500, "try again", False)
    assert row["durationMs"] >= 0 and isinstance(row["durationMs"], int)
    assert abs(moment(row["timestamp"]).timestamp() - endpoints.receivers["recovers"].requests[0].at) < 2


def test_every_attempt_has_one_row(endpoints):
    endpoints.attempt("recovers", 2)
    rows = endpoints.account.attempts_of(endpoints.webhooks["recovers"], 2)
    assert [(row["attempt"], row["outcome"]) for row in rows] == [(2, "succeeded"), (1, "failed")]
    assert len({row["deliveryId"] for row in rows}) == 1
    assert len({row["id"] for row in rows}) == 2


def test_at_most_2_kib_of_an_answer_are_kept_and_no_character_is_cut(endpoints):
    kept = endpoints.attempt("talks_a_lot")["responseBody"]
    assert set(kept.removesuffix("…")) == {"é"}
    assert 2_048 - 4 <= len(kept.encode()) <= 2_048


def test_a_compressed_answer_is_not_expanded(endpoints):
    row = endpoints.attempt("answers_compressed")
    assert row["statusCode"] == 500
    assert "once more once more" not in (row["responseBody"] or "")


def test_a_large_answer_counts_by_its_status_and_is_cut(endpoints):
    row = endpoints.attempt("answers_a_megabyte")
    assert (row["outcome"], row["statusCode"]) == ("succeeded", 200)
    assert set(row["responseBody"].removesuffix("…")) == {"a"}
    assert len(row["responseBody"].encode()) <= 2_048


def test_an_answer_that_is_not_text_is_kept_as_far_as_it_is(endpoints):
    row = endpoints.attempt("answers_in_bytes")
    assert row["statusCode"] == 500
    assert "binary" in row["responseBody"]


def test_header_values_that_an_endpoint_repeats_are_masked_in_the_log(receivers, dialer, account):
    webhooks = {}
    for name, (value, answer, _) in REPEATED.items():
        headers = [{"name": "X-Key", "value": value}]
        webhooks[name] = account.outbound(receivers.receiver(Http(body=answer.encode())).url, headers=headers)
    dialer.send(completions.of_elsewhere(account))
    kept = {name: account.attempts_of(webhook)[-1]["responseBody"] for name, webhook in webhooks.items()}
    assert kept == {name: kept for name, (_, _, kept) in REPEATED.items()}


def test_a_header_value_that_is_part_of_a_redirect_is_masked_in_the_log(receivers, dialer, account):
    moved = receivers.receiver(Http(302, (("location", "https://example.com/?key=a-key-of-ours-0123"),)))
    webhook = account.outbound(moved.url, headers=[{"name": "X-Key", "value": "a-key-of-ours-0123"}])
    dialer.send(completions.of_elsewhere(account))
    assert account.attempts_of(webhook)[-1]["note"].endswith("save its new URL: https://example.com/?key=***")


def test_a_signature_that_an_endpoint_repeats_is_masked_in_the_log(receivers, dialer, account):
    webhook = account.outbound(receivers.receiver(Echo()).url)
    dialer.send(completions.of_elsewhere(account))
    assert "webhook-signature: ***\n" in account.attempts_of(webhook)[-1]["responseBody"]


@pytest.mark.parametrize("outcome", ["succeeded", "failed", "errored"])
def test_the_log_can_be_filtered_by_outcome(endpoints, outcome):
    endpoints.attempt("recovers", 2)
    name = {"succeeded": "recovers", "failed": "recovers", "errored": "tls"}[outcome]
    rows = endpoints.account.read(f"/webhooks/{endpoints.webhooks[name].id}/deliveries", outcome=outcome)["items"]
    assert rows and {row["outcome"] for row in rows} == {outcome}


# retries


def test_a_failed_attempt_is_repeated_after_about_five_seconds_with_the_same_id_and_the_same_bytes(endpoints):
    first, second = endpoints.receivers["recovers"].await_requests(2)
    assert 4.0 <= second.at - first.at <= 10.0
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.body == first.body
    assert int(second.headers["webhook-timestamp"]) > int(first.headers["webhook-timestamp"])
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]
    assert_in(wait_before_next(endpoints.attempt("recovers")), 5, endpoints.attempt("recovers"))


def test_a_delivery_that_succeeded_at_last_is_not_repeated(endpoints):
    row = endpoints.attempt("recovers", 2)
    assert (row["outcome"], row["nextAttemptAt"]) == ("succeeded", None)


def test_the_third_attempt_comes_five_minutes_after_the_second(endpoints):
    row = endpoints.attempt("fails_twice", 2)
    assert (row["outcome"], row["statusCode"]) == ("failed", 502)
    assert_in(wait_before_next(row), 300, row)


@pytest.mark.parametrize(("name", "seconds"), [("asks_for_a_minute", 60), ("asks_for_patience_when_busy", 120)])
def test_retry_after_moves_the_next_attempt_later(endpoints, name, seconds):
    wait = wait_before_next(endpoints.attempt(name))
    assert seconds - 1 <= wait.total_seconds() <= seconds * 1.1 + 3


# endpoints that are gone


def test_410_disables_the_webhook_at_once_and_says_why(endpoints):
    row = endpoints.attempt("gone")
    assert (row["outcome"], row["statusCode"], row["nextAttemptAt"]) == ("failed", 410, None)
    webhook_id = endpoints.webhooks["gone"].id
    webhook = eventually(
        lambda: (read := endpoints.account.read(f"/webhooks/{webhook_id}"))["status"] == "disabled" and read,
        "it is disabled",
    )
    assert "410" in webhook["disabledReason"] or "gone" in webhook["disabledReason"].lower()
    moment(webhook["disabledAt"])


def test_a_disabled_webhook_gets_nothing_more(account, dialer, receivers, all_delivered):
    gone, healthy = receivers.receiver(Http(410)), receivers.receiver()
    webhook = account.outbound(gone.url)
    account.outbound(healthy.url)
    dialer.send(completions.of_elsewhere(account))
    eventually(lambda: account.read(f"/webhooks/{webhook.id}")["status"] == "disabled", "it is disabled")

    dialer.send(completions.of_elsewhere(account))

    healthy.await_requests(2)
    all_delivered()
    assert len(gone.requests) == 1


def test_a_410_of_the_response_webhook_does_not_stop_the_crms_calls(account, jobs, dialer, receivers):
    gone = receivers.receiver(Http(410))
    webhook = account.bound_webhook(responseWebhook={"url": gone.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    account.attempts_of(webhook)
    json.loads(gone.await_request().body)

    account.trigger(webhook)

    assert len(jobs.of(webhook, 2)) == 2
