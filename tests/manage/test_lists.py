"""Lists of the management API: newest first, in pages, whole."""

import pytest

from accounts import Account


@pytest.fixture(scope="module")
def busy(api):
    """An account with seven of everything."""
    account = Account.open(api)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    webhooks = [webhook.id, *(account.outbound("https://example.com/").id for _ in range(6))]
    campaigns = [campaign["id"], *(account.campaign()["id"] for _ in range(6))]
    for _ in range(7):
        account.trigger(webhook)
    requests = [row["id"] for row in account.requests_to(webhook, 7)]
    calls = [row["callId"] for row in account.requests_to(webhook, 7)]
    return account, {
        "/webhooks": webhooks[::-1],
        "/webhooks?direction=outbound": webhooks[:0:-1],
        "/campaigns": campaigns[::-1],
        f"/campaigns/{campaign['id']}/calls": calls,
        f"/webhooks/{webhook.id}/requests": requests,
    }


LISTS = range(5)


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("limit", [3, 7, 100])
def test_a_list_is_paged_newest_first_and_complete(busy, which, limit):
    account, lists = busy
    path, newest_first = list(lists.items())[which]
    query = {}
    if "?" in path:
        path, query = path.split("?")[0], {"direction": "outbound"}
    found, cursor = [], {}
    while True:
        page = account.read(path, limit=limit, **query, **cursor)
        assert set(page) == {"items", "nextCursor"} and len(page["items"]) <= limit
        found += [item["id"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert found == newest_first


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("limit", ["0", "-1", "101", "ten", "", "1.5"])
def test_a_limit_outside_1_to_100_is_a_400(busy, which, limit):
    account, lists = busy
    path = list(lists)[which].split("?")[0]
    answer = account.get(path, limit=limit)
    assert (answer.status, answer.error["code"]) == (400, "invalid_limit")


@pytest.mark.parametrize("which", LISTS)
@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "eyJpZCI6IndoXzEifQ", "💥", "A" * 500])
def test_a_cursor_that_is_not_ours_is_a_400(busy, which, cursor):
    account, lists = busy
    path = list(lists)[which].split("?")[0]
    answer = account.get(path, cursor=cursor)
    assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


def test_another_accounts_cursor_shows_nothing_of_that_account(busy, account):
    owner, _ = busy
    mine = account.inbound()
    cursor = owner.read("/webhooks", limit=3)["nextCursor"]
    answer = account.get("/webhooks", cursor=cursor)
    if answer.status == 400:
        assert answer.error["code"] == "invalid_cursor"
    else:
        assert {item["id"] for item in answer.json()["items"]} <= {mine.id}
