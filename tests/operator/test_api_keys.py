"""API keys: several per account, named, revocable, shown once, with the day of their last use."""

import re
from datetime import UTC, datetime

import pytest

import sent_values
from accounts import Account
from refusals import assert_refused

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UNKNOWN_KEY = "key_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"


def new_key(account: Account, body=None) -> dict:
    answer = account.api.operator("POST", f"/accounts/{account.id}/api-keys", body)
    assert answer.status == 201, answer
    assert set(answer.json()) == {"id", "name", "apiKey"}
    sent_values.remember("API key", answer.json()["apiKey"])
    return answer.json()


def with_key(account: Account, api_key: str) -> Account:
    return Account(account.api, account.id, api_key)


def keys_of(account: Account, **query) -> list[dict]:
    query = "&".join(f"{name}={value}" for name, value in query.items())
    answer = account.api.operator("GET", f"/accounts/{account.id}/api-keys" + (f"?{query}" if query else ""))
    assert answer.status == 200, answer
    assert set(answer.json()) == {"items", "nextCursor"}
    return answer.json()["items"]


def revoke(account: Account, key_id: str):
    return account.api.operator("DELETE", f"/accounts/{account.id}/api-keys/{key_id}")


def test_an_account_has_several_keys_newest_first_each_with_its_name(account):
    crm, unnamed, script = (new_key(account, body) for body in ({"name": "The CRM"}, None, {"name": "Bob 🌿"}))
    assert [crm["name"], unnamed["name"], script["name"]] == ["The CRM", None, "Bob 🌿"]
    listed = keys_of(account)
    assert [key["id"] for key in listed][:3] == [script["id"], unnamed["id"], crm["id"]]
    assert [key["name"] for key in listed] == ["Bob 🌿", None, "The CRM", None]
    for key in listed:
        assert set(key) == {"id", "name", "createdAt", "lastUsedOn"}
        assert key["id"].startswith("key_") and RFC3339.fullmatch(key["createdAt"])
    for key in (crm, unnamed, script):
        assert with_key(account, key["apiKey"]).read("/account")["id"] == account.id


def test_a_key_is_never_shown_again(account):
    key = new_key(account, {"name": "The CRM"})
    secret = key["apiKey"].rsplit("_", 1)[1]
    text = account.api.operator("GET", f"/accounts/{account.id}/api-keys").body.decode()
    assert secret not in text and account.api_key not in text and "hash" not in text.lower()


def test_a_key_tells_the_day_of_its_last_use(account):
    key = new_key(account)
    assert keys_of(account)[0]["lastUsedOn"] is None
    before = datetime.now(UTC).date().isoformat()
    with_key(account, key["apiKey"]).read("/account")
    used = keys_of(account)[0]["lastUsedOn"]
    assert before <= used <= datetime.now(UTC).date().isoformat()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", used)


def test_a_wrong_key_is_no_use_of_the_one_it_resembles(account):
    key = new_key(account)
    wrong = key["apiKey"][:-2] + ("AA" if key["apiKey"][-2:] != "AA" else "BB")
    assert_refused(with_key(account, wrong).get("/account"), 401, "unauthorized")
    assert keys_of(account)[0]["lastUsedOn"] is None


def test_a_revoked_key_opens_nothing_from_then_on_and_the_others_still_do(account):
    key, other = new_key(account), new_key(account)
    revoked = with_key(account, key["apiKey"])
    assert revoked.get("/account").status == 200
    answer = revoke(account, key["id"])
    assert (answer.status, answer.body) == (204, b"")
    for path in ("/account", "/webhooks"):
        assert_refused(revoked.get(path), 401, "unauthorized")
    assert with_key(account, other["apiKey"]).get("/account").status == account.get("/account").status == 200
    assert key["id"] not in [listed["id"] for listed in keys_of(account)]
    assert_refused(revoke(account, key["id"]), 404, "not_found")


def test_the_first_key_can_be_replaced(account):
    (first,) = keys_of(account)
    second = new_key(account)
    assert revoke(account, first["id"]).status == 204
    assert_refused(account.get("/account"), 401, "unauthorized")
    assert with_key(account, second["apiKey"]).get("/account").status == 200


def test_a_key_is_revoked_under_its_own_account_only(account, shared_account):
    key = new_key(account)
    for key_id in (key["id"], UNKNOWN_KEY, "nonsense", "%20"):
        assert_refused(revoke(shared_account, key_id), 404, "not_found")
    assert with_key(account, key["apiKey"]).get("/account").status == 200


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_the_keys_are_paged(account, limit):
    made = [new_key(account, {"name": f"Key {n}"})["name"] for n in range(3)]
    found, path, query = [], f"/accounts/{account.id}/api-keys", f"?limit={limit}"
    while query:
        page = account.api.operator("GET", path + query).json()
        assert len(page["items"]) <= limit
        found += [key["name"] for key in page["items"]]
        query = f"?limit={limit}&cursor={page['nextCursor']}" if page["nextCursor"] else ""
    assert found == [*reversed(made), None]


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("POST", ""), ("DELETE", f"/{UNKNOWN_KEY}")])
def test_keys_are_the_operators_business(account, method, suffix):
    path = f"/accounts/{account.id}/api-keys{suffix}"
    assert account.api.operator(method, path, signed=False).status == 403
    bearer = {"authorization": f"Bearer {account.api_key}"}
    assert account.api.request(method, f"/operator{path}", headers=bearer).status == 403
    unknown = f"/accounts/acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b/api-keys{suffix}"
    assert_refused(account.api.operator(method, unknown), 404, "not_found")
