"""A webhook of method GET: no body, the payload's scalars as query parameters with dotted names."""

import json

import pytest
from standardwebhooks import Webhook as Verifier

import completions
import payloads
from completions import RECIPIENT, RESULTS

LONGEST_URL = 8_000


@pytest.fixture
def got(account, dialer, receivers):
    """Delivers a completion to a GET webhook and gives the webhook, its URL, the request and the payload as JSON."""

    def got(query: str = "", recipient: dict = RECIPIENT, **results):
        receiver = receivers.receiver(query=query)
        webhook = account.outbound(receiver.url, method="GET")
        completion = completions.of_elsewhere(account, recipient=recipient, **results)
        dialer.send(completion)
        body = payloads.finished(webhook.id, completion, recipient, completion["campaign"])
        return receiver.url, receiver.await_request(), json.loads(body)

    return got


def length_on_the_wire(url: str, request) -> int:
    """The URL's length: its scheme and authority as configured, its path and query as requested."""
    authority = "/".join(url.split("/")[:3])
    return len(authority) + len(request.target)


def test_a_get_delivery_has_no_body(got):
    _, request, _ = got(**RESULTS)
    assert request.method == "GET"
    assert request.body == b""
    assert request.headers.get("content-length", "0") == "0"
    assert "content-type" not in request.headers


def test_the_payloads_scalars_become_query_parameters_with_dotted_names(got):
    _, request, payload = got(**RESULTS)
    assert payloads.parsed_query(request.query) == payloads.query_pairs(payload)


def test_what_the_call_lacks_has_its_default_in_the_query_too(got):
    _, request, payload = got()
    assert payloads.parsed_query(request.query) == payloads.query_pairs(payload)


@pytest.mark.parametrize(
    ("summary", "note", "truncated"),
    [
        ("ж" * 4_500, "", ["call.summary"]),
        ("short", "話" * 4_096, ["call.recipient.note"]),
        ("much was said " * 5_000, "", ["call.summary"]),
        ("much was said " * 5_000, "🙂" * 4_096, ["call.recipient.note", "call.summary"]),
    ],
)
def test_texts_that_would_make_the_url_too_long_are_cut_at_a_character_and_named(got, summary, note, truncated):
    recipient = {"phoneNumber": "+15550107007", "firstName": "Zoë", **({"note": note} if note else {})}
    url, request, payload = got(query="?token=1", recipient=recipient, **{**RESULTS, "summary": summary})
    assert LONGEST_URL - 100 <= length_on_the_wire(url, request) <= LONGEST_URL
    sent = dict(payloads.parsed_query(request.query))
    assert sent.pop("call.transcriptOmitted") == "true"
    assert sent.pop("call.truncated").split(",") == truncated
    del payload["call"]["transcript"]
    for name, whole in payloads.query_pairs(payload):
        cut = name in truncated
        assert (whole.startswith(sent[name]) and 100 < len(sent[name]) < len(whole)) if cut else sent[name] == whole


def test_the_longest_url_that_an_endpoint_can_have_leaves_room_for_every_payload(account, dialer, receivers):
    # 2,048 bytes as they are written, and three times as many as they are requested.
    receiver = receivers.receiver()
    url = f"{receiver.url}?"
    url += "é" * ((2_048 - len(url)) // 2)
    assert account.post("/webhooks", {"direction": "outbound", "name": "x", "url": f"{url}éé"}).status == 400
    webhook = account.outbound(url, method="GET")
    long = dict.fromkeys(RECIPIENT, "話" * 4_096)
    long_id = "i" * 100
    completion = completions.of_elsewhere(
        account,
        recipient={**long, "phoneNumber": "+155501070070000"},
        summary="ж" * 4_500,
        recording="r" * 4_000,
        transcript=completions.spoken(9_000),
        duration=10**15,
        tokensConsumed=10**9,
        analysis={**RESULTS["analysis"], "justification": "j" * 4_000},
        campaign={"id": long_id, "name": "n" * 4_000},
    )
    completion["callId"] = completion["callId"] + "i" * (100 - len(completion["callId"]))
    dialer.send(completion)
    request = receiver.await_request()
    assert request.query.startswith("%C3%A9" * 900)
    assert LONGEST_URL - 100 <= length_on_the_wire(url, request) <= LONGEST_URL
    assert account.attempts_of(webhook)[0]["outcome"] == "succeeded"


def test_the_url_of_a_call_without_a_transcript_does_not_say_that_it_is_omitted(got):
    _, request, _ = got(summary="ж" * 4_500)
    sent = dict(payloads.parsed_query(request.query))
    assert (sent["call.transcript"], sent["call.truncated"]) == ("[]", "call.summary")


def test_a_cut_delivery_is_signed_as_it_is_sent(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, method="GET")
    dialer.send(completions.of_elsewhere(account, summary="ж" * 4_500))
    request = receiver.await_request()
    Verifier(webhook.signing_secret).verify(request.query, request.headers, json_parse=False)
    assert account.attempts_of(webhook)[0]["outcome"] == "succeeded"


def test_the_urls_own_query_stays_in_front(got):
    _, request, payload = got(query="?token=a%20b&x=1", **RESULTS)
    assert request.query.startswith("token=a%20b&x=1&type=call.finished&")
    own, added = payloads.parsed_query(request.query)[:2], payloads.parsed_query(request.query)[2:]
    assert own == [("token", "a b"), ("x", "1")]
    assert added == payloads.query_pairs(payload)


def test_the_transcript_is_one_json_value(got):
    _, request, payload = got(**RESULTS)
    query = dict(payloads.parsed_query(request.query))
    assert json.loads(query["call.transcript"]) == payload["call"]["transcript"] == RESULTS["transcript"]


def test_reserved_and_foreign_characters_survive_the_query(got):
    recipient = {"phoneNumber": "+15550107007", "firstName": "Zoë & Söhne = 100%", "note": "a+b c#d?e/f\n張偉 🙂"}
    _, request, _ = got(recipient=recipient, **RESULTS)
    query = dict(payloads.parsed_query(request.query))
    assert {key: query[f"call.recipient.{key}"] for key in recipient} == recipient
    assert request.target.isascii() and " " not in request.target


def test_a_transcript_that_would_make_the_url_too_long_is_dropped_and_said_to_be(got):
    url, request, payload = got(**{**RESULTS, "transcript": completions.spoken(9_000)})
    del payload["call"]["transcript"]
    sent = payloads.parsed_query(request.query)
    assert ("call.transcriptOmitted", "true") in sent
    assert sorted(pair for pair in sent if pair[0] != "call.transcriptOmitted") == sorted(payloads.query_pairs(payload))
    assert length_on_the_wire(url, request) <= LONGEST_URL


def test_a_transcript_that_just_fits_is_sent(got):
    url, request, payload = got(**{**RESULTS, "transcript": completions.spoken(5_000, alphabet="abcdefgh")})
    query = dict(payloads.parsed_query(request.query))
    assert json.loads(query["call.transcript"]) == payload["call"]["transcript"]
    assert "call.transcriptOmitted" not in query
    assert length_on_the_wire(url, request) <= LONGEST_URL


def test_the_response_webhook_is_always_a_post(account, jobs, dialer, receivers):
    outbound, response = receivers.receiver(), receivers.receiver()
    account.outbound(outbound.url, method="GET")
    inbound = account.bound_webhook(responseWebhook={"url": response.url})
    account.trigger(inbound, RECIPIENT)
    dialer.send(completions.of_job(jobs.of(inbound)[0], **RESULTS))
    assert outbound.await_request().method == "GET"
    assert response.await_request().method == "POST"
