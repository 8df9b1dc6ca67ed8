"""Lists of the management API: newest first, in pages, whole."""

import base64

import pytest

import completions
from accounts import Account, eventually, unused_phone


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


MOMENT = "1730179200000"


@pytest.mark.parametrize(
    "position",
    [
        "",
        "a",
        "#",
        "##",
        MOMENT,
        f"{MOMENT}#",
        f"{MOMENT}#call_1#01",
        "wh_ 1",
        f"x{MOMENT}#call_1",
        "é" * 40,
        "wh_" + "a" * 98,
    ],
)
@pytest.mark.parametrize("name", ["webhooks", "campaigns", "calls", "requests", "deliveries", "ledger", "api-keys"])
def test_a_cursor_whose_position_has_another_shape_is_a_400(busy, name, position):
    account, lists = busy
    cursor = base64.urlsafe_b64encode(f"{name}:{position}".encode()).decode().rstrip("=")
    if name == "api-keys":
        answer = account.api.operator("GET", f"/accounts/{account.id}/api-keys?cursor={cursor}")
    else:
        paths = [path.split("?")[0] for path in lists]
        requests = next(path for path in paths if path.endswith("/requests"))
        more = {"ledger": "/account/ledger", "deliveries": requests.replace("/requests", "/deliveries")}
        path = more.get(name) or next(path for path in paths if path.endswith(f"/{name}"))
        answer = account.get(path, cursor=cursor)
    assert (answer.status, answer.error["code"]) == (400, "invalid_cursor")


def whole_list(account: Account, path: str) -> tuple[list[dict], int]:
    """Its items, and the bytes of its largest page."""
    items, largest, cursor = [], 0, {}
    while True:
        answer = account.get(path, limit=100, **cursor)
        assert answer.status == 200
        largest = max(largest, len(answer.body))
        items += answer.json()["items"]
        if answer.json()["nextCursor"] is None:
            return items, largest
        cursor = {"cursor": answer.json()["nextCursor"]}


def test_a_list_of_campaigns_has_no_prompts_and_ends_its_page_at_3_mb(account):
    large = {"data": "x" * 16_000}
    settings = {"followUps": large, "callForwarding": large, "keypadNavigation": large}
    # Without their prompts, these have 3.4 MB.
    created = [account.campaign(prompt="p" * 50_000, **settings) for _ in range(70)]
    items, largest = whole_list(account, "/campaigns")
    assert items == [{k: v for k, v in campaign.items() if k != "prompt"} for campaign in created[::-1]]
    assert 2_900_000 < largest < 3_010_000


def test_a_list_of_calls_has_no_notes_and_ends_its_page_at_3_mb(account, dialer):
    recipient, summary = {"phoneNumber": unused_phone(), "note": "n" * 4_000}, "s" * 100_000
    sent = [completions.of_elsewhere(account, recipient=recipient, summary=summary) for _ in range(35)]
    for completion in sent:
        dialer.send(completion)
    path = f"/campaigns/{sent[0]['campaign']['id']}/calls"
    eventually(lambda: len(whole_list(account, path)[0]) == len(sent), "all calls have results")
    items, largest = whole_list(account, path)
    assert {item["id"] for item in items} == {completion["callId"] for completion in sent}
    assert not [item for item in items if "note" in item["recipient"] or "transcript" in item]
    assert 2_900_000 < largest < 3_010_000
    assert account.call(items[0]["id"])["recipient"]["note"] == "n" * 4_000


def test_another_accounts_cursor_shows_nothing_of_that_account(busy, account):
    owner, _ = busy
    mine = account.inbound()
    cursor = owner.read("/webhooks", limit=3)["nextCursor"]
    answer = account.get("/webhooks", cursor=cursor)
    if answer.status == 400:
        assert answer.error["code"] == "invalid_cursor"
    else:
        assert {item["id"] for item in answer.json()["items"]} <= {mine.id}
