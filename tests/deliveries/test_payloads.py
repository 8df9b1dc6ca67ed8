"""What a receiver gets, byte for byte: the seed's payload."""

import json

import pytest

import completions
import payloads
from completions import RECIPIENT, RESULTS

UNICODE = {
    "phoneNumber": "+819012345678",
    "firstName": "張偉 🙂",
    "lastName": 'O\'Brien "Bob" \\ <b>&amp;</b>',
    "note": "line one\nline two\ttabbed\u0001\u007f\u2028 end",
    "city": "Zürich",
}


def delivered(account, dialer, receiver, completion) -> bytes:
    dialer.send(completion)
    request = receiver.await_request()
    assert request.method == "POST"
    assert request.headers["content-type"] == "application/json"
    return request.body


@pytest.fixture
def outbound(account, receivers):
    receiver = receivers.receiver()
    return receiver, account.outbound(receiver.url)


@pytest.fixture
def answered(account, receivers, jobs):
    """A job placed through an inbound webhook that has a response webhook; gives all that its delivery needs."""
    receiver = receivers.receiver()

    def answered(recipient: dict):
        inbound = account.inbound(responseWebhook={"url": receiver.url})
        campaign = account.campaign(inbound, name="Q4 Outreach – Zürich")
        account.trigger(inbound, recipient)
        return receiver, inbound, campaign, jobs.of(inbound)[0]

    return answered


# call.finished


def test_call_finished_is_exactly_the_seeds_payload(account, dialer, outbound):
    receiver, webhook = outbound
    completion = completions.of_elsewhere(account, recipient=RECIPIENT, **RESULTS)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.finished(webhook.id, completion, RECIPIENT, completion["campaign"])


def test_call_finished_of_a_call_from_the_crm_is_exactly_the_seeds_payload(account, dialer, outbound, jobs):
    receiver, webhook = outbound
    inbound = account.inbound()
    campaign = account.campaign(inbound)
    account.trigger(inbound, RECIPIENT)
    completion = completions.of_job(jobs.of(inbound)[0], **RESULTS)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.finished(webhook.id, completion, RECIPIENT, campaign)


@pytest.mark.parametrize("status", ["finished", "missed", "failed"])
def test_call_finished_has_a_default_for_every_field_the_call_lacks(account, dialer, outbound, status):
    receiver, webhook = outbound
    completion = completions.of_elsewhere(account, status=status)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.finished(webhook.id, completion, completion["recipient"], completion["campaign"])
    assert list(json.loads(body)["call"]) == [
        "id",
        "status",
        "recipient",
        "summary",
        "transcript",
        "recording",
        "duration",
        "analysis",
        "tokensConsumed",
    ]


@pytest.mark.parametrize("left_out", ["summary", "transcript", "recording", "duration", "analysis", "tokensConsumed"])
def test_call_finished_has_the_default_of_the_one_field_the_call_lacks(account, dialer, outbound, left_out):
    receiver, webhook = outbound
    results = {key: value for key, value in RESULTS.items() if key != left_out}
    completion = completions.of_elsewhere(account, recipient=RECIPIENT, **results)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.finished(webhook.id, completion, RECIPIENT, completion["campaign"])


@pytest.mark.parametrize("left_out", [key for key in RECIPIENT if key != "phoneNumber"])
def test_an_absent_recipient_field_is_left_out(account, dialer, outbound, left_out):
    receiver, webhook = outbound
    recipient = {key: value for key, value in RECIPIENT.items() if key != left_out}
    completion = completions.of_elsewhere(account, recipient=recipient, **RESULTS)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.finished(webhook.id, completion, recipient, completion["campaign"])


def test_company_name_and_action_items_are_kept_but_never_delivered(account, dialer, outbound, answered):
    receiver, _ = outbound
    responded, _, _, job = answered(RECIPIENT)
    body = delivered(account, dialer, receiver, completions.of_job(job, **RESULTS))
    for text in (body, responded.await_request().body):
        assert b"companyName" not in text and b"actionItems" not in text
        assert RECIPIENT["companyName"].encode() not in text
        assert RESULTS["actionItems"][0].encode() not in text
    call = account.call(job["callId"])
    assert call["recipient"]["companyName"] == RECIPIENT["companyName"]
    assert call["actionItems"] == RESULTS["actionItems"]


def test_every_script_and_control_character_but_nul_arrives_as_it_was(account, dialer, outbound):
    receiver, webhook = outbound
    turn = {"who": "user", "what": "Grüezi — “ja” 🙂 \u0000\u001f\u2029", "when": "2024-04-30T14:00:05.000Z"}
    completion = completions.of_elsewhere(
        account, recipient=UNICODE, **{**RESULTS, "transcript": [turn], "summary": '総括 "ok"'}
    )
    body = delivered(account, dialer, receiver, completion)
    # But for U+0000, which many receivers' databases refuse.
    completion["transcript"] = [{**turn, "what": turn["what"].replace("\u0000", "")}]
    assert body == payloads.finished(webhook.id, completion, UNICODE, completion["campaign"])


def test_an_empty_text_and_an_empty_list_are_not_absent(account, dialer, answered):
    receiver, inbound, campaign, job = answered(RECIPIENT)
    completion = completions.of_job(job, summary="", transcript=[], duration=0, tokensConsumed=0)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.completed(inbound.id, completion, RECIPIENT, campaign)


# call.completed


def test_call_completed_is_exactly_the_seeds_payload(account, dialer, answered):
    receiver, inbound, campaign, job = answered(RECIPIENT)
    completion = completions.of_job(job, **RESULTS)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.completed(inbound.id, completion, RECIPIENT, campaign)


@pytest.mark.parametrize("status", ["finished", "missed", "failed"])
def test_call_completed_leaves_out_every_field_the_call_lacks(account, dialer, answered, status):
    phone = {"phoneNumber": "+15550104242"}
    receiver, inbound, campaign, job = answered(phone)
    completion = completions.of_job(job, status)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.completed(inbound.id, completion, phone, campaign)
    assert list(json.loads(body)["call"]) == ["id", "status", "recipient"]


@pytest.mark.parametrize("left_out", ["summary", "transcript", "recording", "duration", "analysis", "tokensConsumed"])
def test_call_completed_leaves_out_the_one_field_the_call_lacks(account, dialer, answered, left_out):
    receiver, inbound, campaign, job = answered(RECIPIENT)
    results = {key: value for key, value in RESULTS.items() if key != left_out}
    completion = completions.of_job(job, **results)
    body = delivered(account, dialer, receiver, completion)
    assert body == payloads.completed(inbound.id, completion, RECIPIENT, campaign)
    assert left_out not in json.loads(body)["call"]


def test_call_completed_names_the_inbound_webhook_and_calls_it_outbound(account, dialer, answered):
    receiver, inbound, _, job = answered(RECIPIENT)
    body = delivered(account, dialer, receiver, completions.of_job(job, **RESULTS))
    assert json.loads(body)["webhook"] == {"id": inbound.id, "type": "outbound"}
    assert json.loads(body)["type"] == "call.completed"


def test_the_timestamp_is_the_events_time_in_milliseconds(account, dialer, outbound):
    receiver, _ = outbound
    completion = {**completions.of_elsewhere(account), "finishedAt": 1730179342123}
    assert json.loads(delivered(account, dialer, receiver, completion))["timestamp"] == 1730179342123
