"""How deliveries went, hour by hour: counted when they are made, of a webhook and of all endpoints of an account."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

import completions
from accounts import Account, eventually
from edits import press_test
from receiver import OK, Bytes, Http
from refusals import assert_refused
from tables import count_hour, items_of

HANGS_UP = Bytes(b"")
NOTHING = {"succeeded": 0, "failed": 0, "errored": 0, "p50Ms": None, "p95Ms": None}
LATER = (("retry-after", "600"),)


def counted(account: Account, path: str, hours: int = 2) -> dict:
    """What is counted in the last hours: one that begins during the test is no harm."""
    rows = account.read(path, hours=hours)["hours"]
    return {name: sum(row[name] for row in rows) for name in ("succeeded", "failed", "errored")}


def await_counted(account: Account, path: str, **expected: int) -> None:
    expected = {"succeeded": 0, "failed": 0, "errored": 0, **expected}
    eventually(lambda: counted(account, path) == expected, f"{path} counts {expected}")


def deliver(account: Account, dialer, n: int = 1) -> None:
    for _ in range(n):
        dialer.send(completions.of_elsewhere(account))


def test_attempts_are_counted_by_their_outcome(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, LATER), HANGS_UP, OK).url)
    deliver(account, dialer)
    account.attempts_of(webhook)
    deliver(account, dialer)  # and again, five seconds later
    account.attempts_of(webhook, 3)
    await_counted(account, f"{webhook.path}/stats", succeeded=1, failed=1, errored=1)


def test_an_account_counts_all_its_endpoints_and_no_others(account, api, dialer, receivers):
    webhooks = [account.outbound(receivers.receiver().url) for _ in range(2)]
    stranger = Account.open(api)
    stranger.outbound(receivers.receiver().url)
    deliver(account, dialer, 2)
    deliver(stranger, dialer)
    for webhook in webhooks:
        await_counted(account, f"{webhook.path}/stats", succeeded=2)
    await_counted(account, "/stats", succeeded=4)
    await_counted(stranger, "/stats", succeeded=1)
    assert account.delete(webhooks[0].path).status == 204
    assert counted(account, "/stats")["succeeded"] == 4


def test_a_response_webhook_is_counted_under_its_webhook(account, jobs, dialer, receivers):
    webhook = account.bound_webhook(responseWebhook={"url": receivers.receiver().url})
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job))
    await_counted(account, f"{webhook.path}/stats", succeeded=1)


def test_tests_and_deliveries_that_end_without_an_attempt_are_not_counted(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, LATER)).url)
    deliver(account, dialer)
    (row,) = account.attempts_of(webhook)
    press_test(account, webhook)
    account.delete(f"/calls/{row['callId']}")
    assert account.post(f"{webhook.path}/deliveries/{row['deliveryId']}/resend", {}).status == 202
    account.attempts_of(webhook, 3)
    # One more is counted after all of them.
    deliver(account, dialer)
    account.attempts_of(webhook, 4)
    await_counted(account, f"{webhook.path}/stats", failed=2)


@pytest.mark.parametrize("hours", [1, 2, 24, 168])
def test_every_hour_of_the_range_is_there_oldest_first(account, dialer, receivers, hours):
    webhook = account.outbound(receivers.receiver().url)
    deliver(account, dialer)
    await_counted(account, f"{webhook.path}/stats", succeeded=1)
    for path in (f"{webhook.path}/stats", "/stats"):
        answer = account.read(path, hours=hours)
        assert answer["complete"]
        rows = answer["hours"]
        begins = [datetime.fromisoformat(row["hour"]) for row in rows]
        assert len(rows) == hours
        assert all(later - earlier == timedelta(hours=1) for earlier, later in itertools.pairwise(begins))
        now = datetime.now(UTC)
        assert now - timedelta(hours=1, minutes=1) < begins[-1] <= now
        assert all({**row, "hour": None} == {**NOTHING, "hour": None} for row in rows[:-2])
        assert sum(row["succeeded"] for row in rows[-2:]) == 1 or hours == 1


def test_a_day_is_the_default(account):
    assert len(account.read("/stats")["hours"]) == 24


def test_percentiles_are_near_to_what_the_log_says(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(*[Http(delay=0.2)] * 3, Http(delay=1.0), OK).url)
    for n in range(1, 5):
        deliver(account, dialer)
        account.attempts_of(webhook, n)
    await_counted(account, f"{webhook.path}/stats", succeeded=4)
    took = sorted(row["durationMs"] for row in account.attempts_of(webhook, 4))
    rows = [row for row in account.read(f"{webhook.path}/stats", hours=2)["hours"] if row["succeeded"]]
    near = lambda told: [exact for exact in took if abs(told - exact) <= exact / 5]  # noqa: E731 - of this test
    # An hour may begin meanwhile; the slowest attempt is in one of them.
    assert near(max(row["p95Ms"] for row in rows)) == took[-1:]
    assert all(near(row["p50Ms"]) for row in rows)


def test_a_weeks_hours_are_read_of_counters_that_are_there(account, stack, receivers):
    """Written as `deliver` writes them: nobody waits a week."""
    webhook = account.outbound(receivers.receiver().url)
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    for ago in range(170):
        count_hour(stack, account.id, webhook.id, now - timedelta(hours=ago), succeeded=ago + 1, d7=ago + 1)
    for path in (f"{webhook.path}/stats", "/stats"):
        rows = account.read(path, hours=168)["hours"]
        assert len(rows) == 168
        by_age = [row["succeeded"] for row in reversed(rows)]
        steps = {older - newer for newer, older in itertools.pairwise(by_age)}
        assert steps <= {1} or (by_age[0] == 0 and by_age[1:] == list(range(1, 168))), "an hour has begun meanwhile"
        assert {row["p50Ms"] for row in rows[:-1]} == {76}


def test_a_counter_is_small_and_expires_and_names_nobody(account, dialer, stack, receivers):
    webhook = account.outbound(receivers.receiver().url)
    deliver(account, dialer)
    await_counted(account, f"{webhook.path}/stats", succeeded=1)
    items = items_of(stack, "DeliveryLogs", deliveryId=account.id)
    (item,) = [item for item in items if item["attemptKey"]["S"].startswith("stats#")]
    assert set(item) - {"deliveryId", "attemptKey", "succeeded", "expiresAt"} <= {f"d{n}" for n in range(23)}
    left = timedelta(seconds=float(item["expiresAt"]["N"]) - datetime.now(UTC).timestamp())
    assert timedelta(days=7, hours=23) - timedelta(minutes=1) < left + timedelta(hours=1) <= timedelta(days=8, hours=1)


@pytest.mark.parametrize("bad", ["", "0", "169", "-1", "1.5", "day"])
def test_other_ranges_are_a_400(account, receivers, bad):
    webhook = account.outbound(receivers.receiver().url)
    for path in (f"{webhook.path}/stats", "/stats"):
        answer = account.get(path, hours=bad)
        assert_refused(answer, 400, "invalid_hours")
        assert answer.error["field"] == "hours"
