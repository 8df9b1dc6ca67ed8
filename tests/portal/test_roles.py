"""A viewer sees everything and changes nothing: no page shows a control for it, and the API refuses it anyway."""

import pytest
from playwright.sync_api import expect

import completions
from accounts import eventually

# What may be pressed by whoever only looks.
HARMLESS = {
    "Sign out",
    "Load again",
    "Load more",
    "Export CSV",
    "Clear filters",
    "Copy the call's id",
    "Copy the example",
}


@pytest.fixture
def seen(account, dialer):
    """The routes of the pages about calls, for an account with something on each."""
    campaign = account.campaign(name="Spring viewings", voice="alex")
    completion = completions.of_elsewhere(account, **completions.RESULTS)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is there")
    return {
        "/campaigns": "Spring viewings",
        f"/campaigns/{campaign['id']}": "You are Alex, calling for Quillhaven.",
        "/results?campaign=cmp_bulk_winter": "Finished",
        f"/calls/{completion['callId']}": completions.RESULTS["summary"],
        "/credits": "Credits added",
        "/reference": "call.finished",
    }


def test_a_viewer_sees_no_control_that_changes_something(viewer, seen):
    for route, shows in seen.items():
        viewer.open(route)
        expect(viewer.page.get_by_text(shows).locator("visible=true").first).to_be_visible()
        pressable = viewer.page.get_by_role("main").get_by_role("button").all()
        names = {button.get_attribute("aria-label") or button.inner_text() for button in pressable}
        assert names <= HARMLESS, (route, names)
        assert viewer.page.get_by_role("main").locator("form, textarea, a[href$='/new']").count() == 0, route


def test_a_viewer_finds_no_form_for_a_campaign(viewer):
    viewer.open("/campaigns/new")
    expect(viewer.page.get_by_text("Your session can only view")).to_be_visible()
    assert viewer.page.locator("form").count() == 0


def test_an_editor_sees_them(editor, seen):
    for route, control in zip(
        list(seen)[:4], ["Create campaign", "Save changes", "Export CSV", "Erase personal data"], strict=True
    ):
        editor.open(route)
        expect(editor.page.get_by_text(control, exact=True).first).to_be_visible()


def test_a_viewer_who_makes_the_request_by_hand_is_refused(viewer, account):
    campaign = account.campaign()
    viewer.expects(403)
    status = viewer.page.evaluate(
        """async path => {
            const { token } = JSON.parse(sessionStorage.getItem('portal.session'));
            const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
            return (await fetch(path, { method: 'PATCH', headers, body: '{"status":"paused"}' })).status;
        }""",
        f"{viewer.api_url}/v1/campaigns/{campaign['id']}",
    )
    assert status == 403 and account.read(f"/campaigns/{campaign['id']}")["status"] == "active"
