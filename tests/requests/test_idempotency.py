"""A request repeated under one Idempotency-Key is one call, and is answered as the first time."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts import Account, unused_phone


def keyed(account, webhook, key: str, data: dict):
    return account.trigger(webhook, data, headers={"Idempotency-Key": key})


def test_a_repeat_of_an_idempotency_key_is_answered_as_the_first_time_without_a_second_call(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    answers = [keyed(account, webhook, key, data) for _ in range(3)]

    assert [(a.status, a.body) for a in answers] == [(201, b'{"success":true}')] * 3
    assert len(jobs.all_of(webhook)) == 1
    assert len(account.calls_of(campaign)) == 1
    assert account.credits() == 99


def test_eight_concurrent_requests_with_one_idempotency_key_are_one_call(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: keyed(account, webhook, key, data), range(8)))

    assert [(a.status, a.body) for a in answers] == [(201, b'{"success":true}')] * 8
    assert len(jobs.all_of(webhook)) == 1
    assert len(account.calls_of(campaign)) == 1
    assert account.credits() == 99


def test_an_idempotency_key_seen_with_another_body_is_a_422_and_logged_as_rejected(account, jobs):
    webhook = account.bound_webhook()
    key = str(uuid.uuid4())
    assert keyed(account, webhook, key, {"phoneNumber": unused_phone()}).status == 201

    answer = keyed(account, webhook, key, {"phoneNumber": unused_phone()})

    assert (answer.status, answer.json()["success"]) == (422, False)
    assert answer.error["code"] == "idempotency_key_reused"
    rows = account.requests_to(webhook, 2)
    assert sorted(row["outcome"] for row in rows) == ["accepted", "rejected"]
    (rejected,) = [row for row in rows if row["outcome"] == "rejected"]
    assert (rejected["statusCode"], rejected["reason"]) == (422, "idempotency_key_reused")
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99


def test_one_idempotency_key_on_two_webhooks_is_two_calls(account, jobs):
    first, second = account.bound_webhook(), account.bound_webhook()
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    assert [keyed(account, webhook, key, data).status for webhook in (first, second)] == [201, 201]

    assert len(jobs.all_of(first)) == len(jobs.all_of(second)) == 1
    assert account.credits() == 98


def test_two_idempotency_keys_are_two_calls(account, jobs):
    webhook = account.bound_webhook()
    data = {"phoneNumber": unused_phone()}
    for _ in range(2):
        assert keyed(account, webhook, str(uuid.uuid4()), data).status == 201
    assert len(jobs.all_of(webhook)) == 2


def test_the_same_request_twice_without_an_idempotency_key_is_two_calls(account, jobs):
    webhook = account.bound_webhook()
    data = {"phoneNumber": unused_phone()}
    for _ in range(2):
        assert account.trigger(webhook, data).status == 201
    assert len(jobs.all_of(webhook)) == 2


def test_a_repeat_after_the_credits_ran_out_is_still_the_first_call(api, jobs):
    account = Account.open(api, credits=1)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    for _ in range(2):
        assert keyed(account, webhook, key, data).status == 201

    assert [call["status"] for call in account.calls_of(campaign)] == ["queued"]
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 0


def test_a_repeat_of_a_cancelled_request_stays_cancelled(api, jobs):
    account = Account.open(api, credits=0)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    assert keyed(account, webhook, key, data).status == 201
    api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 5})
    assert keyed(account, webhook, key, data).status == 201

    assert [call["status"] for call in account.calls_of(campaign)] == ["cancelled"]
    assert jobs.all_of(webhook) == []
    assert account.credits() == 5


def test_an_idempotency_key_that_is_sent_twice_in_one_request_is_that_key(account, jobs):
    webhook = account.bound_webhook()
    key, data = str(uuid.uuid4()), {"phoneNumber": unused_phone()}

    # As API Gateway hands on two headers of one name.
    assert keyed(account, webhook, f"{key}, {key}", data).status == 201
    assert keyed(account, webhook, key, data).status == 201

    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99


def test_two_different_idempotency_keys_in_one_request_are_a_400(account, jobs):
    webhook = account.bound_webhook()
    answer = keyed(account, webhook, "one, two", {"phoneNumber": unused_phone()})
    assert (answer.status, answer.error["code"]) == (400, "invalid_idempotency_key")
    assert jobs.all_of(webhook) == []


@pytest.mark.parametrize("empty", ["", "  ", ","])
def test_an_idempotency_key_that_a_template_has_left_empty_is_a_400_and_logged_as_rejected(account, jobs, empty):
    webhook = account.bound_webhook()

    answer = keyed(account, webhook, empty, {"phoneNumber": unused_phone()})

    assert (answer.status, answer.error["code"]) == (400, "invalid_idempotency_key")
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["reason"]) == ("rejected", "invalid_idempotency_key")
    assert jobs.all_of(webhook) == []


def test_an_idempotency_key_may_have_255_bytes(account, jobs):
    webhook = account.bound_webhook()
    assert keyed(account, webhook, "k" * 255, {"phoneNumber": unused_phone()}).status == 201
    assert len(jobs.of(webhook)) == 1


@pytest.mark.parametrize("length", [256, 1000])
def test_an_idempotency_key_over_255_bytes_is_a_400_and_logged_as_rejected(account, jobs, length):
    webhook = account.bound_webhook()

    answer = keyed(account, webhook, "k" * length, {"phoneNumber": unused_phone()})

    assert (answer.status, answer.error["code"]) == (400, "invalid_idempotency_key")
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["reason"]) == ("rejected", "invalid_idempotency_key")
    assert jobs.all_of(webhook) == []
