"""A completion that cannot be taken in goes to the dead-letter queue with its reason, and harms nothing else."""

import json
import uuid

import pytest
from jsonschema import Draft202012Validator

import completions
from accounts import Account, eventually
from completions import RECIPIENT, RESULTS
from schemas import schema_of


def without(completion: dict, *keys: str) -> dict:
    return {key: value for key, value in completion.items() if key not in keys}


# what to do to a good completion of a bulk campaign's call -> the code of its dead letter
SPOILED = {
    "version_2": (lambda c: {**c, "version": 2}, "unsupported_version"),
    "no_version": (lambda c: without(c, "version"), "unsupported_version"),
    "another_type": (lambda c: {**c, "type": "call.job"}, "invalid_completion"),
    "no_call_id": (lambda c: {**without(c, "callId"), "trace": c["callId"]}, "invalid_completion"),
    "no_account_id": (lambda c: without(c, "accountId"), "invalid_completion"),
    "an_unknown_source": (lambda c: {**c, "source": "dream"}, "invalid_completion"),
    "no_status": (lambda c: without(c, "status"), "invalid_completion"),
    "an_unknown_status": (lambda c: {**c, "status": "exploded"}, "invalid_completion"),
    "a_status_that_is_ours": (lambda c: {**c, "status": "queued"}, "invalid_completion"),
    "a_bulk_call_without_recipient": (lambda c: without(c, "recipient"), "invalid_completion"),
    "a_bulk_call_without_campaign": (lambda c: without(c, "campaign"), "invalid_completion"),
    "a_recipient_without_phone": (lambda c: {**c, "recipient": {"firstName": "Jannetje"}}, "invalid_completion"),
    "an_unknown_account": (lambda c: {**c, "accountId": "acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"}, "unknown_account"),
    "an_inbound_call_we_never_queued": (lambda c: {**c, "source": "inbound"}, "unknown_call"),
}


OF_ANOTHER_ACCOUNT_OR_CALL = ("unknown_account", "unknown_call")


def assert_dead(letter, code: str, body: str) -> None:
    assert letter.message_attributes["code"] == code
    assert letter.message_attributes["reason"]
    assert letter.body == body


@pytest.mark.parametrize("case", SPOILED)
def test_a_completion_that_cannot_be_understood_is_a_dead_letter_with_its_reason(
    shared_account, dialer, dead_letters, case
):
    spoil, code = SPOILED[case]
    good = completions.of_elsewhere(shared_account, **RESULTS)
    body = json.dumps(spoil(good))

    dialer.send(body)

    assert_dead(dead_letters.holding(good["callId"]), code, body)
    assert shared_account.get(f"/calls/{good['callId']}").status == 404


@pytest.mark.parametrize(
    "body",
    [
        "not json {marker}",
        '{{"version":1,"callId":"{marker}"',
        "<xml>{marker}</xml>",
        '["{marker}"]',
        '"{marker}"',
    ],
)
def test_a_completion_that_is_no_json_object_is_a_dead_letter(dialer, dead_letters, body):
    marker = uuid.uuid4().hex
    body = body.format(marker=marker)
    dialer.send(body)
    assert_dead(dead_letters.holding(marker), "invalid_json", body)


def test_a_completion_under_another_accounts_id_is_a_dead_letter_and_the_call_stays_open(
    api, jobs, dialer, dead_letters
):
    owner, other = Account.open(api), Account.open(api)
    webhook = owner.bound_webhook()
    owner.trigger(webhook)
    (job,) = jobs.of(webhook)

    dialer.send({**completions.of_job(job, **RESULTS), "accountId": other.id})

    letter = dead_letters.holding(job["callId"])
    assert letter.message_attributes["code"] == "account_mismatch"
    assert owner.call(job["callId"])["status"] == "queued"
    assert other.get(f"/calls/{job['callId']}").status == 404
    assert (owner.credits(), other.credits()) == (99, 100)


def test_a_bulk_completion_that_takes_another_accounts_call_id_is_a_dead_letter(api, dialer, dead_letters):
    owner, other = Account.open(api), Account.open(api)
    first = completions.of_elsewhere(owner, summary="Owned by the first account")
    dialer.send(first)
    eventually(lambda: owner.get(f"/calls/{first['callId']}").status == 200, "the call is recorded")

    dialer.send({**first, "accountId": other.id})

    assert dead_letters.holding(other.id).message_attributes["code"] == "account_mismatch"
    assert other.get(f"/calls/{first['callId']}").status == 404


def test_a_completion_of_a_cancelled_call_is_a_dead_letter_and_is_not_delivered(
    api, dialer, dead_letters, receivers, all_delivered
):
    account = Account.open(api, credits=0)
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    account.trigger(webhook)
    (call,) = account.calls_of(campaign)

    dialer.send(completions.of_job({"callId": call["id"], "accountId": account.id}, **RESULTS))

    assert dead_letters.holding(call["id"]).message_attributes["code"] == "call_cancelled"
    all_delivered()
    assert endpoint.requests == []
    assert account.call(call["id"])["status"] == "cancelled"


def test_a_call_too_large_for_the_table_is_a_dead_letter_and_nothing_of_it_is_stored(
    account, jobs, dialer, dead_letters, receivers
):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)

    dialer.send(
        completions.of_job(
            job, transcript=completions.spoken(700_000), summary="Too long a talk to be kept", tokensConsumed=1
        )
    )

    assert dead_letters.holding(job["callId"]).message_attributes["code"] == "too_large"
    call = account.call(job["callId"])
    assert (call["status"], call["summary"], call["transcript"]) == ("queued", None, None)
    assert account.credits() == 99
    assert endpoint.requests == []


def test_a_bad_completion_does_not_harm_its_neighbours_in_the_batch(account, dialer, dead_letters, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    good = [completions.of_elsewhere(account, summary=f"Neighbour number {n}") for n in range(4)]
    spoiled = completions.of_elsewhere(account, status="exploded")
    marker = uuid.uuid4().hex

    dialer.send(
        good[0],
        f"not json {marker}",
        good[1],
        spoiled,
        good[2],
        {**completions.of_elsewhere(account), "accountId": f"acc_{marker}"},
        good[3],
    )

    dead_letters.await_messages(lambda letter: marker in letter.body, 2)
    dead_letters.holding(spoiled["callId"])
    delivered = {json.loads(request.body)["call"]["id"] for request in endpoint.await_requests(4)}
    assert delivered == {completion["callId"] for completion in good}


def test_the_schema_refuses_what_the_system_refuses_and_takes_what_it_takes(shared_account):
    validator = Draft202012Validator(schema_of("call-completion.v1"))
    good = completions.of_elsewhere(shared_account, recipient=RECIPIENT, **RESULTS)
    assert list(validator.iter_errors(good)) == []
    assert validator.is_valid(completions.of_job({"callId": "call_1", "accountId": "acc_1"}))
    for case, (spoil, code) in SPOILED.items():
        assert validator.is_valid(spoil(good)) == (code in OF_ANOTHER_ACCOUNT_OR_CALL), case
