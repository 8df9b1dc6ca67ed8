"""A completion ends the call, and goes once to every endpoint that should hear of it."""

import json
import time
from datetime import datetime

import pytest

import completions
from accounts import Account, eventually
from completions import RECIPIENT, RESULTS


def placed(account, webhook, jobs, recipient: dict | None = None) -> dict:
    """A job that the webhook was asked for."""
    account.trigger(webhook, recipient)
    return jobs.of(webhook)[-1]


def test_a_call_from_the_crm_is_completed_and_shown_with_all_its_results(account, jobs, dialer):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    job = placed(account, webhook, jobs, RECIPIENT)

    dialer.send(completions.of_job(job, **RESULTS))

    call = account.settled(job["callId"])
    assert call["finishedAt"] is not None
    assert {key: call[key] for key in RESULTS} == RESULTS
    assert call["recipient"] == RECIPIENT
    assert (call["status"], call["reason"], call["source"]) == ("finished", None, "inbound")
    assert (call["webhookId"], call["campaign"]) == (webhook.id, {"id": campaign["id"], "name": campaign["name"]})


def test_a_completed_call_goes_to_every_outbound_webhook_and_to_the_response_webhook(account, jobs, dialer, receivers):
    first, second, response = receivers.receiver(), receivers.receiver(), receivers.receiver()
    account.outbound(first.url)
    account.outbound(second.url)
    webhook = account.bound_webhook(responseWebhook={"url": response.url})
    job = placed(account, webhook, jobs)

    dialer.send(completions.of_job(job, **RESULTS))

    assert b'"type":"call.finished"' in first.await_request().body
    assert b'"type":"call.finished"' in second.await_request().body
    assert b'"type":"call.completed"' in response.await_request().body


@pytest.mark.parametrize("source", ["campaign", "test"])
def test_a_call_of_a_bulk_campaign_or_a_test_is_recorded_now_and_delivered(account, dialer, receivers, source):
    outbound, response = receivers.receiver(), receivers.receiver()
    account.outbound(outbound.url)
    account.bound_webhook(responseWebhook={"url": response.url})
    completion = completions.of_elsewhere(account, source, recipient=RECIPIENT, **RESULTS)

    dialer.send(completion)

    assert b'"type":"call.finished"' in outbound.await_request().body
    call = account.call(completion["callId"])
    assert (call["status"], call["source"], call["webhookId"]) == ("finished", source, None)
    assert call["recipient"] == RECIPIENT
    assert call["campaign"] == completion["campaign"]
    assert {key: call[key] for key in RESULTS} == RESULTS
    assert response.requests == []  # no inbound webhook asked for this call


@pytest.mark.parametrize("status", ["finished", "missed", "failed"])
def test_a_completion_that_says_only_the_status_is_enough(account, jobs, dialer, receivers, status):
    outbound = receivers.receiver()
    account.outbound(outbound.url)
    webhook = account.bound_webhook()
    job = placed(account, webhook, jobs)

    dialer.send(completions.of_job(job, status))

    assert f'"status":"{status}"'.encode() in outbound.await_request().body
    call = account.call(job["callId"])
    assert call["status"] == status
    assert [call[key] for key in ("summary", "transcript", "recording", "duration", "actionItems")] == [None] * 5


def test_recipient_and_campaign_of_a_queued_call_come_from_its_own_record(account, jobs, dialer):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    job = placed(account, webhook, jobs, {"phoneNumber": "+15550001111", "firstName": "Jannetje"})

    dialer.send(
        completions.of_job(
            job,
            recipient={"phoneNumber": "+15559998888", "firstName": "Somebody"},
            campaign={"id": "cmp_other", "name": "Other"},
        )
    )

    call = account.settled(job["callId"])
    assert call["recipient"] == {"phoneNumber": "+15550001111", "firstName": "Jannetje"}
    assert call["campaign"] == {"id": campaign["id"], "name": campaign["name"]}


def test_the_same_completion_four_times_is_one_delivery_per_endpoint(account, jobs, dialer, receivers, all_delivered):
    endpoints = [receivers.receiver() for _ in range(3)]
    webhooks = [account.outbound(endpoint.url) for endpoint in endpoints[:2]]
    inbound = account.bound_webhook(responseWebhook={"url": endpoints[2].url})
    completion = completions.of_job(placed(account, inbound, jobs), **RESULTS)

    dialer.send(completion)
    dialer.send(completion, completion)
    endpoints[0].await_request()
    dialer.send(completion)

    all_delivered()
    assert [len(endpoint.requests) for endpoint in endpoints] == [1, 1, 1]
    assert [len(account.attempts_of(webhook)) for webhook in (*webhooks, inbound)] == [1, 1, 1]


def test_the_same_bulk_completion_four_times_is_one_delivery(account, dialer, receivers, all_delivered):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    completion = completions.of_elsewhere(account, **RESULTS)

    dialer.send(completion, completion, completion, completion)

    all_delivered()
    assert len(endpoint.requests) == 1


def test_a_cancelled_call_is_never_delivered(api, dialer, receivers, all_delivered):
    account = Account.open(api, credits=0)
    outbound, response = receivers.receiver(), receivers.receiver()
    account.outbound(outbound.url)
    webhook = account.bound_webhook(responseWebhook={"url": response.url})
    account.trigger(webhook)

    later = completions.of_elsewhere(account)
    dialer.send(later)

    outbound.await_request()
    all_delivered()
    assert [later["callId"].encode() in request.body for request in outbound.requests] == [True]
    assert response.requests == []


def test_an_accounts_completion_goes_to_no_other_account(api, dialer, receivers, all_delivered):
    mine, theirs = receivers.receiver(), receivers.receiver()
    account, other = Account.open(api), Account.open(api)
    account.outbound(mine.url)
    other.outbound(theirs.url)

    completion = completions.of_elsewhere(account)
    dialer.send(completion)

    mine.await_request()
    all_delivered()
    assert theirs.requests == []
    assert other.get(f"/calls/{completion['callId']}").status == 404


def test_a_completion_of_an_account_without_endpoints_is_recorded(account, dialer):
    completion = completions.of_elsewhere(account, **RESULTS)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is recorded")


def test_a_large_transcript_that_compresses_is_delivered_whole(account, jobs, dialer, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    webhook = account.bound_webhook()
    transcript = completions.rambling(900_000)
    job = placed(account, webhook, jobs)

    dialer.send(completions.of_job(job, transcript=transcript))

    delivered = endpoint.await_request()
    assert json.loads(delivered.body)["call"]["transcript"] == transcript
    assert account.call(job["callId"])["transcript"] == transcript


# a completion that does not keep to the contract


def recorded(account, completion: dict) -> dict:
    """A call of elsewhere, which is recorded when its completion is taken in."""
    path = f"/calls/{completion['callId']}"
    return eventually(lambda: (answer := account.get(path)).status == 200 and answer.json(), f"{path} is recorded")


UNREADABLE = {
    "a warmth in capitals": (
        {"analysis": {"lead_warmth": "HOT"}},
        {"analysis": {"sentiment": "neutral", "lead_warmth": "hot", "justification": ""}},
        ['analysis.lead_warmth: read as "hot"'],
    ),
    "an unknown sentiment": (
        {"analysis": {"sentiment": "mixed", "justification": "Keen"}},
        {"analysis": {"sentiment": "neutral", "lead_warmth": "unknown", "justification": "Keen"}},
        ["analysis.sentiment: could not be used and is left out"],
    ),
    "a duration as a text": ({"duration": "142"}, {"duration": 142}, ["duration: read as a number"]),
    "a duration in words": ({"duration": "long"}, {"duration": None}, ["duration: could not be used and is left out"]),
    "a turn's time as a number": (
        {"transcript": [{"who": "user", "what": "Hi", "when": 1714485603000}]},
        {"transcript": [{"who": "user", "what": "Hi", "when": "2024-04-30T14:00:03.000Z"}]},
        ["transcript[].when: read as a moment"],
    ),
    "a version as a text": ({"version": "1"}, {"status": "finished"}, ["version: read as a number"]),
    "an end in seconds": (
        {"finishedAt": 1714485603},
        {"finishedAt": "2024-04-30T14:00:03.000Z"},
        ["finishedAt: read as seconds"],
    ),
    "a summary that is an object": ({"summary": {}}, {"summary": None}, ["summary: could not be used and is left out"]),
    "a transcript that is a text": (
        {"transcript": "Hi, is this Jannetje?"},
        {"transcript": None},
        ["transcript: could not be used and is left out"],
    ),
    "action items that are a text": (
        {"actionItems": "Call back"},
        {"actionItems": ["Call back"]},
        ["actionItems: read as a list of one"],
    ),
    "a negative cost": (
        {"tokensConsumed": -1},
        {"tokensConsumed": 1},
        ["tokensConsumed: could not be used; it is the one credit that a call reserves"],
    ),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_part_of_another_shape_is_read_in_the_sensible_way_or_left_out_and_the_call_says_so(
    shared_account, dialer, case
):
    sent, shown, notes = UNREADABLE[case]
    completion = {**completions.of_elsewhere(shared_account, recipient=RECIPIENT), **sent}

    dialer.send(completion)

    call = recorded(shared_account, completion)
    assert {name: call[name] for name in shown} == shown
    assert call["notes"] == notes


@pytest.mark.parametrize("end", [None, "2224-10-29T05:22:22Z"], ids=["absent", "in 200 years"])
def test_a_completion_without_a_usable_end_of_the_call_ended_when_it_came(shared_account, dialer, end):
    before = time.time()
    completion = {**completions.of_elsewhere(shared_account, recipient=RECIPIENT), "finishedAt": end}

    dialer.send(completion)

    call = recorded(shared_account, completion)
    ended = datetime.fromisoformat(call["finishedAt"]).timestamp()
    assert before - 2 <= ended <= time.time() + 2
    assert len(call["notes"]) == 1


def test_a_mark_half_a_pair_and_odd_unknown_fields_do_not_cost_the_result(account, dialer, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    completion = completions.of_elsewhere(account, recipient=RECIPIENT)
    deep = "[" * 130 + "]" * 130
    odd = r'{"summary":"Nice \ud83d\u0000","x":1e999,"y":' + deep + "," + json.dumps(completion)[1:]

    dialer.send("\ufeff" + odd)

    call = recorded(account, completion)
    assert call["summary"] == "Nice \ufffd"
    assert call["notes"] == ["summary: half a character or \\u0000 is replaced or left out"]
    assert json.loads(endpoint.await_request().body)["call"]["summary"] == "Nice \ufffd"


def test_a_call_whose_completion_keeps_to_the_contract_has_no_notes(shared_account, dialer):
    completion = completions.of_elsewhere(shared_account, recipient=RECIPIENT, **RESULTS)
    dialer.send(completion)
    assert recorded(shared_account, completion)["notes"] == []
