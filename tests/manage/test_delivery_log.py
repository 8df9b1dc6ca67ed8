"""The delivery log: attempts newest first, by outcome, page by page."""

import pytest

from accounts import Account
from edits import press_test
from receiver import OK, Bytes, Http

HANGS_UP = Bytes(b"")
# What the endpoint answers, oldest first.
STORY = [
    (OK, "succeeded"),
    (Http(500), "failed"),
    (HANGS_UP, "errored"),
    (Http(404), "failed"),
    (OK, "succeeded"),
    (Http(500), "failed"),
    (OK, "succeeded"),
]
OUTCOMES = ["succeeded", "failed", "errored"]


@pytest.fixture(scope="module")
def logged(api, receivers):
    """A webhook with one attempt of each line of the story, and a quiet one beside it."""
    account = Account.open(api)
    webhook = account.outbound(receivers.receiver(*(answer for answer, _ in STORY)).url)
    for _ in STORY:
        press_test(account, webhook)
    account.attempts_of(webhook, len(STORY))
    quiet = account.outbound(receivers.receiver().url)
    press_test(account, quiet)
    return account, webhook, quiet


def pages(account, webhook, **query) -> list[list[dict]]:
    pages, cursor = [], {}
    while True:
        page = account.read(f"{webhook.path}/deliveries", **query, **cursor)
        assert set(page) == {"items", "nextCursor"}
        pages.append(page["items"])
        if page["nextCursor"] is None:
            return pages
        cursor = {"cursor": page["nextCursor"]}


def test_the_log_is_newest_first(logged):
    account, webhook, _ = logged
    rows = account.read(f"{webhook.path}/deliveries")["items"]
    assert [row["outcome"] for row in rows] == [outcome for _, outcome in reversed(STORY)]
    times = [row["timestamp"] for row in rows]
    assert times == sorted(times, reverse=True)
    assert len({row["id"] for row in rows}) == len({row["deliveryId"] for row in rows}) == len(STORY)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("outcome", [None, *OUTCOMES])
def test_the_log_of_an_outcome_is_paged_newest_first_and_complete(logged, outcome, limit):
    account, webhook, _ = logged
    everything = account.read(f"{webhook.path}/deliveries")["items"]
    wanted = [row for row in everything if outcome in (None, row["outcome"])]
    found = pages(account, webhook, limit=limit, **({"outcome": outcome} if outcome else {}))
    assert all(len(page) <= limit for page in found)
    assert [row for page in found for row in page] == wanted


def test_an_outcome_that_never_was_is_an_empty_list(logged):
    account, _, quiet = logged
    assert account.read(f"{quiet.path}/deliveries", outcome="failed") == {"items": [], "nextCursor": None}


def test_a_webhooks_log_is_its_own(logged):
    account, webhook, quiet = logged
    assert len(account.read(f"{quiet.path}/deliveries")["items"]) == 1
    cursor = account.read(f"{webhook.path}/deliveries", limit=1)["nextCursor"]
    answer = account.get(f"{quiet.path}/deliveries", cursor=cursor)
    rows = answer.json().get("items", [])
    assert answer.status in (200, 400) and len(rows) <= 1
    assert all(row["deliveryId"] == account.attempts_of(quiet)[0]["deliveryId"] for row in rows)


@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "💥", "A" * 500])
def test_a_cursor_that_is_not_ours_is_a_400_with_a_filter_too(logged, cursor):
    account, webhook, _ = logged
    answer = account.get(f"{webhook.path}/deliveries", outcome="failed", cursor=cursor)
    assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


def test_a_disabled_webhook_keeps_its_log(api, receivers):
    account = Account.open(api)
    webhook = account.outbound(receivers.receiver().url)
    press_test(account, webhook)
    before = account.attempts_of(webhook)
    account.edit(webhook.path, status="disabled")
    assert account.attempts_of(webhook) == before
