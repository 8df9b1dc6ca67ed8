"""Lists of a period: both logs and a campaign's results, from a moment on and before another, page by page."""

import pytest

import completions
from accounts import Account
from edits import press_test
from receiver import OK, Http
from refusals import assert_refused

ROWS = 5
BAD_TIMES = ["", "yesterday", "2026-11-26", "1730179200", "1969-12-31T23:59:59Z", "2026-13-01T00:00:00Z"]


@pytest.fixture(scope="module")
def lists(api, receivers) -> tuple[Account, dict[str, tuple[str, str]]]:
    """An account with some rows in each list; of each list its path, and the name of its time."""
    account = Account.open(api)
    webhook, campaign = account.inbound(), account.campaign()
    account.edit(f"/campaigns/{campaign['id']}", webhookId=webhook.id)
    outbound = account.outbound(receivers.receiver(*[OK, Http(500)] * ROWS).url)
    for _ in range(ROWS):
        account.trigger(webhook)
        press_test(account, outbound)
    account.requests_to(webhook, ROWS)
    account.attempts_of(outbound, ROWS)
    return account, {
        "requests": (f"{webhook.path}/requests", "timestamp"),
        "deliveries": (f"{outbound.path}/deliveries", "timestamp"),
        "results": (f"/campaigns/{campaign['id']}/calls", "createdAt"),
    }


def all_pages(account: Account, path: str, **query) -> list[dict]:
    rows, cursor = [], {}
    for _ in range(2 * ROWS):
        page = account.read(path, **query, **cursor)
        rows += page["items"]
        if page["nextCursor"] is None:
            return rows
        cursor = {"cursor": page["nextCursor"]}
    raise AssertionError(f"the list has no end: {query}")


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("name", ["requests", "deliveries", "results"])
def test_a_period_has_its_first_moment_and_not_its_end(lists, name, limit):
    account, of = lists
    path, time = of[name]
    rows = account.read(path)["items"]
    assert len(rows) == ROWS
    newest, oldest = rows[1][time], rows[3][time]
    since = [row for row in rows if row[time] >= oldest]
    until = [row for row in rows if row[time] < newest]
    assert all_pages(account, path, limit=limit, since=oldest) == since
    assert all_pages(account, path, limit=limit, until=newest) == until
    between = [row for row in since if row in until]
    assert 0 < len(between) < ROWS
    assert all_pages(account, path, limit=limit, since=oldest, until=newest) == between
    assert all_pages(account, path, limit=limit, since=newest, until=oldest) == []
    assert all_pages(account, path, limit=limit, since=newest, until=newest) == []
    far = {"since": "1970-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}
    assert all_pages(account, path, limit=limit, **far) == rows


@pytest.mark.parametrize("name", ["requests", "deliveries", "results"])
def test_a_cursor_goes_on_behind_its_place_in_another_period(lists, name):
    account, of = lists
    path, time = of[name]
    rows = account.read(path)["items"]
    cursor = account.read(path, limit=2)["nextCursor"]
    assert account.read(path, cursor=cursor, until=rows[3][time])["items"] == rows[4:]
    assert account.read(path, cursor=cursor, since=rows[3][time])["items"] == rows[2:4]
    assert account.read(path, cursor=cursor, since=rows[0][time]) == {"items": [], "nextCursor": None}


def test_a_period_and_an_outcome_go_together(lists):
    account, of = lists
    path, time = of["deliveries"]
    rows = account.read(path)["items"]
    wanted = [row for row in rows[:4] if row["outcome"] == "failed"]
    assert wanted and all_pages(account, path, outcome="failed", since=rows[3][time], limit=1) == wanted


@pytest.mark.parametrize("bad", BAD_TIMES)
@pytest.mark.parametrize("parameter", ["since", "until"])
@pytest.mark.parametrize("name", ["requests", "deliveries", "results"])
def test_what_is_no_time_is_a_400_that_names_it(lists, name, parameter, bad):
    account, of = lists
    answer = account.get(of[name][0], **{parameter: bad})
    assert_refused(answer, 400, f"invalid_{parameter}")
    assert answer.error["field"] == parameter


def test_the_attempts_of_a_call_are_its_own(account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(OK, Http(500), OK).url)
    calls = [completions.of_elsewhere(account) for _ in range(2)]
    for call in calls:
        dialer.send(call)
    rows = account.attempts_of(webhook, 3)
    path = f"{webhook.path}/deliveries"
    for call in calls:
        own = [row for row in rows if row["callId"] == call["callId"]]
        for limit in (1, 100):
            assert own and all_pages(account, path, callId=call["callId"], limit=limit) == own
    (repeated,) = {row["callId"] for row in rows if row["outcome"] == "failed"}
    newest, oldest = [row for row in rows if row["callId"] == repeated]
    of_repeated = {"callId": repeated}
    assert all_pages(account, path, **of_repeated, outcome="failed") == [oldest]
    assert all_pages(account, path, **of_repeated, since=newest["timestamp"]) == [newest]
    assert all_pages(account, path, **of_repeated, until=newest["timestamp"]) == [oldest]


def test_a_call_without_a_delivery_here_has_no_attempts(account, api, dialer, receivers):
    webhook, stranger = account.outbound(receivers.receiver().url), Account.open(api)
    call = completions.of_elsewhere(account)
    dialer.send(call)
    account.attempts_of(webhook)
    theirs = stranger.outbound(receivers.receiver().url)
    for who, path, asked in (
        (stranger, theirs.path, call["callId"]),
        (account, account.outbound(receivers.receiver().url).path, call["callId"]),
        (account, webhook.path, completions.unknown_call_id()),
    ):
        assert who.read(f"{path}/deliveries", callId=asked) == {"items": [], "nextCursor": None}


def test_what_is_no_calls_id_is_a_400(lists):
    account, of = lists
    for bad in ("", "call.1", "a" * 101):
        assert_refused(account.get(of["deliveries"][0], callId=bad), 400, "invalid_call_id")
