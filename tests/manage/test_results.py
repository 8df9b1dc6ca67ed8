"""The results of a campaign's calls: by status and by warmth, in the list and in full."""

import pytest

import completions
from accounts import Account, unused_phone
from refusals import assert_refused

STATUSES = ["queued", "cancelled", "finished", "missed", "failed"]
# What a call shows by itself and not in a list, where it has nothing of it.
NOTHING_CARRIED = dict.fromkeys(["metadata", "variables", "extracted"])
WARMTHS = ["hot", "warm", "cold", "dead", "unknown"]
# status and warmth of each call, oldest first; a warmth of None is a call without an analysis
STORY = [
    ("finished", "hot"),
    ("finished", "cold"),
    ("missed", "unknown"),
    ("finished", "hot"),
    ("failed", None),
    ("finished", "warm"),
    ("missed", None),
    ("finished", "dead"),
    ("queued", None),
    ("cancelled", None),
]


@pytest.fixture(scope="module")
def campaign(api, jobs, dialer):
    """A campaign with one call of each line of the story; the account's credits end with it."""
    calls_that_cost = [status for status, _ in STORY if status not in ("failed", "cancelled")]
    account = Account.open(api, credits=len(calls_that_cost))
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    for status, warmth in STORY:
        phone = unused_phone()
        assert account.trigger(webhook, {"phoneNumber": phone}).status == 201
        if status in ("queued", "cancelled"):
            continue
        results = {"analysis": {**completions.RESULTS["analysis"], "lead_warmth": warmth}} if warmth else {}
        dialer.send(completions.of_job(jobs.to(webhook, "phoneNumber", phone), status, tokensConsumed=1, **results))
        account.settled(jobs.to(webhook, "phoneNumber", phone)["callId"])
    return account, campaign


def listed(account: Account, campaign: dict, **query) -> list[dict]:
    """Every call that the list has, over all of its pages."""
    found, cursor = [], {}
    while True:
        page = account.read(f"/campaigns/{campaign['id']}/calls", **query, **cursor)
        assert len(page["items"]) <= query.get("limit", 50)
        found += page["items"]
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


def told(call: dict) -> tuple[str, str | None]:
    return call["status"], (call["analysis"] or {}).get("lead_warmth")


def newest_first(matches) -> list[tuple[str, str | None]]:
    return [line for line in reversed(STORY) if matches(*line)]


def test_the_list_is_newest_first(campaign):
    assert [told(call) for call in listed(*campaign)] == STORY[::-1]


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("wanted", STATUSES)
def test_calls_are_listed_by_status(campaign, wanted, limit):
    found = listed(*campaign, status=wanted, limit=limit)
    assert [told(call) for call in found] == newest_first(lambda status, _: status == wanted)


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("wanted", WARMTHS)
def test_calls_are_listed_by_warmth(campaign, wanted, limit):
    found = listed(*campaign, warmth=wanted, limit=limit)
    assert [told(call) for call in found] == newest_first(lambda _, warmth: warmth == wanted)


def test_both_filters_hold_at_once(campaign):
    assert [told(call) for call in listed(*campaign, status="finished", warmth="hot")] == [("finished", "hot")] * 2
    assert listed(*campaign, status="missed", warmth="hot") == []


@pytest.mark.parametrize("query", [{"status": "hot"}, {"status": ""}, {"status": "Finished"}, {"status": "x" * 3_000}])
def test_an_unknown_status_is_a_400(campaign, query):
    account, one = campaign
    assert_refused(account.get(f"/campaigns/{one['id']}/calls", **query), 400, "invalid_status", "status")


@pytest.mark.parametrize("query", [{"warmth": "lukewarm"}, {"warmth": ""}, {"warmth": "Hot"}, {"warmth": "💥"}])
def test_an_unknown_warmth_is_a_400(campaign, query):
    account, one = campaign
    assert_refused(account.get(f"/campaigns/{one['id']}/calls", **query), 400, "invalid_warmth", "warmth")


def test_a_call_is_shown_with_everything_that_came_of_it(account, jobs, dialer):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    account.trigger(webhook, completions.RECIPIENT)
    (job,) = jobs.of(webhook)
    completion = completions.of_job(job, **{**completions.RESULTS, "tokensConsumed": 3})
    dialer.send(completion)
    account.settled(job["callId"])
    detail = account.call(job["callId"])
    for name in ("summary", "transcript", "recording", "duration", "analysis", "actionItems", "tokensConsumed"):
        assert detail[name] == completion[name]
    assert detail["recipient"] == completions.RECIPIENT
    assert detail["campaign"] == {"id": campaign["id"], "name": campaign["name"]}
    (row,) = account.calls_of(campaign)
    without_note = {name: value for name, value in completions.RECIPIENT.items() if name != "note"}
    assert {**row, "transcript": completion["transcript"], "notes": [], "erasedAt": None, **NOTHING_CARRIED} == {
        **detail,
        "recipient": without_note,
    }
