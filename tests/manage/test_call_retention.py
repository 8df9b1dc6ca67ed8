"""Calls that do not stay for ever: DynamoDB deletes them by their `expiresAt`, which both of their writers set."""

import pytest

import completions
from accounts import Account, unused_phone
from faults import reconfigured
from refusals import assert_refused
from tables import items_of

DAY_S = 24 * 60 * 60
DAYS = 45


@pytest.fixture
def kept_for_some_days(stack):
    with (
        reconfigured(stack, "Inbound", CALL_RETENTION_DAYS=str(DAYS)),
        reconfigured(stack, "Fanout", CALL_RETENTION_DAYS=str(DAYS)),
    ):
        yield


def stored(stack, call_id: str) -> dict:
    (item,) = items_of(stack, "Calls", id=call_id)
    return item


def days_kept(item: dict) -> float:
    return (int(item["expiresAt"]["N"]) - int(item["createdAt"]["N"]) / 1000) / DAY_S


def test_a_call_stays_for_ever_unless_the_deployment_says_otherwise(account, stack, jobs, dialer):
    call_id = account.test_call(account.campaign()).json()["callId"]
    assert "expiresAt" not in stored(stack, call_id)
    dialer.send(completions.of_job(jobs.of_call(call_id)))
    account.settled(call_id)
    assert "expiresAt" not in stored(stack, call_id)


def test_a_call_expires_so_many_days_after_it_was_recorded_whatever_becomes_of_it(
    account, stack, jobs, dialer, kept_for_some_days
):
    call_id = account.test_call(account.campaign()).json()["callId"]
    assert days_kept(stored(stack, call_id)) == pytest.approx(DAYS, abs=0.001)
    dialer.send(completions.of_job(jobs.of_call(call_id), **completions.RESULTS))
    account.settled(call_id)
    assert days_kept(stored(stack, call_id)) == pytest.approx(DAYS, abs=0.001)


def test_a_call_that_was_not_placed_goes_with_the_log_when_that_is_earlier(api, stack, kept_for_some_days):
    account = Account.open(api, credits=0)
    webhook = account.bound_webhook()
    account.trigger(webhook, {"phoneNumber": unused_phone()})
    item = stored(stack, account.last_request_to(webhook)["callId"])
    assert days_kept(item) == pytest.approx(30, abs=0.001)


def test_a_delivery_whose_call_is_gone_ends_with_the_reason(account, stack, jobs, dialer, receivers):
    endpoint = receivers.receiver()
    outbound = account.outbound(endpoint.url)
    call_id = account.test_call(account.campaign()).json()["callId"]
    dialer.send(completions.of_job(jobs.of_call(call_id)))
    (first,) = account.attempts_of(outbound)
    # What the TTL does.
    table = stack.client("dynamodb")
    table.delete_item(TableName=stack.physical_ids["Calls"], Key={"id": {"S": call_id}})

    assert_refused(account.get(f"/calls/{call_id}"), 404, "not_found")
    assert account.post(f"{outbound.path}/deliveries/{first['deliveryId']}/resend", {}).status == 202
    row, _ = account.attempts_of(outbound, 2)
    assert (row["outcome"], row["error"]["code"], row["nextAttemptAt"]) == ("errored", "call_erased", None)
    assert len(endpoint.requests) == 1
