"""One accepted request, one call: whatever becomes of the job that `inbound` sends, exactly one arrives."""

import uuid
from contextlib import contextmanager

import pytest

import completions
from accounts import Account, unused_phone
from fault_proxy import Call, Kind
from fault_stack import led_through_a_proxy
from faults import gone, killed_after, reconfigured
from tables import commit_call, items_of

ACCEPTED = (201, b'{"success":true}')


@pytest.fixture
def inbound_cannot_send(stack):
    """Runs inbound with a queue of jobs that is not there."""
    return lambda: reconfigured(stack, "Inbound", CALL_JOBS_QUEUE_URL=gone(stack.call_jobs_queue_url))


@pytest.fixture
def relay_cannot_send(stack):
    return lambda: reconfigured(stack, "Relay", CALL_JOBS_QUEUE_URL=gone(stack.call_jobs_queue_url))


@pytest.fixture
def inbounds_sends(stack):
    """Runs inbound with every try to send a job spoiled in one way; gives the tries."""

    @contextmanager
    def inbounds_sends(kind: Kind):
        tries = []

        def judge(call: Call) -> Kind | None:
            if call.operation != "SendMessage":
                return None
            tries.append(call)
            return kind

        with led_through_a_proxy(stack, "Inbound", judge):
            yield tries

    return inbounds_sends


def queued_call_ids(stack, account: Account) -> list[str]:
    """The ids of the calls that have taken a credit."""
    lines = items_of(stack, "Ledger", accountId=account.id)
    return [line["callId"]["S"] for line in lines if line["kind"]["S"] == "reserved"]


def test_a_job_that_inbound_cannot_send_is_sent_by_the_relay_and_its_call_is_settled(
    api, jobs, dialer, all_relayed, inbound_cannot_send
):
    account = Account.open(api, credits=5)
    webhook = account.inbound()
    campaign = account.campaign(webhook, voice="alloy-warm", followUps={"email": True})
    data = {"phoneNumber": unused_phone(), "firstName": "Jannetje"}
    carried = {"metadata": {"personId": 4711}, "variables": {"offer": "10 % until Friday"}}

    with inbound_cannot_send():
        answer = account.trigger(webhook, {**data, **carried})

    assert (answer.status, answer.body) == ACCEPTED
    all_relayed()
    (job,) = jobs.all_of(webhook)
    assert (job["accountId"], job["recipient"]) == (account.id, data)
    assert {name: job[name] for name in carried} == carried
    assert (job["campaign"]["id"], job["campaign"]["followUps"]) == (campaign["id"], {"email": True})
    assert account.credits() == 4
    (row,) = account.requests_to(webhook)
    assert (row["outcome"], row["callId"]) == ("accepted", job["callId"])

    dialer.send(completions.of_job(job, tokensConsumed=2))
    assert account.settled(job["callId"])["status"] == "finished"
    assert account.credits() == 3


@pytest.mark.parametrize("kind", [Kind.DROP_AFTER, Kind.DROP_BEFORE, Kind.HANG])
def test_whatever_becomes_of_inbounds_send_the_answer_is_201_and_there_is_one_job(
    account, stack, jobs, all_relayed, inbounds_sends, kind
):
    webhook = account.bound_webhook()

    with inbounds_sends(kind) as tries:
        answer = account.trigger(webhook)

    assert (answer.status, answer.body, bool(tries)) == (*ACCEPTED, True)
    all_relayed()
    (job,) = jobs.all_of(webhook)
    assert queued_call_ids(stack, account) == [job["callId"]]
    assert account.credits() == 99


def test_a_send_that_hangs_does_not_use_up_the_time_that_inbound_has(account, stack, jobs, all_relayed, inbounds_sends):
    webhook = account.bound_webhook()

    # The SDK gives a call up after 6 s, the answer waits for 3.
    with inbounds_sends(Kind.HANG), killed_after(stack, "Inbound", seconds=5):
        answer = account.trigger(webhook)

    assert (answer.status, answer.body) == ACCEPTED
    all_relayed()
    assert len(jobs.all_of(webhook)) == 1


def test_when_inbound_dies_between_commit_and_send_the_job_is_sent_and_a_repeat_makes_no_second_call(
    account, stack, jobs, all_relayed, inbounds_sends
):
    webhook = account.bound_webhook()
    data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}

    with inbounds_sends(Kind.HANG) as tries, killed_after(stack, "Inbound", seconds=1):
        died = account.trigger(webhook, data, headers=headers)
    assert (died.status >= 500, len(tries)) == (True, 1)
    all_relayed()
    (job,) = jobs.all_of(webhook)

    answer = account.trigger(webhook, data, headers=headers)
    assert (answer.status, answer.body) == ACCEPTED
    all_relayed()
    assert jobs.all_of(webhook) == [job]
    assert queued_call_ids(stack, account) == [job["callId"]]
    assert account.credits() == 99


def test_a_repeat_under_an_idempotency_key_after_a_failed_send_is_answered_as_the_first_time(
    account, jobs, all_relayed, inbound_cannot_send
):
    webhook = account.bound_webhook()
    data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}

    with inbound_cannot_send():
        answers = [account.trigger(webhook, data, headers=headers) for _ in range(2)]
    answers.append(account.trigger(webhook, data, headers=headers))

    assert [(answer.status, answer.body) for answer in answers] == [ACCEPTED] * 3
    all_relayed()
    (job,) = jobs.all_of(webhook)
    assert {row["callId"] for row in account.requests_to(webhook, 3)} == {job["callId"]}
    assert account.credits() == 99


def test_a_repeat_sends_no_job(account, jobs, all_relayed, inbounds_sends):
    webhook = account.bound_webhook()
    data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}
    account.trigger(webhook, data, headers=headers)

    with inbounds_sends(Kind.DROP_BEFORE) as tries:
        assert account.trigger(webhook, data, headers=headers).status == 201

    assert tries == []


def test_jobs_that_the_relay_cannot_send_are_sent_once_it_can(
    account, jobs, all_relayed, inbound_cannot_send, relay_cannot_send
):
    webhook = account.bound_webhook()

    with inbound_cannot_send(), relay_cannot_send():
        assert [account.trigger(webhook).status for _ in range(3)] == [201] * 3

    all_relayed()
    assert len(jobs.all_of(webhook)) == 3
    assert account.credits() == 97


def test_a_call_that_was_settled_meanwhile_gets_no_job(
    account, stack, jobs, dialer, all_relayed, inbound_cannot_send, relay_cannot_send
):
    webhook = account.bound_webhook()

    with inbound_cannot_send(), relay_cannot_send():
        account.trigger(webhook)
        (call_id,) = queued_call_ids(stack, account)
        dialer.send(completions.of_job({"callId": call_id, "accountId": account.id}))
        account.settled(call_id)

    all_relayed()
    assert jobs.all_of(webhook) == []


NO_JOB = {
    "cancelled": {"status": {"S": "cancelled"}},
    "over": {"status": {"S": "missed"}},
    "not_ours": {"webhookId": None},
    "without_its_campaign": {"campaignId": {"S": "cmp_gone"}},
    "unreadable": {"recipient": None},
}


@pytest.mark.parametrize("case", NO_JOB)
def test_a_call_that_can_have_no_job_holds_up_no_other(account, stack, jobs, all_relayed, case):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    first = jobs.of(webhook)[0]["callId"]

    commit_call(stack, first, **NO_JOB[case])
    second = commit_call(stack, first)

    all_relayed()
    assert [job["callId"] for job in jobs.all_of(webhook)] == [first, second]


def test_a_note_with_characters_that_sqs_refuses_is_dialled(account, jobs, all_relayed, inbound_cannot_send):
    webhook = account.bound_webhook()
    data = {"phoneNumber": unused_phone(), "note": "not \ufffe and not \uffff"}

    assert account.trigger(webhook, data).status == 201
    with inbound_cannot_send():
        assert account.trigger(webhook, data).status == 201

    all_relayed()
    assert [job["recipient"] for job in jobs.all_of(webhook)] == [data] * 2


def test_jobs_that_are_too_large_together_for_one_request_are_all_sent(
    account, jobs, all_relayed, inbound_cannot_send, relay_cannot_send
):
    webhook = account.inbound()
    account.campaign(webhook, prompt="漢" * 40_000)  # ten of them are 1.2 MB

    with inbound_cannot_send(), relay_cannot_send():
        assert [account.trigger(webhook).status for _ in range(10)] == [201] * 10

    all_relayed()
    assert len({job["callId"] for job in jobs.all_of(webhook)}) == 10
