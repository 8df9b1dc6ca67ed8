"""Payloads of their owners' own design, from the API to the endpoint."""

import json
from urllib.parse import parse_qsl

import pytest
from standardwebhooks import Webhook as Verifier

import completions
from accounts import eventually
from completions import RECIPIENT, RESULTS
from edits import press_test
from log_lines import having, lines_of
from receiver import OK, Http
from tables import failing_since, spoil_payload

# What HubSpot's API takes for a call that was made elsewhere.
HUBSPOT = {
    "json": {
        "properties": {
            "hs_timestamp": "{{ call.finishedAt }}",
            "hs_call_title": "Call with {{ call.recipient.name | default('a contact') }}",
            "hs_call_body": "{{ call.summary }}\n\n{{ call.transcriptText }}",
            "hs_call_duration": "{{ call.durationMs }}",
            "hs_call_status": "{{ 'COMPLETED' if call.status == 'finished' else 'NO_ANSWER' }}",
            "hs_call_to_number": "{{ call.recipient.phoneNumber }}",
        },
        "associations": [{"to": {"id": "{{ call.metadata.contactId }}"}, "types": []}],
    }
}
FORM = {
    "form": {"phone": "{{ call.recipient.phoneNumber }}", "note": "{{ call.summary }} & {{ call.actionItemsText }}"}
}
TEXT = {"text": "{{ call.recipient.name }} is {{ call.analysis.lead_warmth }}"}
TRANSCRIPT_TEXT = "\n".join(f"{turn['who']}: {turn['what']}" for turn in RESULTS["transcript"])

# It has a body for each sample, and none where a CRM's amount is a word.
FRAGILE = {"json": {"amount": "{{ call.metadata.amount | default(0) | round(2) }}"}}


def finished(account, **more) -> dict:
    return completions.of_elsewhere(account, recipient=RECIPIENT, **{**RESULTS, **more})


def verified(webhook, request) -> bytes:
    Verifier(webhook.signing_secret).verify(request.body, request.headers, json_parse=False)
    return request.body


def hubspot_body(completion: dict, contact: int) -> dict:
    return {
        "properties": {
            "hs_timestamp": completion["finishedAt"],
            "hs_call_title": "Call with Jannetje van Quillhaven",
            "hs_call_body": f"{RESULTS['summary']}\n\n{TRANSCRIPT_TEXT}",
            "hs_call_duration": 142_000,
            "hs_call_status": "COMPLETED",
            "hs_call_to_number": RECIPIENT["phoneNumber"],
        },
        "associations": [{"to": {"id": contact}, "types": []}],
    }


def test_a_document_of_hubspots_shape_arrives_as_json_and_signed(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=HUBSPOT)
    completion = finished(account, metadata={"contactId": 9007199254740993})
    dialer.send(completion)
    request = receiver.await_request()
    assert request.headers["content-type"] == "application/json"
    assert json.loads(verified(webhook, request)) == hubspot_body(completion, 9007199254740993)
    assert list(json.loads(request.body)["properties"]) == list(HUBSPOT["json"]["properties"])


def test_a_form_arrives_as_a_form(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=FORM)
    dialer.send(finished(account))
    request = receiver.await_request()
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    note = f"{RESULTS['summary']} & {chr(10).join(RESULTS['actionItems'])}"
    assert parse_qsl(verified(webhook, request).decode()) == [("phone", RECIPIENT["phoneNumber"]), ("note", note)]


def test_a_text_arrives_as_a_text(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=TEXT)
    dialer.send(finished(account))
    request = receiver.await_request()
    assert request.headers["content-type"] == "text/plain; charset=utf-8"
    assert verified(webhook, request) == b"Jannetje van Quillhaven is hot"


def test_a_text_of_nothing_is_a_body_of_no_length(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload={"text": "{{ call.metadata.nothing }}"})
    dialer.send(finished(account))
    request = receiver.await_request()
    assert (verified(webhook, request), request.headers["content-length"]) == (b"", "0")
    (row,) = account.attempts_of(webhook)
    assert account.read(f"{webhook.path}/deliveries/{row['deliveryId']}")["request"]["body"] == ""


def test_a_response_webhook_has_a_payload_of_its_own(account, jobs, dialer, receivers):
    receiver, told = receivers.receiver(), receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url, "payload": HUBSPOT})
    account.outbound(told.url)
    data = {"phoneNumber": RECIPIENT["phoneNumber"], "firstName": "Jannetje", "lastName": "van Quillhaven"}
    account.trigger(webhook, {**data, "metadata": {"contactId": 7}})
    completion = completions.of_job(jobs.of(webhook)[0], **RESULTS)
    dialer.send(completion)
    request = receiver.await_request()
    assert json.loads(verified(webhook, request)) == hubspot_body(completion, 7)
    assert json.loads(told.await_request().body)["type"] == "call.finished"


def test_a_retry_has_the_same_bytes_and_a_change_holds_from_the_next_attempt_on(account, dialer, receivers):
    receiver = receivers.receiver(Http(503, (("retry-after", "1"),)), OK)
    webhook = account.outbound(receiver.url, payload=HUBSPOT)
    dialer.send(finished(account))
    first, second = receiver.await_requests(2)
    assert first.body == second.body and first.headers["webhook-id"] == second.headers["webhook-id"]
    (last, _) = account.attempts_of(webhook, 2)

    account.edit(webhook.path, payload=TEXT)
    assert account.post(f"{webhook.path}/deliveries/{last['deliveryId']}/resend", {}).status == 202
    changed = receiver.await_requests(3)[2]
    assert verified(webhook, changed) == b"Jannetje van Quillhaven is hot"

    account.attempts_of(webhook, 3)
    account.edit(webhook.path, payload=None)
    assert account.post(f"{webhook.path}/deliveries/{last['deliveryId']}/resend", {}).status == 202
    documented = receiver.await_requests(4)[3]
    assert json.loads(verified(webhook, documented))["type"] == "call.finished"


def test_the_test_button_sends_it_too(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=TEXT)
    assert press_test(account, webhook)["success"]
    assert verified(webhook, receiver.await_request()) == b"Jessica Smith is hot"

    answer = account.post("/webhooks/test", {"url": receiver.url, "payload": FORM})
    assert answer.status == 200 and answer.json()["success"]
    sent = receiver.await_requests(2)[1]
    assert sent.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(sent.body.decode())[0] == ("phone", "+15555551234")


@pytest.fixture
def ended(account, dialer, receivers):
    """A webhook whose payload has no body for a call, its receiver, and the row that says so."""
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=FRAGILE)
    dialer.send(finished(account, metadata={"amount": "a lot"}))
    (row,) = account.attempts_of(webhook)
    return webhook, receiver, row


def counted(account, webhook) -> dict | None:
    """The hour in which attempts were counted."""
    hours = account.read(f"{webhook.path}/stats", hours=2)["hours"]
    return next((hour for hour in hours if hour["succeeded"]), None)


def test_one_that_has_no_body_for_a_call_ends_that_delivery_and_no_other(account, dialer, stack, ended):
    webhook, receiver, row = ended
    assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, "payload")
    assert "json.amount" in row["error"]["message"] and "`round` wants a number" in row["error"]["message"]
    assert "a lot" not in row["error"]["message"]
    assert (row["attempt"], row["nextAttemptAt"]) == (1, None)
    # It says nothing of the endpoint.
    assert failing_since(stack, account.id, webhook.id) is None
    assert account.read(webhook.path)["status"] == "enabled"

    dialer.send(finished(account, metadata={"amount": 12.345}))
    assert json.loads(verified(webhook, receiver.await_request())) == {"amount": 12.35}
    assert len(receiver.requests) == 1
    account.attempts_of(webhook, 2)
    hour = eventually(lambda: counted(account, webhook), "the attempt is counted")
    assert (hour["succeeded"], hour["failed"], hour["errored"]) == (1, 0, 0)


def test_it_is_sent_again_once_it_is_mended(account, ended):
    webhook, receiver, row = ended
    shown = account.read(f"{webhook.path}/deliveries/{row['deliveryId']}")
    assert (shown["request"], shown["noRequestReason"]) == (None, "payload")
    account.edit(webhook.path, payload={"json": {"amount": "{{ call.metadata.amount }}"}})
    shown = account.read(f"{webhook.path}/deliveries/{row['deliveryId']}")
    assert shown["request"]["body"] == '{"amount":"a lot"}'
    assert shown["request"]["headers"]["content-type"] == "application/json"

    assert account.post(f"{webhook.path}/deliveries/{row['deliveryId']}/resend", {}).status == 202
    request = receiver.await_request()
    assert (verified(webhook, request), request.headers["webhook-id"]) == (b'{"amount":"a lot"}', row["deliveryId"])


def test_recover_takes_it_up(account, ended):
    webhook, receiver, row = ended
    account.edit(webhook.path, payload=None)
    recovered = account.post(f"{webhook.path}/recover", {"since": row["timestamp"]})
    assert (recovered.status, recovered.json()["count"]) == (202, 1)
    assert receiver.await_request().headers["webhook-id"] == row["deliveryId"]


def test_recover_sends_one_that_its_endpoint_refused_with_the_same_bytes(account, dialer, receivers):
    receiver = receivers.receiver(Http(410), OK)
    webhook = account.outbound(receiver.url, payload=TEXT)
    dialer.send(finished(account))
    (row,) = account.attempts_of(webhook)
    account.edit(webhook.path, status="enabled")
    recovered = account.post(f"{webhook.path}/recover", {"since": row["timestamp"]})
    assert (recovered.status, recovered.json()["count"]) == (202, 1)
    refused, taken = receiver.await_requests(2)
    assert verified(webhook, taken) == refused.body == b"Jannetje van Quillhaven is hot"
    assert taken.headers["webhook-id"] == refused.headers["webhook-id"] == row["deliveryId"]


def test_one_that_cannot_be_read_any_more_ends_its_deliveries_and_is_an_error_for_the_operator(
    account, dialer, receivers, stack
):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, payload=TEXT)
    spoil_payload(stack, account.id, webhook.id)
    assert press_test(account, webhook)["error"]["code"] == "payload"
    dialer.send(finished(account))
    (row, test) = account.attempts_of(webhook, 2)
    for each in (row, test):
        assert (each["outcome"], each["error"]["code"], each["nextAttemptAt"]) == ("errored", "payload", None)
        assert "call.no_more" in each["error"]["message"]
    shown = account.read(f"{webhook.path}/deliveries/{row['deliveryId']}")
    assert (shown["request"], shown["noRequestReason"]) == (None, "payload")

    def told():
        return [
            line for line in having(lines_of(stack, "Deliver"), "webhook.id", webhook.id) if line["level"] == "ERROR"
        ]

    (line,) = eventually(told, "the operator is told")
    assert "cannot be read any more" in line["message"] and "no_more" not in str(line)
    # Saving it again mends it.
    account.edit(webhook.path, payload=TEXT)
    assert press_test(account, webhook)["success"]
