"""Getting in, by a link or by an API key; getting out; and what happens when a session ends in the middle of work."""

import json

import pytest
from playwright.sync_api import expect


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
    token = json.loads(editor.page.evaluate("() => sessionStorage.getItem('portal.session')"))["token"]
    with editor.page.expect_response(lambda answer: answer.url.endswith("/portal-sessions/current")):
        editor.page.get_by_role("button", name="Sign out").click()
    expect(editor.page.get_by_text("You are signed out.")).to_be_visible()
    assert api.v1(token, "GET", "/account").status == 401
    assert "pst_" not in stored(editor)


def test_a_new_link_takes_the_place_of_the_session(editor, account, api):
    other = type(account).open(api, credits=7)
    editor.sign_in(other.portal_link())
    editor.page.get_by_role("link", name="Credits").click()
    expect(editor.page.get_by_text("7 credits left")).to_be_visible()


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
