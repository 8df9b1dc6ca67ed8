"""While a page waits for an answer it says so. When none comes it says why, and a retry brings what was asked for."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from accounts import unused_phone


@pytest.fixture
def pages(account) -> dict:
    """name: (the page's route, the path that it asks the API for, what it shows)"""
    campaign = account.campaign(name="Spring viewings")
    recipient = {"phoneNumber": unused_phone(), "firstName": "Hedda"}
    call = account.test_call(campaign, recipient).json()["callId"]
    of_campaign = f"/v1/campaigns/{campaign['id']}"
    return {
        "campaigns": ("/campaigns", "/v1/campaigns", "Spring viewings"),
        "campaign": (f"/campaigns/{campaign['id']}", of_campaign, "Test call"),
        "results": (f"/results?campaign={campaign['id']}", f"{of_campaign}/calls", "Hedda"),
        "call": (f"/calls/{call}", f"/v1/calls/{call}", "The call is queued."),
        "credits": ("/credits", "/v1/account", "99 credits left"),
        "ledger": ("/credits", "/v1/account/ledger", "Reserved for a call"),
    }


@pytest.mark.parametrize("name", ["campaigns", "campaign", "results", "call", "credits", "ledger"])
def test_a_page_says_that_it_waits_and_then_that_it_failed_and_is_asked_again(editor, pages, name):
    route, path, shows = pages[name]
    held = []

    def is_asked_for(url: str) -> bool:
        return urlsplit(url).path.endswith(path)

    editor.page.goto("about:blank")  # what Home still waits for is given up
    editor.page.route(is_asked_for, lambda request: held.append(request), times=1)
    editor.expects(503)
    with editor.page.expect_request(lambda request: is_asked_for(request.url)):
        editor.open(route)
    main = editor.page.get_by_role("main")
    expect(main.get_by_role("status", name="Loading").first).to_be_visible()
    (request,) = held
    problem = {"code": "temporarily_unavailable", "message": "Something behind it did not answer. Try again."}
    request.fulfill(status=503, json={"error": problem}, headers={"retry-after": "1"})
    expect(main.get_by_role("alert")).to_contain_text("temporarily_unavailable")
    main.get_by_role("button", name="Try again").click()
    expect(main.get_by_text(shows).locator("visible=true").first).to_be_visible()
    expect(main.get_by_role("alert")).to_have_count(0)


def test_what_was_deleted_is_said_to_be_gone(editor, account):
    webhook = account.outbound("https://example.com/hook")
    assert account.delete(webhook.path).status == 204
    editor.expects(404)
    editor.open(f"/outbound/{webhook.id}")
    expect(editor.page.get_by_text("It was deleted, or is another account's.").first).to_be_visible()
