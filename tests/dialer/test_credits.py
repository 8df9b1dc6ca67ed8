"""Credits: one is reserved by each accepted call, and the completion settles it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import Account, eventually


def balance_becomes(account, credits: int) -> None:
    eventually(lambda: account.credits() == credits, f"the balance of {account.id} becomes {credits}")


def test_twenty_concurrent_requests_on_five_credits_are_five_calls_and_fifteen_cancelled(api, jobs):
    account = Account.open(api, credits=5)
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: account.trigger(webhook), range(20)))

    assert [(a.status, a.body) for a in answers] == [(201, b'{"success":true}')] * 20
    statuses = sorted(call["status"] for call in account.calls_of(campaign))
    assert statuses == ["cancelled"] * 15 + ["queued"] * 5
    assert len(jobs.all_of(webhook)) == 5
    assert account.credits() == 0
    outcomes = sorted(row["outcome"] for row in account.requests_to(webhook, 20))
    assert outcomes == ["accepted"] * 5 + ["cancelled"] * 15


def test_a_second_request_for_the_last_credit_is_recorded_as_cancelled(api, jobs):
    account = Account.open(api, credits=1)
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    with ThreadPoolExecutor(2) as pool:
        assert [a.status for a in pool.map(lambda _: account.trigger(webhook), range(2))] == [201, 201]

    calls = account.calls_of(campaign)
    assert sorted(call["status"] for call in calls) == ["cancelled", "queued"]
    assert {call["reason"] for call in calls} == {None, "insufficient_funds"}
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 0


# tokensConsumed is charged, the rest of the reservation of 1 is given back
SETTLEMENTS = {
    "no_credits_consumed": ({"status": "finished", "tokensConsumed": 0}, 10),
    "one_credit_consumed": ({"status": "finished", "tokensConsumed": 1}, 9),
    "three_credits_consumed": ({"status": "finished", "tokensConsumed": 3}, 7),
    "nothing_said_about_credits": ({"status": "finished"}, 10),
    "a_missed_call_that_cost_one": ({"status": "missed", "tokensConsumed": 1}, 9),
    "a_missed_call_that_says_nothing": ({"status": "missed"}, 10),
    "a_fraction_of_a_credit": ({"status": "finished", "tokensConsumed": 1.5}, 8),
    "a_cost_in_words": ({"status": "finished", "tokensConsumed": "3 credits"}, 9),
    "an_absurd_cost": ({"status": "finished", "tokensConsumed": 1_000_001}, 9),
    "a_failed_call_with_a_cost_in_words": ({"status": "failed", "tokensConsumed": "none"}, 10),
    "a_failed_call": ({"status": "failed"}, 10),
    "a_failed_call_that_claims_to_have_cost_two": ({"status": "failed", "tokensConsumed": 2}, 10),
}


@pytest.mark.parametrize("case", SETTLEMENTS)
def test_a_completion_settles_the_reservation(api, jobs, dialer, case):
    reported, balance = SETTLEMENTS[case]
    account = Account.open(api, credits=10)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    assert account.credits() == 9

    dialer.send(completions.of_job(job, **reported))

    assert account.settled(job["callId"])["status"] == reported["status"]
    assert account.credits() == balance


def test_a_completion_reported_four_times_is_settled_once(api, jobs, dialer, all_taken_in):
    account = Account.open(api, credits=10)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    completion = completions.of_job(job, tokensConsumed=3)

    dialer.send(completion, completion)
    dialer.send(completion, completion)

    account.settled(job["callId"])
    all_taken_in()
    assert account.credits() == 7


def test_a_second_different_completion_of_a_call_changes_nothing(api, jobs, dialer, all_taken_in):
    account = Account.open(api, credits=10)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job, tokensConsumed=1, summary="The first report of the call"))
    account.settled(job["callId"])

    dialer.send(completions.of_job(job, status="missed", tokensConsumed=5, summary="The second report of the call"))

    all_taken_in()
    call = account.call(job["callId"])
    assert (call["status"], call["summary"], call["tokensConsumed"]) == ("finished", "The first report of the call", 1)
    assert account.credits() == 9


def test_ten_calls_settled_at_once_leave_the_right_balance(api, jobs, dialer):
    account = Account.open(api, credits=30)
    webhook = account.bound_webhook()
    with ThreadPoolExecutor(10) as pool:
        assert {a.status for a in pool.map(lambda _: account.trigger(webhook), range(10))} == {201}
    queued = jobs.of(webhook, 10)
    assert account.credits() == 20

    consumed = [0, 1, 2, 3, 1, 0, 2, 1, 3, 0]
    dialer.send(*[completions.of_job(job, tokensConsumed=n) for job, n in zip(queued, consumed, strict=True)])

    balance_becomes(account, 30 - sum(consumed))


def test_a_call_that_costs_more_than_is_left_takes_the_balance_to_zero_and_not_below(api, jobs, dialer):
    account = Account.open(api, credits=2)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    (job,) = jobs.of(webhook)

    dialer.send(completions.of_job(job, tokensConsumed=5))

    assert account.settled(job["callId"])["tokensConsumed"] == 5
    assert account.credits() == 0


def test_a_call_that_was_not_reserved_for_is_charged_by_its_completion(account, dialer, all_taken_in):
    completion = completions.of_elsewhere(account, tokensConsumed=3)
    dialer.send(completion, completion)
    balance_becomes(account, 97)
    all_taken_in()
    assert account.credits() == 97


def test_credits_topped_up_make_calls_possible_again(api, jobs):
    account = Account.open(api, credits=0)
    webhook = account.bound_webhook()
    account.trigger(webhook)

    assert api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 2}).status in (200, 201)
    account.trigger(webhook)

    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 1
