"""Every delivery that failed since a moment is sent again, and nothing else is."""

import threading
import uuid
from datetime import UTC, datetime, timedelta

import pytest

import completions
from accounts import Account
from edits import press_test
from receiver import OK, Http
from refusals import assert_refused
from tables import items_of

GONE = Http(410)
# More than one page of the log, of its queries and of a batch of messages.
MANY = 130


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ago(**time) -> str:
    return (datetime.now(UTC) - timedelta(**time)).isoformat().replace("+00:00", "Z")


class GoneForAll:
    """Says 410 Gone once as many requests are here as are expected: the first such answer disables the webhook."""

    def __init__(self, expected: int):
        self._all_are_here = threading.Barrier(expected)

    def play(self, handler, closing) -> None:
        self._all_are_here.wait(timeout=8)
        GONE.play(handler, closing)


class Failing:
    """An outbound webhook whose deliveries end without success whenever its endpoint is gone."""

    def __init__(self, api, receivers, dialer, all_delivered):
        self.account = Account.open(api)
        self._receivers, self._dialer, self._all_delivered = receivers, dialer, all_delivered
        self.webhook = self.account.outbound(receivers.receiver().url)

    def move_to(self, *script):
        """The webhook, enabled, at an endpoint of its own."""
        receiver = self._receivers.receiver(*script)
        self.account.edit(self.webhook.path, url=receiver.url, status="enabled")
        return receiver

    def deliver(self, n: int, *script) -> set[str]:
        """The ids of `n` new deliveries."""
        before = {row["deliveryId"] for row in self.rows()}
        self.move_to(*script)
        self._dialer.send(*(completions.of_elsewhere(self.account, **completions.RESULTS) for _ in range(n)))
        self._all_delivered()
        return {row["deliveryId"] for row in self.account.attempts_of(self.webhook, len(before) + n)} - before

    def rows(self) -> list[dict]:
        return self.account.read(f"{self.webhook.path}/deliveries", limit=100)["items"]

    def recover(self, since: str) -> int:
        return self.recovered(since=since)["count"]

    def recovered(self, **asked) -> dict:
        answer = self.account.post(f"{self.webhook.path}/recover", asked)
        assert answer.status == 202, answer
        assert (answer.json()["complete"], answer.json()["until"]) == (True, None), answer
        return answer.json()


@pytest.fixture
def failing(api, receivers, dialer, all_delivered) -> Failing:
    return Failing(api, receivers, dialer, all_delivered)


def ids_at(receiver) -> list[str]:
    return [request.headers["webhook-id"] for request in receiver.requests]


def test_only_what_failed_is_sent_again_once_with_the_same_id(failing, all_delivered):
    failing.deliver(2, OK)
    failed = failing.deliver(3, GoneForAll(3))
    bodies = {row["deliveryId"]: row["callId"] for row in failing.rows()}
    receiver = failing.move_to(OK)
    press_test(failing.account, failing.webhook)
    tests = len(receiver.requests)

    assert failing.recover(ago(minutes=5)) == len(failed) == 3
    all_delivered()
    recovered = receiver.requests[tests:]
    assert sorted(request.headers["webhook-id"] for request in recovered) == sorted(failed)
    for request in recovered:
        assert bodies[request.headers["webhook-id"]].encode() in request.body
    assert failing.recover(ago(minutes=5)) == 0
    all_delivered()
    assert len(receiver.requests) == tests + 3


def test_a_recovery_asked_for_again_before_it_was_made_sends_nothing_twice(failing, all_delivered):
    failed = failing.deliver(3, GoneForAll(3))
    receiver = failing.move_to(Http(200, delay=1.0))
    counts = [failing.recover(ago(minutes=5)) for _ in range(3)]
    assert counts[0] == 3
    all_delivered()
    assert sorted(ids_at(receiver)) == sorted(failed)
    rows = [row for row in failing.rows() if row["outcome"] == "succeeded"]
    assert sorted(row["deliveryId"] for row in rows) == sorted(failed)


def test_only_what_failed_since_the_moment_is_sent_again(failing, all_delivered):
    before = failing.deliver(1, GONE)
    moment = now()
    after = failing.deliver(1, GONE)
    receiver = failing.move_to(OK)
    assert failing.recover(ago(minutes=-5)) == 0
    assert failing.recover(moment) == 1
    all_delivered()
    assert set(ids_at(receiver)) == after
    assert failing.recover(ago(minutes=5)) == 1
    all_delivered()
    assert set(ids_at(receiver)) == before | after and len(receiver.requests) == 2


def test_a_recovery_goes_on_before_a_moment_which_does_not_belong_to_it(failing, all_delivered):
    failed = failing.deliver(1, GONE)
    (row,) = failing.rows()
    receiver = failing.move_to(OK)
    begun = datetime.fromisoformat(row["timestamp"])
    just_after = (begun + timedelta(milliseconds=1)).isoformat()
    since = ago(minutes=5)
    assert failing.recovered(since=since, until=row["timestamp"])["count"] == 0
    assert failing.recovered(since=just_after, until=since)["count"] == 0
    assert failing.recovered(since=row["timestamp"], until=just_after)["count"] == 1
    all_delivered()
    assert set(ids_at(receiver)) == failed
    # The answer's own `null` may be sent back.
    assert failing.recovered(since=since, until=None)["count"] == 0


def test_what_is_still_retried_is_not_sent_again(failing):
    failing.deliver(1, Http(503, (("retry-after", "3600"),)))
    receiver = failing.move_to(OK)
    assert failing.recover(ago(minutes=5)) == 0
    assert receiver.requests == []


def test_a_failed_test_is_not_sent_again(failing):
    receiver = failing.move_to(Http(500))
    press_test(failing.account, failing.webhook)
    assert failing.recover(ago(minutes=5)) == 0
    assert len(receiver.requests) == 1


def test_what_fails_again_can_be_recovered_again(failing, all_delivered):
    failed = failing.deliver(1, GONE)
    failing.move_to(GONE)
    assert failing.recover(ago(minutes=5)) == 1
    all_delivered()
    receiver = failing.move_to(OK)
    assert failing.recover(ago(minutes=5)) == 1
    all_delivered()
    assert set(ids_at(receiver)) == failed and len(receiver.requests) == 1


def test_a_response_webhooks_failures_are_recovered_too(account, jobs, dialer, receivers, all_delivered):
    gone, receiver = receivers.receiver(GONE), receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": gone.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0], **completions.RESULTS))
    account.attempts_of(webhook)
    refused = account.post(f"{webhook.path}/recover", {"since": ago(minutes=5)})
    assert_refused(refused, 409, "webhook_disabled")
    account.edit(webhook.path, responseWebhook={"url": receiver.url, "status": "enabled"})
    assert account.post(f"{webhook.path}/recover", {"since": ago(minutes=5)}).json()["count"] == 1
    all_delivered()
    assert [request.body for request in receiver.requests] == [request.body for request in gone.requests]


def test_a_moment_may_be_written_in_any_time_zone(failing):
    failing.deliver(1, GONE)
    failing.move_to(OK)
    moment = datetime.now(UTC) + timedelta(minutes=5)
    elsewhere = moment.astimezone(datetime.strptime("-0700", "%z").tzinfo)
    assert failing.recover(elsewhere.isoformat()) == 0
    assert failing.recover((elsewhere - timedelta(minutes=10)).isoformat()) == 1


def test_more_than_a_page_is_recovered_in_one_run(failing, stack, all_delivered):
    (original,) = failing.deliver(1, GONE)
    copies = copies_of(stack, original, MANY)
    receiver = failing.move_to(OK)
    assert failing.recover(ago(minutes=5)) == MANY + 1
    receiver.await_requests(MANY + 1)
    all_delivered()
    assert sorted(ids_at(receiver)) == sorted(copies | {original})
    assert failing.recover(ago(minutes=5)) == 0


def copies_of(stack, delivery_id: str, n: int) -> set[str]:
    """`n` more deliveries with the same log as this one, written into the table."""
    (row,) = items_of(stack, "DeliveryLogs", deliveryId=delivery_id)
    copied = [f"msg_{uuid.uuid4().hex}" for _ in range(n)]

    def put(copy: str) -> dict:
        item = {name: {"S": text.replace(delivery_id, copy)} for name, value in row.items() if (text := value.get("S"))}
        return {"PutRequest": {"Item": {**row, **item}}}

    table = stack.physical_ids["DeliveryLogs"]
    for start in range(0, n, 25):  # as many as BatchWriteItem takes
        requests = [put(copy) for copy in copied[start : start + 25]]
        answer = stack.client("dynamodb").batch_write_item(RequestItems={table: requests})
        assert not answer["UnprocessedItems"]
    return set(copied)
