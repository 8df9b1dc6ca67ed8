"""A campaign's test call: its owner hears the prompt before a lead does."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from jsonschema import Draft202012Validator

import completions
from accounts import Account, unused_phone
from bodies import NO_TEXT
from faults import gone, reconfigured
from refusals import assert_refused
from schemas import schema_of
from tables import items_of

UNKNOWN = "cmp_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"
TEXTS = sorted(completions.RECIPIENT.keys() - {"phoneNumber"})


def placed(answer) -> str:
    """The id of the test call that was answered for."""
    assert answer.status == 202, answer
    assert set(answer.json()) == {"callId"}
    return answer.json()["callId"]


def of_test_job(job: dict, **results) -> dict:
    """The completion of a test call, with the job's own source as the contract asks for it."""
    campaign = {name: job["campaign"][name] for name in ("id", "name")}
    return {
        **completions.of_job(job, **results),
        "source": job["source"],
        "campaign": campaign,
        "recipient": {"phoneNumber": job["recipient"]["phoneNumber"]},
    }


@pytest.mark.parametrize("status", ["draft", "paused", "active"])
def test_a_campaign_with_a_prompt_can_be_tested_whatever_its_status(account, jobs, status):
    campaign = account.campaign(status=status, voice="alloy-warm")
    recipient = {**completions.RECIPIENT, "phoneNumber": unused_phone()}

    call_id = placed(account.test_call(campaign, recipient))

    job = jobs.of_call(call_id)
    assert list(Draft202012Validator(schema_of("call-job.v1")).iter_errors(job)) == []
    assert (job["source"], job["recipient"], job["accountId"]) == ("test", recipient, account.id)
    assert (job["campaign"]["id"], job["campaign"]["voice"]) == (campaign["id"], "alloy-warm")
    assert "webhookId" not in job
    call = account.call(call_id)
    assert (call["source"], call["status"], call["webhookId"]) == ("test", "queued", None)
    assert [listed["id"] for listed in account.calls_of(campaign)] == [call_id]


def test_a_test_call_names_the_webhook_that_its_campaign_is_bound_to_and_is_none_of_its_requests(account, jobs):
    webhook = account.inbound()
    call_id = placed(account.test_call(account.campaign(webhook)))
    assert jobs.of_call(call_id)["webhookId"] == webhook.id
    assert account.read(f"{webhook.path}/requests")["items"] == []


def test_a_number_is_read_as_at_the_inbound_url_and_a_blank_text_is_absent(account, jobs):
    call_id = placed(account.test_call(account.campaign(), {"phoneNumber": "(555) 765-4321", "note": " "}))
    assert jobs.of_call(call_id)["recipient"] == {"phoneNumber": "+15557654321"}


def test_a_test_call_reserves_a_credit_which_its_completion_settles(api, jobs, dialer):
    account = Account.open(api, credits=5)
    call_id = placed(account.test_call(account.campaign()))
    assert account.credits() == 4

    dialer.send(of_test_job(jobs.of_call(call_id), tokensConsumed=2))

    assert account.settled(call_id)["tokensConsumed"] == 2
    assert account.credits() == 3
    kinds = [(line["kind"], line["amount"]) for line in account.read("/account/ledger")["items"] if line["callId"]]
    assert sorted(kinds) == [("reserved", -1), ("settled", -1)]


def test_outbound_webhooks_are_told_of_a_test_call_and_no_response_webhook_is(
    account, jobs, dialer, receivers, all_delivered
):
    response, endpoint = receivers.receiver(), receivers.receiver()
    account.outbound(endpoint.url)
    webhook = account.inbound(responseWebhook={"url": response.url})
    call_id = placed(account.test_call(account.campaign(webhook)))

    dialer.send(of_test_job(jobs.of_call(call_id), **completions.RESULTS))

    (told,) = endpoint.await_requests(1)
    assert json.loads(told.body)["type"] == "call.finished"
    all_delivered()
    assert response.requests == []


def test_a_completion_that_calls_the_source_inbound_settles_the_test_call_too(account, jobs, dialer):
    call_id = placed(account.test_call(account.campaign()))
    dialer.send(completions.of_job(jobs.of_call(call_id)))
    assert (account.settled(call_id)["status"], account.call(call_id)["source"]) == ("finished", "test")


def test_a_campaign_without_a_prompt_cannot_be_tested_until_it_has_one(account):
    campaign = account.campaign(prompt=None)
    before = account.credits()
    assert_refused(account.test_call(campaign), 409, "no_prompt")
    assert (account.credits(), account.calls_of(campaign)) == (before, [])
    account.edit(f"/campaigns/{campaign['id']}", prompt="Say hello.")
    placed(account.test_call(campaign))


def test_of_test_calls_for_the_last_credit_one_is_placed_and_the_others_leave_nothing(api):
    account = Account.open(api, credits=1)
    campaign = account.campaign()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: account.test_call(campaign), range(4)))
    refused = [answer for answer in answers if answer.status != 202]
    assert len(refused) == 3
    for answer in refused:
        assert_refused(answer, 409, "insufficient_funds")
    assert (account.credits(), len(account.calls_of(campaign))) == (0, 1)


def test_a_campaign_of_another_account_is_not_found(api, account):
    foreign = Account.open(api).campaign()
    for campaign in (foreign, {"id": UNKNOWN}, {"id": "wh_1"}):
        assert_refused(account.test_call(campaign), 404, "not_found")


def test_other_methods_are_a_405(account):
    path = f"/campaigns/{account.campaign()['id']}/test-call"
    for answer in (account.get(path), account.patch(path, {}), account.delete(path)):
        assert_refused(answer, 405, "method_not_allowed")
        assert answer.headers["allow"] == "POST"


REFUSED_PHONES = {
    "missing_field": [None],
    "invalid_field": [*NO_TEXT, "", "  ", "5" * 4_097],
    "invalid_phone_number": ["call me", "+1555", "555 123"],
    "phone_number_with_extension": ["+1 555 123 4567 ext. 22"],
    "phone_number_with_letters": ["1-800-FLOWERS"],
    "several_phone_numbers": ["+15551234567 / +15557654321"],
}


@pytest.mark.parametrize("code", REFUSED_PHONES)
def test_a_phone_number_that_cannot_be_called_is_refused_at_its_field(shared_account, code):
    campaign = shared_account.campaign()
    for value in REFUSED_PHONES[code]:
        assert_refused(shared_account.test_call(campaign, {"phoneNumber": value}), 400, code, "phoneNumber")
    assert shared_account.calls_of(campaign) == []


@pytest.mark.parametrize("field", TEXTS)
def test_a_text_of_another_kind_or_without_end_is_refused_at_its_field(shared_account, field):
    campaign = shared_account.campaign()
    for value in [*NO_TEXT, "x" * 4_097]:
        answer = shared_account.test_call(campaign, {"phoneNumber": unused_phone(), field: value})
        assert_refused(answer, 400, "invalid_field", field)
    assert shared_account.calls_of(campaign) == []


def test_a_field_that_is_unknown_is_refused(account):
    answer = account.test_call(account.campaign(), {"phoneNumber": unused_phone(), "first_name": "Jane"})
    assert_refused(answer, 400, "unknown_field", "first_name")


def test_a_repeat_under_the_same_key_is_the_same_call_and_another_body_is_refused(account, jobs, all_relayed):
    campaign, other = account.campaign(), account.campaign()
    key, data = {"idempotency-key": "press-1"}, {"phoneNumber": unused_phone()}
    with ThreadPoolExecutor(4) as pool:
        ids = {placed(answer) for answer in pool.map(lambda _: account.test_call(campaign, data, **key), range(4))}
    assert len(ids) == 1
    assert_refused(account.test_call(campaign, {"phoneNumber": unused_phone()}, **key), 422, "idempotency_key_reused")
    assert placed(account.test_call(other, data, **key)) not in ids
    all_relayed()
    assert len(jobs.all_of_call(ids.pop())) == 1
    assert len(account.calls_of(campaign)) == 1


def test_a_key_that_is_none_is_refused_before_anything_is_recorded(account):
    campaign = account.campaign()
    for key in ("", "k" * 256, "k,l"):
        assert_refused(account.test_call(campaign, **{"idempotency-key": key}), 400, "invalid_idempotency_key")
    assert account.calls_of(campaign) == []


def test_a_test_call_whose_job_inbound_cannot_send_is_sent_by_the_relay(account, stack, jobs, all_relayed):
    campaign = account.campaign()
    with reconfigured(stack, "Inbound", CALL_JOBS_QUEUE_URL=gone(stack.call_jobs_queue_url)):
        call_id = placed(account.test_call(campaign))
    all_relayed()
    (job,) = jobs.all_of_call(call_id)
    assert (job["source"], job["campaign"]["id"]) == ("test", campaign["id"])


def test_when_the_credit_cannot_be_taken_nothing_is_recorded_and_the_answer_is_503(account, stack, jobs):
    campaign = account.campaign()
    before = account.credits()
    with reconfigured(stack, "Inbound", ACCOUNTS_TABLE="Gone"):
        answer = account.test_call(campaign)
    assert_refused(answer, 503, "temporarily_unavailable")
    assert (account.credits(), account.calls_of(campaign)) == (before, [])
    assert [line for line in items_of(stack, "Ledger", accountId=account.id) if line["kind"]["S"] == "reserved"] == []
