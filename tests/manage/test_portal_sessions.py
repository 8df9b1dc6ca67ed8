"""Getting into the portal: links, sessions, and out again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from accounts import Account, remembered_token
from portal_tokens import expire
from refusals import assert_refused

HOUR = 3600


def sign_in(account: Account, link: str):
    return account.api.v1(None, "POST", "/portal-sessions", {"link": link})


def operators_link(account: Account, body=None) -> dict:
    answer = account.api.operator("POST", f"/accounts/{account.id}/portal-links", body)
    assert answer.status == 201, answer
    remembered_token(answer.json()["url"].partition("#link=")[2])
    return answer.json()


def seconds_until(time: str) -> float:
    return (datetime.fromisoformat(time) - datetime.now(UTC)).total_seconds()


def end_all_sessions(account: Account) -> None:
    assert account.api.operator("DELETE", f"/accounts/{account.id}/portal-sessions").status == 204


def opens(account: Account, session: str) -> bool:
    return account.api.v1(session, "GET", "/account").status == 200


def test_an_operators_link_leads_to_a_session_in_the_account(account, api):
    link = operators_link(account, {"role": "viewer", "expiresInSeconds": 600})
    base, _, token = link["url"].partition("/portal#link=")
    assert base == api.url
    session = sign_in(account, token).json()
    remembered_token(session["token"])
    assert (session["role"], session["account"]) == (
        "viewer",
        {"id": account.id, "name": account.read("/account")["name"]},
    )
    assert session["expiresAt"] == link["expiresAt"] and 590 < seconds_until(link["expiresAt"]) <= 600
    assert opens(account, session["token"])


def test_a_link_is_an_editors_for_an_hour_unless_something_else_is_asked_for(account):
    session = sign_in(account, account.portal_link()).json()
    assert session["role"] == "editor" and HOUR - 10 < seconds_until(session["expiresAt"]) <= HOUR


def test_of_ten_uses_of_a_link_at_once_one_succeeds(account):
    link = account.portal_link()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: sign_in(account, link), range(10)))
    assert sorted(answer.status for answer in answers) == [201, *[401] * 9]


def test_a_link_that_is_used_late_or_made_up_is_a_401_that_does_not_say_which(account, stack):
    used, late = account.portal_link(), account.portal_link()
    assert sign_in(account, used).status == 201
    expire(stack, late)
    made_up = f"plk_{account.id.removeprefix('acc_')}_{'0' * 32}_{'A' * 43}"
    answers = [sign_in(account, link) for link in (used, late, made_up, "nonsense", account.session())]
    for answer in answers:
        assert_refused(answer, 401, "unauthorized")
    assert len({answer.body for answer in answers}) == 1


def test_an_api_key_is_swapped_for_an_editors_session_of_twelve_hours(account):
    session = account.post("/portal-sessions", None).json()
    remembered_token(session["token"])
    assert session["role"] == "editor" and 12 * HOUR - 10 < seconds_until(session["expiresAt"]) <= 12 * HOUR
    assert opens(account, session["token"])


def test_whoever_signs_out_ends_that_session_and_no_other(account, api):
    ended, other = account.session("viewer"), account.session()
    assert api.v1(ended, "DELETE", "/portal-sessions/current").status == 204
    assert not opens(account, ended) and opens(account, other)


@pytest.mark.parametrize(("role", "code"), [("editor", "api_key_required"), ("viewer", "read_only")])
@pytest.mark.parametrize("path", ["/portal-links", "/portal-sessions"])
def test_a_session_makes_neither_links_nor_sessions(account, api, path, role, code):
    assert_refused(api.v1(account.session(role), "POST", path, {}), 403, code)


def test_a_new_link_replaces_a_session_that_is_still_sent(account, api):
    link = account.portal_link()
    assert api.v1(account.session("viewer"), "POST", "/portal-sessions", {"link": link}).status == 201


def test_the_operator_ends_all_sessions_and_links_of_an_account_and_of_no_other(account, api):
    other = Account.open(api)
    kept = other.session()
    link = account.portal_link()
    with ThreadPoolExecutor(8) as pool:
        sessions = list(pool.map(lambda _: account.session(), range(30)))
    end_all_sessions(account)
    assert not any(opens(account, session) for session in sessions)
    assert sign_in(account, link).status == 401
    assert opens(other, kept) and opens(account, account.session())
