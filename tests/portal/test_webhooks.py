"""Inbound and Outbound: the lists, and the form that makes and changes a webhook."""

import re

import pytest
from playwright.sync_api import expect

import sent_values
from accounts import eventually
from receiver import Http

HOSTILE = "<img src=x onerror=document.title='ran'> \"'&"
STATS = {
    "hours": [{"hour": "2026-03-04T05:00:00.000Z", "succeeded": 7, "failed": 1, "errored": 1, "p50Ms": 1, "p95Ms": 2}]
}


@pytest.fixture
def at(signed_in):
    """Opens a page with the numbers of a day that nobody has to wait for."""

    def at(route: str, role: str = "editor", **context):
        visitor = signed_in(role, **context)
        visitor.page.route("**/v1/**/stats?hours=24", lambda request: request.fulfill(json=STATS))
        visitor.page.route("**/v1/stats?hours=24", lambda request: request.fulfill(json=STATS))
        visitor.open(route)
        return visitor

    return at


def refusal(visitor, field: str) -> str:
    """What stands at a field, which has the focus."""
    label = visitor.page.get_by_label(field, exact=True)
    label.and_(visitor.page.locator(":focus")).wait_for()
    described = label.get_attribute("aria-describedby").split()
    return visitor.page.locator(f"#{next(id_ for id_ in described if id_.endswith('-refusal'))}").inner_text()


# the lists


@pytest.mark.parametrize("direction", ["inbound", "outbound"])
def test_an_empty_list_says_what_to_do(at, direction):
    visitor = at(f"/{direction}")
    visitor.page.get_by_role("heading", name=f"No {direction} webhook yet").wait_for()
    visitor.page.get_by_role("link", name="Create webhook").click()
    visitor.page.get_by_role("heading", name=f"New {direction} webhook").wait_for()


def test_a_webhook_stands_in_its_row_with_url_state_and_the_last_day(at, account, receivers):
    url = receivers.receiver().url
    account.webhook(direction="outbound", name=HOSTILE, url=url)
    disabled = account.outbound("https://example.com/off")
    account.edit(disabled.path, status="disabled")
    visitor = at("/outbound")
    row = visitor.page.get_by_role("row").filter(has_text="<img src=x")
    for text in (HOSTILE, url, "Enabled", "7 delivered", "2 not delivered"):
        row.get_by_text(text).first.wait_for()
    visitor.page.get_by_role("row").filter(has_text="switched off by its owner").get_by_text("Disabled").wait_for()
    assert visitor.page.title() != "ran"


def test_a_hook_of_zapier_says_who_manages_it(at, account):
    answer = account.post("/zapier/hooks", {"targetUrl": "https://hooks.zapier.com/hooks/standard/1/"})
    assert answer.status == 201, answer
    visitor = at("/outbound")
    visitor.page.get_by_text("Managed by Zapier").wait_for()


def test_the_url_of_an_inbound_webhook_is_copied_and_not_shown(at, account):
    webhook = account.inbound()
    visitor = at("/inbound", permissions=["clipboard-read", "clipboard-write"])
    visitor.page.get_by_role("button", name="Copy the URL of From the CRM").click()
    visitor.page.get_by_role("button", name="Copied the URL of From the CRM").wait_for()
    assert visitor.page.evaluate("navigator.clipboard.readText()") == webhook.body["url"]
    assert webhook.slug not in visitor.page.get_by_role("main").inner_html()


def test_a_viewer_has_nothing_to_create_and_nothing_to_copy(at, account):
    webhook = account.inbound()
    visitor = at("/inbound", "viewer")
    visitor.page.get_by_role("link", name="From the CRM").wait_for()
    assert visitor.page.get_by_role("link", name="Create webhook").count() == 0
    assert visitor.page.get_by_role("button", name=re.compile("Copy")).count() == 0
    visitor.page.get_by_text("The rest of each URL is for editors.").wait_for()
    assert "***" not in visitor.page.get_by_role("main").inner_text()
    assert webhook.slug not in visitor.page.content()
    visitor.open("/outbound/new")
    visitor.page.get_by_text("Your session can only view").wait_for()


def test_a_long_list_comes_page_by_page(at, account):
    for number in range(26):
        account.webhook(direction="outbound", name=f"Number {number}", url="https://example.com/hook")
    visitor = at("/outbound")
    visitor.page.get_by_text("25+ rows").wait_for()
    visitor.page.get_by_role("button", name="Load more").click()
    visitor.page.get_by_text("26 rows").wait_for()
    assert visitor.page.get_by_role("row").count() == 27


def test_each_refusal_stands_at_its_field(at):
    visitor = at("/outbound/new")
    page = visitor.page
    visitor.expects(400)
    page.get_by_role("button", name="Create webhook").click()
    assert refusal(visitor, "Name") == "Must not be empty."
    page.get_by_label("Name", exact=True).fill("To the CRM")
    expect(page.get_by_text("Must not be empty.")).to_have_count(0)
    page.get_by_label("URL", exact=True).fill("ftp://example.com")
    page.get_by_role("button", name="Create webhook").click()
    assert refusal(visitor, "URL") == "Must start with https://."
    page.get_by_label("URL", exact=True).fill("https://example.com/hook")
    for name, value in (("X-Team", "sales"), ("Host", "x")):
        page.get_by_role("button", name="Add a header").click()
        page.get_by_label(re.compile("Name of header")).last.fill(name)
        page.get_by_label(re.compile("Value of header")).last.fill(value)
    page.get_by_role("button", name="Create webhook").click()
    assert "set by the delivery itself" in refusal(visitor, "Name of header 2")


def test_what_is_typed_is_tested_before_it_is_saved(at, account, receivers):
    endpoint = receivers.receiver(Http(500, body=b"<b>database is locked</b>"), Http())
    visitor = at("/outbound/new")
    page = visitor.page
    page.get_by_label("URL", exact=True).fill(endpoint.url)
    page.get_by_role("button", name="Add a header").click()
    page.get_by_label("Name of header 1").fill("Authorization")
    page.get_by_label("Value of header 1").fill("Bearer of the form")
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("The endpoint answered 500.").wait_for()
    page.get_by_text("<b>database is locked</b>").wait_for()
    assert endpoint.requests[0].headers["authorization"] == "Bearer of the form"
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("The endpoint answered 200.").wait_for()
    assert account.read("/webhooks")["items"] == []


def test_a_test_is_refused_at_the_field_of_the_response_webhook(at):
    visitor = at("/inbound/new")
    visitor.expects(400)
    visitor.page.get_by_label("Send the results of this webhook's calls to a URL").check()
    visitor.page.get_by_label("URL", exact=True).fill("ftp://example.com")
    visitor.page.get_by_role("button", name="Send a test").click()
    assert refusal(visitor, "URL") == "Must start with https://."


def test_an_outbound_webhook_is_made_once_however_often_the_button_is_pressed(at, account):
    visitor = at("/outbound/new")
    page = visitor.page
    page.get_by_label("Name", exact=True).fill(HOSTILE)
    page.get_by_label("URL", exact=True).fill("https://example.com/hook")
    page.get_by_role("button", name="Create webhook").dblclick()
    page.get_by_role("heading", name="is ready").wait_for()
    (made,) = account.read("/webhooks")["items"]
    assert (made["name"], made["url"], made["method"]) == (HOSTILE, "https://example.com/hook", "POST")
    assert "whsec_" not in page.content()
    page.get_by_role("button", name="Show the signing secret").click()
    page.get_by_text(re.compile("^whsec_")).wait_for()
    assert page.get_by_role("link", name="Go to the webhook").get_attribute("href") == f"#/outbound/{made['id']}"


def test_an_inbound_webhook_is_made_with_its_campaign_and_response_webhook(at, account):
    campaign = account.campaign()
    visitor = at("/inbound/new")
    page = visitor.page
    page.get_by_label("Name", exact=True).fill("CRM leads")
    page.get_by_label("Campaign").select_option(campaign["name"])
    page.get_by_label("Send the results of this webhook's calls to a URL").check()
    page.get_by_label("URL", exact=True).fill("https://example.com/results")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="Give this URL to your CRM").wait_for()
    (made,) = account.read("/webhooks")["items"]
    assert (made["campaignId"], made["responseWebhook"]["url"]) == (campaign["id"], "https://example.com/results")
    assert made["slug"] not in page.content()
    page.get_by_role("button", name="Show the URL").click()
    page.get_by_text(made["url"]).wait_for()


def test_a_response_webhook_is_removed_after_one_question(at, account):
    url = "https://example.com/hook"
    webhook = account.inbound(responseWebhook={"url": url, "headers": [{"name": "X-Key", "value": "k3y-of-the-crm"}]})
    visitor = at(f"/inbound/{webhook.id}/edit")
    page = visitor.page
    box = page.get_by_role("checkbox", name="Send the results of this webhook's calls to a URL")
    box.uncheck()
    page.get_by_role("button", name="Save changes").click()
    question = page.get_by_role("dialog", name="Remove the response webhook?")
    expect(question).to_be_visible()
    assert not visitor.findings()
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    assert account.read(webhook.path)["responseWebhook"]["url"] == url
    page.get_by_role("button", name="Save changes").click()
    question.get_by_role("button", name="Remove and save").click()
    page.get_by_text("None: the results of its calls go to the outbound webhooks only.").wait_for()
    assert account.read(webhook.path)["responseWebhook"] is None


def test_a_test_beside_its_explanation_fits_a_narrow_screen(at):
    visitor = at("/outbound/new", viewport={"width": 360, "height": 740})
    hint = visitor.page.locator(".test-head .hint")
    hint.wait_for()
    assert hint.bounding_box()["width"] > 240


def test_a_stored_header_keeps_its_value_until_another_is_typed(at, account, receivers):
    endpoint = receivers.receiver()
    headers = [{"name": "Authorization", "value": "Bearer stored"}, {"name": "X-Team", "value": "sales"}]
    webhook = account.outbound(endpoint.url, headers=headers)
    visitor = at(f"/outbound/{webhook.id}/edit")
    page = visitor.page
    page.get_by_label("Value of header 2").fill("support")
    assert "Bearer stored" not in page.content()
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Saved.").wait_for()
    assert account.post(f"{webhook.path}/test", None).json()["success"]
    sent = endpoint.requests[0].headers
    assert (sent["authorization"], sent["x-team"]) == ("Bearer stored", "support")


def test_stored_headers_stay_behind_when_the_url_moves(at, account):
    webhook = account.outbound(
        "https://example.com/hook", headers=[{"name": "Authorization", "value": "Bearer stored"}]
    )
    visitor = at(f"/outbound/{webhook.id}/edit")
    visitor.expects(400)
    visitor.page.get_by_label("URL", exact=True).fill("https://elsewhere.example/hook")
    visitor.page.get_by_text("The URL is of another server.").wait_for()
    visitor.page.get_by_role("button", name="Save changes").click()
    assert refusal(visitor, "Value of header 1") == "This is required."
    visitor.page.get_by_role("button", name="Remove header 1, Authorization").click()
    visitor.page.get_by_role("button", name="Save changes").click()
    visitor.page.get_by_text("Saved.").wait_for()
    assert account.read(webhook.path)["headers"] == []


def test_what_is_typed_survives_a_reload_but_for_the_values_of_headers(at):
    visitor = at("/outbound/new")
    page = visitor.page
    page.get_by_label("Name", exact=True).fill("Half typed")
    page.get_by_role("button", name="Add a header").click()
    page.get_by_label("Name of header 1").fill("Authorization")
    page.get_by_label("Value of header 1").fill("Bearer of the form")
    assert "Bearer of the form" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.reload()
    page.get_by_text("What you typed before is here again.").wait_for()
    assert page.get_by_label("Name", exact=True).input_value() == "Half typed"
    assert page.get_by_label("Name of header 1").input_value() == "Authorization"
    assert page.get_by_label("Value of header 1").input_value() == ""
    page.get_by_role("button", name="Discard it").click()
    assert page.get_by_label("Name", exact=True).input_value() == ""


def test_a_webhook_is_made_by_the_keyboard_alone(at, account):
    visitor = at("/outbound")
    page = visitor.page
    visitor.press(page.get_by_role("link", name="Create webhook"))
    visitor.tab_to(page.get_by_label("Name", exact=True))
    page.keyboard.type("By keyboard")
    visitor.tab_to(page.get_by_label("URL", exact=True))
    page.keyboard.type("https://example.com/hook")
    visitor.press(page.get_by_role("button", name="Create webhook"))
    page.get_by_role("heading", name="By keyboard is ready").wait_for()
    assert [webhook["name"] for webhook in account.read("/webhooks")["items"]] == ["By keyboard"]


def test_every_free_campaign_can_be_chosen_however_many_there_are(at, account):
    for number in range(101):
        account.campaign(name=f"Campaign {number:03}")
    visitor = at("/inbound/new")
    # One more than a page of the API has, and "None yet".
    expect(visitor.page.get_by_label("Campaign").get_by_role("option")).to_have_count(102)


# the required header


def test_a_header_is_required_kept_and_taken_away_again(at, account):
    webhook, value = account.bound_webhook(), "a-required-value-of-the-portal"
    sent_values.remember("required header", value)
    refused = lambda: account.trigger(webhook, headers={"x-portal-key": "another value"}).status == 401  # noqa: E731
    visitor = at(f"/inbound/{webhook.id}/edit")
    visitor.expects(400)
    requires = visitor.page.get_by_label("Take only requests that have a header which I choose")

    requires.check()
    visitor.page.get_by_label("Header", exact=True).fill("X-Portal-Key")
    visitor.page.get_by_label("Its value").fill("short")
    visitor.page.get_by_role("button", name="Save changes").click()
    assert "16" in refusal(visitor, "Its value")
    visitor.page.get_by_label("Its value").fill(value)
    visitor.page.get_by_role("button", name="Save changes").click()

    expect(visitor.page.get_by_text("A request needs the header X-Portal-Key, too.")).to_be_visible()
    eventually(refused, "the header is required")
    assert account.trigger(webhook, headers={"x-portal-key": value}).status == 201

    # What is not typed anew stays.
    visitor.open(f"/inbound/{webhook.id}/edit")
    expect(requires).to_be_checked()
    visitor.page.get_by_label("Name", exact=True).fill("Renamed")
    visitor.page.get_by_role("button", name="Save changes").click()
    visitor.page.get_by_role("heading", name="Renamed").wait_for()
    assert account.trigger(webhook, headers={"x-portal-key": value}).status == 201

    visitor.open(f"/inbound/{webhook.id}/edit")
    requires.uncheck()
    expect(visitor.page.get_by_text("can have people called without X-Portal-Key")).to_be_visible()
    visitor.page.get_by_role("button", name="Save changes").click()
    expect(visitor.page.get_by_text("Treat it as a password.")).to_be_visible()
    assert account.read(webhook.path)["requiredHeader"] is None
