"""The operator's colour: whichever one the portal accepts, what is written in it and on it can be read."""

import re

import pytest

# Their contrast with white is hardly above the 4.5 that src/brand.rs asks for.
BRIGHTEST = ["#d63384", "#b45309", "#767676"]


@pytest.mark.parametrize("accent", BRIGHTEST)
def test_links_menu_and_buttons_can_be_read_in_every_accepted_colour(editor, account, accent):
    webhook = account.bound_webhook()
    account.trigger(webhook)

    def coloured(route) -> None:
        answer = route.fetch()
        page = re.sub(r'(name="portal-accent" content=")#[0-9a-f]{6}', rf"\g<1>{accent}", answer.text())
        assert accent in page
        route.fulfill(response=answer, body=page)

    editor.page.route(f"{editor.api_url}/portal", coloured)
    for route, shows in ((f"/inbound/{webhook.id}", "Open the call"), ("/reference/requests", "Phone numbers")):
        editor.open(route)
        editor.page.get_by_role("main").get_by_text(shows).first.wait_for()
        colour = editor.page.evaluate("document.documentElement.style.getPropertyValue('--accent')")
        assert colour == accent
        assert not editor.findings_in_both_schemes()
