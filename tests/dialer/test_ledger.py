"""The ledger explains the balance: the balance is the sum of its lines after everything that can happen to it."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import Account
from refusals import assert_refused

KEYS = {"id", "kind", "amount", "callId", "writtenOff", "timestamp"}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def ledger(account: Account, limit: int = 100) -> list[dict]:
    """Every line, newest first."""
    lines, cursor = [], {}
    while True:
        page = account.read("/account/ledger", limit=limit, **cursor)
        assert len(page["items"]) <= limit
        lines += page["items"]
        if page["nextCursor"] is None:
            return lines
        cursor = {"cursor": page["nextCursor"]}


def assert_explains_the_balance(account: Account) -> None:
    assert sum(line["amount"] for line in ledger(account)) == account.credits()


def last_line(account: Account) -> tuple[str, int, str | None, int]:
    line = ledger(account)[0]
    return line["kind"], line["amount"], line["callId"], line["writtenOff"]


def accepted_job(account: Account, jobs) -> dict:
    webhook = account.bound_webhook()
    assert account.trigger(webhook).status == 201
    return jobs.of(webhook)[0]


def top_up(account: Account, amount: int) -> None:
    assert account.api.operator("POST", f"/accounts/{account.id}/credits", {"amount": amount}).status == 200


def test_an_account_begins_with_what_it_was_given(api):
    account = Account.open(api, credits=17)
    (line,) = ledger(account)
    assert set(line) == KEYS
    assert (line["kind"], line["amount"], line["callId"], line["writtenOff"]) == ("topped_up", 17, None, 0)
    assert line["id"].startswith("led_") and RFC3339.fullmatch(line["timestamp"])


def test_an_account_that_begins_with_nothing_has_a_sum_of_nothing(api):
    assert_explains_the_balance(Account.open(api, credits=0))


# status, tokensConsumed -> the line of the settlement: kind and amount
SETTLEMENTS = {
    "used_as_reserved": ("finished", 1, "settled", 0),
    "used_more_than_reserved": ("finished", 3, "settled", -2),
    "missed_and_used_one": ("missed", 1, "settled", 0),
    "used_nothing": ("finished", 0, "refunded", 1),
    "missed_and_used_nothing": ("missed", 0, "refunded", 1),
    "failed": ("failed", 2, "refunded", 1),
}


@pytest.mark.parametrize("case", SETTLEMENTS)
def test_a_call_is_reserved_and_settled_or_refunded_by_name(account, jobs, dialer, case):
    status, consumed, kind, amount = SETTLEMENTS[case]
    job = accepted_job(account, jobs)
    assert last_line(account) == ("reserved", -1, job["callId"], 0)
    assert_explains_the_balance(account)
    dialer.send(completions.of_job(job, status, tokensConsumed=consumed))
    account.settled(job["callId"])
    assert last_line(account) == (kind, amount, job["callId"], 0)
    assert_explains_the_balance(account)


def test_what_the_account_does_not_have_is_written_off_and_said_to_be(api, jobs, dialer):
    account = Account.open(api, credits=2)
    job = accepted_job(account, jobs)
    dialer.send(completions.of_job(job, tokensConsumed=5))
    account.settled(job["callId"])
    assert last_line(account) == ("settled", -1, job["callId"], 3)
    assert account.credits() == 0
    assert_explains_the_balance(account)


def test_a_call_of_a_bulk_campaign_is_settled_without_a_reservation(account, dialer, all_taken_in):
    completion = completions.of_elsewhere(account, tokensConsumed=4)
    dialer.send(completion, completion)
    all_taken_in()
    assert last_line(account) == ("settled", -4, completion["callId"], 0)
    assert len(ledger(account)) == 2
    assert_explains_the_balance(account)


def test_a_top_up_is_a_line(account):
    top_up(account, 25)
    assert last_line(account) == ("topped_up", 25, None, 0)
    assert account.credits() == 125
    assert_explains_the_balance(account)


def test_a_cancelled_call_is_no_line(api):
    account = Account.open(api, credits=0)
    before = ledger(account)
    account.trigger(account.bound_webhook())
    assert ledger(account) == before


def test_the_sum_is_the_balance_after_a_storm(api, jobs, dialer, all_taken_in):
    account = Account.open(api, credits=6)
    webhook = account.bound_webhook()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: account.trigger(webhook), range(10)))
        queued = jobs.of(webhook, 6)
        top_ups = [pool.submit(top_up, account, n) for n in (1, 2, 3)]
        reports = [completions.of_job(job, "finished", tokensConsumed=n) for n, job in enumerate(queued)]
        dialer.send(*reports)
        dialer.send(*reports)
        for made in top_ups:
            made.result()
    all_taken_in()
    assert_explains_the_balance(account)
    lines = ledger(account)
    assert sorted(line["kind"] for line in lines) == sorted(
        ["topped_up"] * 4 + ["reserved"] * 6 + ["settled"] * 5 + ["refunded"]
    )
    for kind in ("reserved", "settled"):
        calls = [line["callId"] for line in lines if line["kind"] == kind]
        assert len(set(calls)) == len(calls)
    written_off = sum(line["writtenOff"] for line in lines)
    assert account.credits() == 6 + 6 - sum(range(6)) + written_off


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_the_ledger_is_paged_newest_first(api, limit):
    account = Account.open(api, credits=1)
    for amount in (2, 3, 4):
        top_up(account, amount)
    lines = ledger(account, limit)
    assert [line["amount"] for line in lines] == [4, 3, 2, 1]
    times = [line["timestamp"] for line in lines]
    assert times == sorted(times, reverse=True)


def test_a_ledger_is_its_accounts_own(account, shared_account):
    top_up(shared_account, 7)
    cursor = shared_account.read("/account/ledger", limit=1)["nextCursor"]
    assert [line["amount"] for line in ledger(account)] == [100]
    answer = account.get("/account/ledger", cursor=cursor)
    assert answer.status == 400 or [line["amount"] for line in answer.json()["items"]] in ([], [100])


@pytest.mark.parametrize(
    ("query", "code"),
    [({"limit": 0}, "invalid_limit"), ({"limit": 101}, "invalid_limit"), ({"cursor": "x"}, "invalid_cursor")],
)
def test_a_bad_page_of_the_ledger_is_a_400(shared_account, query, code):
    assert_refused(shared_account.get("/account/ledger", **query), 400, code)
