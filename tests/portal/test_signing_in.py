"""Getting in, by a link or by an API key; getting out; and what happens when a session ends in the middle of work."""

import json
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from accounts import eventually


def heading(visitor, name: str):
    return visitor.page.get_by_role("heading", name=name, exact=True)


def stored(visitor) -> str:
    """All that the browser keeps for the portal."""
    return visitor.page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")


def test_a_link_signs_in_and_leaves_the_address(visit, account):
    link = account.portal_link()
    visitor = visit()
    visitor.sign_in(link)
    expect(heading(visitor, "Home")).to_be_visible()
    assert link not in visitor.page.url


def test_a_link_that_was_used_says_so_and_only_that(visit, account):
    link = account.portal_link()
    visit().sign_in(link)
    second = visit()
    second.expects(401)
    second.page.goto(f"{second.api_url}/portal#link={link}")
    expect(second.page.get_by_text("This link does not sign you in.")).to_be_visible()
    expect(heading(second, "Sign in")).to_be_visible()


def test_a_link_that_was_made_up_is_answered_in_the_same_words(visit):
    visitor = visit()
    visitor.expects(401)
    visitor.page.goto(f"{visitor.api_url}/portal#link=plk_made_up")
    expect(visitor.page.get_by_text("This link does not sign you in.")).to_be_visible()


def test_an_api_key_is_swapped_for_a_session_and_kept_nowhere(visit, account):
    visitor = visit()
    visitor.open("/credits")
    visitor.page.get_by_label("API key").fill(account.api_key)
    visitor.page.keyboard.press("Enter")
    expect(heading(visitor, "Credits")).to_be_visible()
    kept = stored(visitor)
    assert "pst_" in kept and account.api_key not in kept


def test_a_key_that_is_none_is_refused_at_its_field(visit):
    visitor = visit()
    visitor.expects(401)
    visitor.open("/")
    key = visitor.page.get_by_label("API key")
    key.fill("whk_made_up")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("This is not an API key, or it was revoked.")).to_be_visible()
    expect(key).to_be_focused()
    expect(key).to_have_value("whk_made_up")


def test_a_reload_keeps_somebody_signed_in(editor):
    editor.page.reload()
    expect(heading(editor, "Home")).to_be_visible()


def test_signing_out_ends_the_session_at_the_api(editor, api):
    token = token_of(editor)
    with editor.page.expect_response(lambda answer: answer.url.endswith("/portal-sessions/current")):
        editor.page.get_by_role("button", name="Sign out").click()
    expect(editor.page.get_by_text("You are signed out.")).to_be_visible()
    assert api.v1(token, "GET", "/account").status == 401
    assert "pst_" not in stored(editor)


def token_of(visitor) -> str:
    return json.loads(visitor.page.evaluate("() => sessionStorage.getItem('portal.session')"))["token"]


def is_over(api, token: str) -> None:
    eventually(lambda: api.v1(token, "GET", "/account").status == 401, "the session is over")


def arrive(visitor, link: str) -> None:
    """At an open portal, as when its address is changed."""
    visitor.page.evaluate("link => { location.hash = `link=${link}` }", link)


def test_a_new_link_of_the_same_account_takes_the_place_of_the_session_and_ends_it(editor, account, api):
    before = token_of(editor)
    arrive(editor, account.portal_link())
    is_over(api, before)
    expect(heading(editor, "Home")).to_be_visible()


def test_a_link_of_another_account_asks_before_it_takes_over(editor, account, api):
    other = type(account).open(api, credits=7)
    before = token_of(editor)
    editor.page.get_by_role("link", name="Credits").click()
    arrive(editor, other.portal_link())
    expect(heading(editor, "Another account")).to_be_visible()
    with editor.page.expect_response(lambda answer: answer.url.endswith("/portal-sessions/current")):
        editor.page.get_by_role("button", name="Stay with").click()
    expect(editor.page.get_by_text("100 credits left")).to_be_visible()
    arrive(editor, other.portal_link())
    editor.page.get_by_role("button", name="Change to").click()
    expect(editor.page.get_by_text("7 credits left")).to_be_visible()
    is_over(api, before)


def test_a_viewer_s_link_leaves_nothing_on_the_page_that_an_editor_was_shown(editor, account):
    webhook = account.outbound("https://example.com/hook")
    page = editor.page
    editor.open(f"/outbound/{webhook.id}")
    page.get_by_role("button", name="Rotate the secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Rotate").click()
    page.get_by_role("button", name="Show the signing secret").click()
    expect(page.get_by_text("whsec_")).to_have_count(1)
    arrive(editor, account.portal_link(role="viewer"))
    expect(page.get_by_text("Can view")).to_be_visible()
    assert "whsec_" not in page.content()


def test_signing_out_takes_away_what_was_typed_and_a_credential_with_it(editor):
    editor.open("/outbound/new")
    editor.page.get_by_label("URL").fill("https://chat.example/hooks/very-secret")
    assert "very-secret" in stored(editor)
    editor.page.get_by_role("button", name="Sign out").click()
    expect(editor.page.get_by_text("You are signed out.")).to_be_visible()
    assert "very-secret" not in stored(editor)


def test_who_signs_out_without_network_is_told_that_the_session_goes_on_and_ends_it_later(editor, api):
    token = token_of(editor)
    editor.page.route("**/portal-sessions/current", lambda route: route.abort())
    with the_network_gone(editor):
        editor.page.get_by_role("button", name="Sign out").click()
        expect(editor.page.get_by_text("You are signed out in this tab only.")).to_be_visible()
    assert api.v1(token, "GET", "/account").status == 200
    editor.page.unroute("**/portal-sessions/current")
    with editor.page.expect_response(lambda answer: answer.url.endswith("/portal-sessions/current")):
        editor.page.get_by_role("button", name="Try again").click()
    expect(editor.page.get_by_text("You are signed out.")).to_be_visible()
    assert api.v1(token, "GET", "/account").status == 401


@contextmanager
def the_network_gone(visitor):
    """What the console says of it is no fault of the page."""
    yield
    visitor.faults[:] = [fault for fault in visitor.faults if "ERR_FAILED" not in fault]


def test_a_link_that_met_no_network_or_a_full_house_is_kept_and_tried_again(visit, account):
    visitor = visit()
    visitor.expects(429)
    answers = iter(
        [
            lambda route: route.abort(),
            lambda route: route.fulfill(status=429, json={"message": "Too Many Requests"}),
            lambda route: route.fulfill(status=200, body="<html>Welcome aboard our train</html>"),
        ]
    )
    visitor.page.route("**/portal-sessions", lambda route: next(answers, lambda route: route.continue_())(route))
    with the_network_gone(visitor):
        visitor.page.goto(f"{visitor.api_url}/portal#link={account.portal_link()}")
        for said in ("The API cannot be reached.", "The API answered 429.", "Something answered that is not the API"):
            expect(visitor.page.get_by_role("alert")).to_contain_text(said)
            visitor.page.get_by_role("button", name="Try again").click()
        expect(heading(visitor, "Home")).to_be_visible()


@pytest.mark.parametrize("key", ["whk_1\u200b23", "“whk_123”"])
def test_a_key_with_a_sign_that_none_has_is_told_so(visit, key):
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_label("API key").fill(key)
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_text("There is a sign in it that no API key has")).to_be_visible()


def test_a_link_that_is_opened_beside_the_page_is_signed_in_too(editor):
    with editor.context.expect_page() as beside:
        editor.page.get_by_role("link", name="Credits").click(modifiers=["ControlOrMeta"])
    expect(beside.value.get_by_text("100 credits left")).to_be_visible()
    expect(heading(editor, "Home")).to_be_visible()


@pytest.fixture
def expired(editor, account, api):
    """An editor whose session ends while a prompt is being written."""
    campaign = account.campaign(prompt="Old prompt.")
    editor.open(f"/campaigns/{campaign['id']}")
    editor.page.get_by_label("Prompt").fill("Half a thou")
    assert api.operator("DELETE", f"/accounts/{account.id}/portal-sessions").status == 204
    editor.expects(401)
    editor.page.get_by_role("button", name="Save changes").click()
    expect(editor.page.get_by_text("Your session has ended.")).to_be_visible()
    return editor


def test_what_was_typed_is_there_after_the_session_had_ended(expired, account):
    expired.page.get_by_label("API key").fill(account.api_key)
    expired.page.get_by_role("button", name="Sign in").click()
    expect(expired.page.get_by_label("Prompt")).to_have_value("Half a thou")


def test_a_link_goes_on_with_the_work_as_well(expired, account):
    route = expired.route
    expired.page.goto(f"{expired.api_url}/portal#link={account.portal_link()}")
    expired.page.get_by_role("navigation", name="Pages").wait_for()
    expired.open(route)
    expect(expired.page.get_by_label("Prompt")).to_have_value("Half a thou")


def test_another_account_does_not_see_what_was_typed(expired, account, api):
    other = type(account).open(api)
    campaign = other.campaign(prompt="Of the other.")
    expired.expects(404)  # what the first account had open
    expired.page.get_by_label("API key").fill(other.api_key)
    expired.page.get_by_role("button", name="Sign in").click()
    expired.page.get_by_role("navigation", name="Pages").wait_for()
    expired.open(f"/campaigns/{campaign['id']}")
    expect(expired.page.get_by_label("Prompt")).to_have_value("Of the other.")
