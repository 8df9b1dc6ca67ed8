"""Erasing a call: what is personal in it goes, what was charged for it stays."""

import pytest

import completions
from accounts import Account, eventually, unused_phone
from refusals import assert_refused
from sent_values import SHORTEST_TELLING
from tables import items_of

PERSONAL = [
    "recipient",
    "metadata",
    "variables",
    "summary",
    "recording",
    "analysis",
    "actionItems",
    "extracted",
    "transcript",
]

BROUGHT = {"metadata": {"crmPerson": "person-4711"}, "variables": {"offer": "ten percent off"}}
FILLED_IN = {"extracted": {"appointment": "Saturday at ten"}}


@pytest.fixture
def finished(account, jobs, dialer, receivers):
    """A finished call with every result, its webhook's key, and the outbound webhook that was told of it."""
    endpoint = receivers.receiver()
    outbound = account.outbound(endpoint.url)
    webhook = account.bound_webhook()
    data, key = {**completions.RECIPIENT, **BROUGHT, "phoneNumber": unused_phone()}, {"idempotency-key": "lead-1"}
    account.trigger(webhook, data, headers=key)
    (job,) = jobs.of(webhook)
    completion = completions.of_job(job, **completions.RESULTS, **FILLED_IN)
    dialer.send(completion)
    account.settled(job["callId"])
    account.attempts_of(outbound)
    again = lambda: account.trigger(webhook, data, headers=key)  # noqa: E731 - a request, to be made later
    return {"id": job["callId"], "outbound": outbound, "endpoint": endpoint, "completion": completion, "again": again}


def erase(account: Account, call_id: str) -> None:
    assert account.delete(f"/calls/{call_id}").status == 204


def test_what_is_personal_goes_and_what_was_charged_stays(account, stack, finished):
    before = account.call(finished["id"])
    assert all(before[name] for name in PERSONAL) and before["erasedAt"] is None
    ledger = account.read("/account/ledger")

    erase(account, finished["id"])

    after = account.call(finished["id"])
    assert after["erasedAt"]
    assert after == {**before, **dict.fromkeys(PERSONAL), "erasedAt": after["erasedAt"]}
    assert account.read("/account/ledger") == ledger
    (listed,) = account.read(f"/campaigns/{before['campaign']['id']}/calls")["items"]
    assert (listed["recipient"], listed["summary"], listed["status"]) == (None, None, "finished")
    stored = str(items_of(stack, "Calls", id=finished["id"]))
    brought = [text for part in (*BROUGHT.values(), *FILLED_IN.values()) for text in part.values()]
    sent = [*brought, *completions.RECIPIENT.values(), before["recipient"]["phoneNumber"], before["summary"]]
    assert [text for text in sent if len(text) >= SHORTEST_TELLING and text in stored] == []
    assert "transcript" not in stored and "bodyDigest" not in stored


def test_a_call_is_erased_once_and_its_completion_brings_nothing_back(account, dialer, all_taken_in, finished):
    erase(account, finished["id"])
    erased = account.call(finished["id"])
    erase(account, finished["id"])
    dialer.send(finished["completion"])
    all_taken_in()
    assert account.call(finished["id"]) == erased


def test_a_delivery_that_is_sent_again_ends_with_the_reason_and_reaches_nobody(account, finished):
    outbound, told = finished["outbound"], len(finished["endpoint"].requests)
    (first,) = account.attempts_of(outbound)
    erase(account, finished["id"])
    assert account.post(f"{outbound.path}/deliveries/{first['deliveryId']}/resend", {}).status == 202
    row, _ = account.attempts_of(outbound, 2)
    assert (row["outcome"], row["error"]["code"], row["nextAttemptAt"]) == ("errored", "call_erased", None)
    assert len(finished["endpoint"].requests) == told


def test_a_request_that_comes_again_under_its_key_makes_no_second_call(account, finished):
    erase(account, finished["id"])
    before = account.credits()
    assert finished["again"]().status == 422
    assert account.credits() == before


def test_a_call_that_is_not_over_cannot_be_erased(account, jobs):
    webhook = account.bound_webhook()
    data = {"phoneNumber": unused_phone()}
    account.trigger(webhook, data)
    (job,) = jobs.of(webhook)
    assert_refused(account.delete(f"/calls/{job['callId']}"), 409, "call_not_finished")
    assert account.call(job["callId"])["recipient"] == data


def test_a_call_that_was_not_placed_can_be_erased(api):
    account = Account.open(api, credits=0)
    webhook = account.bound_webhook()
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": {"personId": 4711}})
    call_id = account.last_request_to(webhook)["callId"]
    assert account.call(call_id)["metadata"] == {"personId": 4711}
    erase(account, call_id)
    call = account.call(call_id)
    assert (call["status"], call["recipient"], call["metadata"]) == ("cancelled", None, None)


def test_a_call_of_another_account_is_not_found_and_stays(api, account, finished):
    stranger = Account.open(api)
    for call_id in (finished["id"], "call_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"):
        assert_refused(stranger.delete(f"/calls/{call_id}"), 404, "not_found")
    assert account.call(finished["id"])["recipient"]


def test_a_call_that_the_dialer_began_by_itself_can_be_erased(account, dialer):
    completion = completions.of_elsewhere(account, **completions.RESULTS)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is recorded")
    erase(account, completion["callId"])
    assert account.call(completion["callId"])["transcript"] is None
