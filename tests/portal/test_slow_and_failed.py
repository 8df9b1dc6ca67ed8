"""While a page waits for an answer it says so. When none comes it says why, and a retry brings what was asked for."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from accounts import unused_phone
from webhook_pages import deliver


@pytest.fixture
def pages(account, dialer, receivers) -> dict:
    """name: (the page's route, the path that it asks the API for, what it shows)"""
    campaign = account.campaign(name="Spring viewings")
    recipient = {"phoneNumber": unused_phone(), "firstName": "Hedda"}
    call = account.test_call(campaign, recipient).json()["callId"]
    of_campaign = f"/v1/campaigns/{campaign['id']}"
    inbound = account.webhook(direction="inbound", name="Open house")
    outbound = account.webhook(direction="outbound", name="Warehouse", url=receivers.receiver().url)
    delivery = deliver(account, dialer, outbound)[0]["deliveryId"]
    of_inbound, of_outbound = f"/v1{inbound.path}", f"/v1{outbound.path}"
    return {
        "inbound": ("/inbound", "/v1/webhooks", "Open house"),
        "outbound": ("/outbound", "/v1/webhooks", "Warehouse"),
        "inbound-webhook": (f"/inbound/{inbound.id}", of_inbound, "Request log"),
        "request-log": (f"/inbound/{inbound.id}", f"{of_inbound}/requests", "No request yet"),
        "outbound-webhook": (f"/outbound/{outbound.id}", of_outbound, "Sends to"),
        "delivery-log": (f"/outbound/{outbound.id}", f"{of_outbound}/deliveries", "Delivered"),
        "attempts": (f"/outbound/{outbound.id}", f"{of_outbound}/stats", "95 % within"),
        "delivery": (
            f"/outbound/{outbound.id}/deliveries/{delivery}",
            f"{of_outbound}/deliveries/{delivery}",
            "Copy as curl",
        ),
        "edit": (f"/outbound/{outbound.id}/edit", of_outbound, "Ours, as documented"),
        "mapping": (f"/inbound/{inbound.id}/mapping", of_inbound, "Where things stand"),
        "campaigns": ("/campaigns", "/v1/campaigns", "Spring viewings"),
        "campaign": (f"/campaigns/{campaign['id']}", of_campaign, "Test call"),
        "results": (f"/results?campaign={campaign['id']}", f"{of_campaign}/calls", "Hedda"),
        "call": (f"/calls/{call}", f"/v1/calls/{call}", "The call is queued."),
        "credits": ("/credits", "/v1/account", "99 credits left"),
        "ledger": ("/credits", "/v1/account/ledger", "Reserved for a call"),
    }


OF_INBOUND = ["inbound", "inbound-webhook", "request-log", "mapping"]
OF_OUTBOUND = ["outbound", "outbound-webhook", "attempts", "delivery-log", "delivery", "edit"]
OF_CALLS = ["campaigns", "campaign", "results", "call", "credits", "ledger"]


@pytest.mark.parametrize("name", OF_INBOUND + OF_OUTBOUND + OF_CALLS)
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


@pytest.mark.parametrize("topic", ["events", "deliveries"])
def test_the_reference_says_that_it_waits_and_then_that_it_failed_and_is_asked_again(editor, topic):
    held = []
    editor.page.route("**/reference/*", lambda request: held.append(request), times=1)
    editor.expects(503)
    with editor.page.expect_request("**/reference/*"):
        editor.open(f"/reference/{topic}")
    main = editor.page.get_by_role("main")
    expect(main.get_by_role("status", name="Loading")).to_be_visible()
    held[0].fulfill(status=503, body="Busy.")
    expect(main.get_by_role("alert")).to_contain_text("The server did not hand out this document.")
    main.get_by_role("button", name="Try again").click()
    expect(main.get_by_text("call.finished").first).to_be_visible()


def test_a_long_request_log_comes_page_by_page(editor, account):
    webhook = account.inbound()
    for _ in range(60):
        account.trigger(webhook)
    account.requests_to(webhook, 60)
    asked = editor.counted("GET", f"{webhook.path}/requests")
    editor.open(f"/inbound/{webhook.id}")
    log = editor.page.get_by_role("region", name="Request log")
    more = editor.page.get_by_role("button", name="Load more")
    for n in (25, 50):
        expect(log.locator("tbody tr")).to_have_count(n)
        more.click()
    expect(log.locator("tbody tr")).to_have_count(60)
    expect(more).to_have_count(0)
    assert len([request for request in asked if "limit=25" in request.url]) == 3


def test_what_was_deleted_is_said_to_be_gone(editor, account):
    webhook = account.outbound("https://example.com/hook")
    assert account.delete(webhook.path).status == 204
    editor.expects(404)
    editor.open(f"/outbound/{webhook.id}")
    expect(editor.page.get_by_text("It was deleted, or is another account's.").first).to_be_visible()
