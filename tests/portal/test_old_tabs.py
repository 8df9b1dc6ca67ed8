"""A tab that was open while the portal was updated: its files are gone, and it says so instead of doing nothing.
Without a network it is the same."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def old_tab(editor):
    """As if there had been a deployment: the page names another folder, and the tab's own is a 404."""
    page = editor.page
    editor.page.wait_for_load_state(
        "networkidle"
    )  # what is kept for this very case is loaded when there is nothing else
    folder = page.locator("script[type=module]").get_attribute("src").split("/")[1]

    def updated(route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(folder, "0" * len(folder)))

    editor.expects(404)
    page.route(re.compile(f"/portal/{folder}/"), lambda route: route.fulfill(status=404, body=""))
    page.route(f"{editor.api_url}/portal", updated)
    return editor


def test_a_click_says_that_there_is_a_new_version(old_tab):
    for name in ("Credits", "Campaigns"):
        old_tab.page.get_by_role("link", name=name).click()
        expect(old_tab.page.get_by_role("heading", name="There is a new version")).to_be_visible()
    expect(old_tab.page.get_by_role("button", name="Load again")).to_be_visible()


def test_whose_session_ends_there_can_sign_in(old_tab, account, api):
    assert api.operator("DELETE", f"/accounts/{account.id}/portal-sessions").status == 204
    old_tab.expects(401)
    old_tab.page.get_by_role("button", name="Load again").click()
    expect(old_tab.page.get_by_text("Your session has ended.")).to_be_visible()
    expect(old_tab.page.get_by_label("API key")).to_be_visible()


def test_without_network_a_click_says_so(editor):
    editor.page.wait_for_load_state("networkidle")
    editor.page.route("**/*", lambda route: route.abort())
    editor.page.get_by_role("link", name="Credits").click()
    expect(editor.page.get_by_text("The portal cannot be reached. Look at your connection.")).to_be_visible()
    editor.page.get_by_role("button", name="Sign out").click()
    expect(editor.page.get_by_text("You are signed out in this tab only.")).to_be_visible()
    editor.faults.clear()  # the console's words about the network
