"""What goes in comes back: metadata and variables of a request, what the dialer has filled in."""

import json

import pytest
from jsonschema import Draft202012Validator

import completions
import payloads
import sent_values
from accounts import Account, unused_phone
from schemas import schema_of

METADATA = {"personId": 12345678901234567890123, "deal": {"stage": "new-lead-4711"}, "tags": ["a", None, True]}
VARIABLES = {"offer": "10 % until Friday", "seatsLeft": 3, "isReturning": True}
EXTRACTED = {"appointment": {"date": "2026-12-01", "place": "Harbour View 9"}, "partySize": 4}


@pytest.fixture(scope="module", autouse=True)
def _sought_in_the_logs():
    sent_values.remember("call data", [METADATA, VARIABLES, EXTRACTED])


@pytest.fixture
def carried(account, jobs, dialer, receivers):
    """A finished call that brought data along: its job, and the bodies of its two deliveries."""
    outbound, response = receivers.receiver(), receivers.receiver()
    account.outbound(outbound.url)
    webhook = account.bound_webhook(responseWebhook={"url": response.url})
    data = {"phoneNumber": unused_phone(), "metadata": METADATA, "variables": VARIABLES}
    assert account.trigger(webhook, data).status == 201
    (job,) = jobs.of(webhook)
    # Metadata of a call that was queued here is its request's, whatever the dialer says.
    dialer.send(completions.of_job(job, extracted=EXTRACTED, metadata={"personId": "another"}))
    return {"job": job, "bodies": [endpoint.await_request().body for endpoint in (outbound, response)]}


def test_metadata_and_variables_reach_the_dialer(carried):
    assert (carried["job"]["metadata"], carried["job"]["variables"]) == (METADATA, VARIABLES)
    assert list(Draft202012Validator(schema_of("call-job.v1")).iter_errors(carried["job"])) == []


def test_metadata_and_what_was_filled_in_are_delivered_behind_the_documented_fields(carried):
    for body in carried["bodies"]:
        call = json.loads(body)["call"]
        assert list(call)[-2:] == ["metadata", "extracted"]
        assert (call["metadata"], call["extracted"]) == (METADATA, EXTRACTED)
        assert "variables" not in call


def test_the_call_shows_all_three_and_an_erased_one_none_of_them(account, carried):
    call = account.settled(carried["job"]["callId"])
    # A number beyond 64 bits is shown as JavaScript would read it.
    assert call["metadata"] == {**METADATA, "personId": float(METADATA["personId"])}
    assert (call["variables"], call["extracted"]) == (VARIABLES, EXTRACTED)

    assert account.delete(f"/calls/{call['id']}").status == 204

    erased = account.call(call["id"])
    assert (erased["metadata"], erased["variables"], erased["extracted"]) == (None, None, None)


def test_a_call_of_elsewhere_may_bring_metadata(account, dialer, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    dialer.send(completions.of_elsewhere(account, metadata={"bulkRow": 17}))
    assert json.loads(endpoint.await_request().body)["call"]["metadata"] == {"bulkRow": 17}


def test_a_get_endpoint_gets_each_as_one_value(account, dialer, receivers):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url, method="GET")
    dialer.send(completions.of_elsewhere(account, metadata={"bulkRow": 17}, extracted=EXTRACTED))
    query = dict(payloads.parsed_query(endpoint.await_request().query))
    assert (json.loads(query["call.metadata"]), json.loads(query["call.extracted"])) == ({"bulkRow": 17}, EXTRACTED)


@pytest.mark.parametrize(
    ("data", "kept", "reason"),
    [
        ({"metadata": "4711"}, {}, "dropped fields: metadata"),
        ({"metadata": {"note": "x" * 4_096}}, {}, "dropped fields: metadata"),
        ({"variables": ["x"]}, {}, "dropped fields: variables"),
        ({"variables": {"a": {}, "b": "kept"}}, {"variables": {"b": "kept"}}, "dropped fields: variables[]"),
        ({"variables": {"a": "x" * 1_001}}, {}, "dropped fields: variables[]"),
        ({"metadata": None, "variables": {"a": " ", "b": None}}, {}, None),
    ],
)
def test_what_cannot_be_carried_is_dropped_and_noted_and_the_call_is_placed(account, jobs, data, kept, reason):
    webhook = account.bound_webhook()
    assert account.trigger(webhook, {"phoneNumber": unused_phone(), **data}).status == 201
    (job,) = jobs.of(webhook)
    assert {name: job[name] for name in ("metadata", "variables") if name in job} == kept
    assert account.last_request_to(webhook)["reason"] == reason


def of_bytes(size: int) -> dict:
    """Metadata of that many bytes of JSON."""
    metadata = {"id": 'é"' * 200, "rest": ""}
    return {**metadata, "rest": "x" * (size - len(payloads.written(metadata)))}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ({"personId": 4711}, {"personId": 4711}),
        (of_bytes(1_024), of_bytes(1_024)),
        (of_bytes(1_025), None),
        (None, None),
    ],
    ids=["small", "1 KiB", "larger", "none"],
)
def test_a_call_that_is_not_placed_keeps_its_metadata_up_to_a_kilobyte_and_no_variables(api, sent, kept):
    account = Account.open(api, credits=0)
    webhook = account.bound_webhook()
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": sent, "variables": VARIABLES})
    call = account.call(account.last_request_to(webhook)["callId"])
    assert (call["status"], call["metadata"], call["variables"]) == ("cancelled", kept, None)


def test_another_metadata_under_one_idempotency_key_is_another_request(account):
    webhook, phone = account.bound_webhook(), unused_phone()
    send = lambda row: account.trigger(  # noqa: E731
        webhook, {"phoneNumber": phone, "metadata": {"row": row}}, headers={"idempotency-key": "lead-1"}
    )
    assert [send(1).status, send(1).status, send(2).status] == [201, 201, 422]
