"""One delivery is sent again: the same `webhook-id` and body, the current URL, headers and secret."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from standardwebhooks import Webhook as Verifier

import completions
from accounts import Account
from edits import carries, custom, lacks, press_test, rotated_secret
from receiver import OK, Http
from refusals import assert_refused
from tables import claim_run

UNKNOWN_DELIVERY = "msg_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"


def resend(account: Account, webhook, delivery_id: str):
    return account.post(f"{webhook.path}/deliveries/{delivery_id}/resend", {})


def delivered(account, dialer, receiver):
    """One delivery at `receiver`."""
    before = len(receiver.requests)
    dialer.send(completions.of_elsewhere(account, recipient=completions.RECIPIENT, **completions.RESULTS))
    return receiver.await_requests(before + 1)[-1]


def test_a_resent_delivery_has_the_same_id_and_body_and_goes_where_the_webhook_points_now(account, dialer, receivers):
    before, after = receivers.receiver(), receivers.receiver()
    old, new = custom("X-Key"), custom("X-Key", "X-System")
    webhook = account.outbound(before.url, headers=old)
    first = delivered(account, dialer, before)
    account.attempts_of(webhook)
    account.edit(webhook.path, url=after.url, headers=new)
    secret = rotated_secret(account, webhook, overlapSeconds=0)

    answer = resend(account, webhook, first.headers["webhook-id"])
    assert (answer.status, answer.json()) == (202, {"deliveryId": first.headers["webhook-id"]})
    second = after.await_request()
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.body == first.body
    assert carries(second, new) and lacks(second, [{"name": "X-Old", "value": old[0]["value"]}])
    Verifier(secret).verify(second.body, second.headers)
    assert len(before.requests) == 1


def test_a_resends_attempts_begin_anew_beside_the_old_ones(account, dialer, receivers):
    receiver = receivers.receiver(OK, OK, Http(500))
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook, 1)
    for n in (2, 3):
        assert resend(account, webhook, delivery_id).status == 202
        account.attempts_of(webhook, n)
    rows = account.attempts_of(webhook, 3)
    assert {row["deliveryId"] for row in rows} == {delivery_id}
    assert len({row["callId"] for row in rows}) == 1 and rows[0]["callId"]
    assert [row["attempt"] for row in rows] == [1, 1, 1]
    assert len({row["id"] for row in rows}) == 3
    assert [row["outcome"] for row in rows] == ["failed", "succeeded", "succeeded"]
    assert rows[0]["nextAttemptAt"] and not any(row["test"] for row in rows)


def test_a_get_delivery_is_resent_with_the_same_query(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url, method="GET")
    first = delivered(account, dialer, receiver)
    account.attempts_of(webhook)
    resend(account, webhook, first.headers["webhook-id"])
    second = receiver.await_requests(2)[1]
    assert (second.method, second.target, second.headers["webhook-id"]) == (
        "GET",
        first.target,
        first.headers["webhook-id"],
    )


def test_a_response_webhooks_delivery_is_resent_as_call_completed(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    first = receiver.await_request()
    account.attempts_of(webhook)
    assert resend(account, webhook, first.headers["webhook-id"]).status == 202
    second = receiver.await_requests(2)[1]
    assert (second.body, second.headers["webhook-id"]) == (first.body, first.headers["webhook-id"])
    assert b'"call.completed"' in second.body


def test_a_resend_asked_for_twice_before_it_was_made_is_made_once(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver(OK, Http(200, delay=1.0))
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook)
    for _ in range(2):
        assert resend(account, webhook, delivery_id).status == 202
    account.attempts_of(webhook, 2)
    all_delivered()
    assert len(receiver.requests) == 2
    assert len(account.attempts_of(webhook, 2)) == 2


@pytest.mark.parametrize("claimed_ago", [0, 60])
def test_a_resend_whose_request_died_before_it_was_queued_is_made_when_it_is_asked_for_again(
    account, stack, dialer, receivers, claimed_ago
):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook)
    claim_run(stack, delivery_id, "r1", claimed_ago)
    assert resend(account, webhook, delivery_id).status == 202
    rows = account.attempts_of(webhook, 2)
    assert {row["id"] for row in rows} == {f"{delivery_id}.01", f"{delivery_id}.r1.01"}


def test_resends_at_the_same_moment_are_one(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver(OK, Http(200, delay=2.0))
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: resend(account, webhook, delivery_id), range(4)))
    assert [answer.status for answer in answers] == [202] * 4
    account.attempts_of(webhook, 2)
    all_delivered()
    assert len(receiver.requests) == 2


def test_a_resend_leaves_every_other_delivery_alone(account, dialer, receivers, all_delivered):
    receiver, other = receivers.receiver(), receivers.receiver()
    webhook = account.outbound(receiver.url)
    account.outbound(other.url)
    first, second = delivered(account, dialer, receiver), delivered(account, dialer, receiver)
    account.attempts_of(webhook, 2)
    resend(account, webhook, second.headers["webhook-id"])
    all_delivered()
    assert [request.headers["webhook-id"] for request in receiver.requests] == [
        request.headers["webhook-id"] for request in (first, second, second)
    ]
    assert len(other.requests) == 2


# refused


@pytest.fixture(scope="module")
def delivery(api, dialer, receivers):
    """One delivery of an account, and a second webhook of it that has none."""
    account, receiver = Account.open(api), receivers.receiver()
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook)
    return account, webhook, delivery_id, receiver


def test_an_unknown_delivery_is_a_404(delivery):
    account, webhook, _, _ = delivery
    for delivery_id in (UNKNOWN_DELIVERY, "nonsense", "%20", "msg_" + "a" * 2_000):
        assert_refused(resend(account, webhook, delivery_id), 404, "not_found")


def test_a_delivery_of_another_webhook_is_a_404(delivery, receivers):
    account, _, delivery_id, _ = delivery
    other = account.outbound(receivers.receiver().url)
    assert_refused(resend(account, other, delivery_id), 404, "not_found")


def test_another_account_cannot_resend_a_delivery(delivery, account, receivers):
    owner, webhook, delivery_id, receiver = delivery
    assert_refused(resend(account, webhook, delivery_id), 404, "not_found")
    own = account.outbound(receivers.receiver().url)
    assert_refused(resend(account, own, delivery_id), 404, "not_found")
    assert len(owner.attempts_of(webhook)) == len(receiver.requests) == 1


def test_a_test_cannot_be_resent(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    press_test(account, webhook)
    (row,) = account.attempts_of(webhook)
    assert_refused(resend(account, webhook, row["deliveryId"]), 409, "test_delivery")
    assert len(receiver.requests) == 1


def test_a_disabled_webhook_resends_nothing(account, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    delivery_id = delivered(account, dialer, receiver).headers["webhook-id"]
    account.attempts_of(webhook)
    account.edit(webhook.path, status="disabled")
    assert_refused(resend(account, webhook, delivery_id), 409, "webhook_disabled")
    assert_refused(account.post(f"{webhook.path}/recover", {"since": "2024-01-01T00:00:00Z"}), 409, "webhook_disabled")
    assert len(receiver.requests) == 1


def test_a_removed_response_webhook_has_nowhere_to_resend_to(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    delivery_id = receiver.await_request().headers["webhook-id"]
    account.attempts_of(webhook)
    account.edit(webhook.path, responseWebhook=None)
    assert_refused(resend(account, webhook, delivery_id), 409, "no_response_webhook")
    assert_refused(
        account.post(f"{webhook.path}/recover", {"since": "2024-01-01T00:00:00Z"}), 409, "no_response_webhook"
    )
    assert len(receiver.requests) == 1
