"""The page of an inbound webhook: its URL, how it is called, what came in, where results go."""

import itertools
import re
import subprocess

import pytest
import yaml
from playwright.sync_api import expect

import completions
from accounts import eventually, unused_phone
from infra.local.settings import CHECKOUT
from receiver import Http
from webhook_pages import HOSTILE, has_no_control_that_changes, with_numbers

CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.fixture
def at(signed_in):
    def at(webhook, query: str = "", role: str = "editor"):
        visitor = with_numbers(signed_in(role, permissions=CLIPBOARD))
        visitor.open(f"/inbound/{webhook.id}{query}")
        visitor.page.get_by_role("heading", name="Campaign").wait_for()
        return visitor

    return at


def rows(visitor, log: str = "Request log"):
    return visitor.page.get_by_role("region", name=log).locator("tbody").get_by_role("row")


def clipboard(visitor) -> str:
    return visitor.page.evaluate("navigator.clipboard.readText()")


def test_the_url_is_hidden_until_it_is_shown_and_is_copied_whole(at, account):
    webhook = account.inbound()
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("tab", name="curl").wait_for()
    assert webhook.slug not in page.content()
    page.get_by_role("button", name="Copy the URL").click()
    page.get_by_role("button", name="Copied the URL").wait_for()
    assert clipboard(visitor) == webhook.body["url"]
    page.get_by_role("button", name="Show the URL").click()
    expect(page.get_by_text(webhook.slug)).to_have_count(2)
    page.get_by_role("button", name="Hide the URL").click()
    expect(page.get_by_text(webhook.slug)).to_have_count(0)


def test_the_copied_command_places_a_call_that_the_log_leads_to(at, account, jobs):
    webhook = account.bound_webhook()
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("heading", name="No request yet").wait_for()
    page.get_by_role("button", name="Copy the command").click()
    page.get_by_role("button", name="Copied the command").wait_for()
    phone = unused_phone()
    command = clipboard(visitor).replace("+15551234567", phone)
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout == '{"success":true}'
    assert jobs.to(webhook, "phoneNumber", phone)["recipient"]["firstName"] == "Jane"
    page.get_by_label("Follow along").check()
    rows(visitor).get_by_text("The call was queued.").wait_for()
    rows(visitor).get_by_role("link", name="Open the call").click()
    page.get_by_role("heading", name="Jane Smith").wait_for()


def test_the_copied_command_is_taken_with_a_required_header_and_a_mapping(at, account, jobs):
    value = "s3cret-value-of-the-header"
    webhook = account.bound_webhook(
        requiredHeader={"name": "X-Jane's-Key", "value": value},
        mapping={"phoneNumber": ["contact.mobile", "contact.phone"]},
    )
    visitor = at(webhook)
    page = visitor.page
    page.get_by_text("contact.mobile, contact.phone").wait_for()
    page.get_by_role("button", name="Copy the command").click()
    page.get_by_role("button", name="Copied the command").wait_for()
    phone = unused_phone()
    command = clipboard(visitor).replace("+15551234567", phone).replace("YOUR-SECRET-VALUE", value)
    answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout == '{"success":true}'
    assert jobs.to(webhook, "phoneNumber", phone)["recipient"]["firstName"] == "Jane"
    for sender in ("Zapier", "HubSpot", "FollowUp Boss"):
        page.get_by_role("tab", name=sender).click()
        expect(page.get_by_role("tabpanel", name=sender).locator("pre")).to_contain_text("X-Jane's-Key")


def test_the_log_of_a_mapping_says_where_no_number_was(at, account):
    webhook = account.inbound(mapping={"phoneNumber": "contact.phone"})
    assert account.api.trigger(webhook.slug, b'{"contact":{}}').status == 400
    visitor = at(webhook)
    rows(visitor).get_by_text("There was no phone number where the mapping looks for one.").wait_for()


@pytest.mark.parametrize("sender", ["curl", "Zapier", "HubSpot", "FollowUp Boss"])
def test_every_sender_has_three_steps_and_something_to_paste_with_this_url(at, account, sender):
    webhook = account.inbound()
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("tab", name="curl").wait_for()
    page.get_by_role("tab", name=sender).click()
    panel = page.get_by_role("tabpanel", name=sender)
    assert panel.get_by_role("listitem").count() == 3
    panel.get_by_role("button", name=re.compile("^Copy")).click()
    panel.get_by_role("button", name=re.compile("^Copied")).wait_for()
    pasted = clipboard(visitor)
    for part in (webhook.body["url"], "calls.execute", "phoneNumber"):
        assert part in pasted


def test_the_tabs_are_changed_by_the_arrow_keys(at, account):
    visitor = at(account.inbound())
    page = visitor.page
    visitor.tab_to(page.get_by_role("tab", name="curl"))
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", name="FollowUp Boss")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.get_by_role("tabpanel", name="Zapier").get_by_text("Custom Request").wait_for()


def test_the_log_says_in_words_what_became_of_each_request(at, account):
    webhook = account.inbound()
    account.trigger(webhook)
    account.campaign(webhook, status="paused")

    # A setting counts 5 seconds later at the latest.
    def is_cancelled() -> bool:
        account.trigger(webhook)
        return account.read(f"{webhook.path}/requests")["items"][0]["outcome"] == "cancelled"

    eventually(is_cancelled, "the campaign is bound and paused")
    account.trigger(webhook, {"phoneNumber": "1-800-FLOWERS"})
    account.api.trigger(webhook.slug, b"{not json")
    visitor = at(webhook)
    log = visitor.page.get_by_role("region", name="Request log")
    for words in (
        "Nobody was called: the webhook has no campaign.",
        "Nobody was called: the campaign was not active.",
        "There were letters in the phone number.",
        "The body was no JSON.",
    ):
        log.get_by_text(words).first.wait_for()


def test_every_reason_of_the_log_has_words_of_its_own(editor):
    """The reasons are those that the API's document lists."""
    document = yaml.safe_load((CHECKOUT / "infra" / "openapi.yaml").read_text(encoding="utf-8"))
    answers = document["paths"]["/{slug}"]["post"]["responses"]
    schemas = [answers[status]["content"]["application/json"]["schema"] for status in ("400", "401", "413", "422")]
    refusals = [schema["properties"]["error"]["properties"]["code"]["enum"] for schema in schemas]
    described = document["components"]["schemas"]["LoggedRequest"]["properties"]["reason"]["description"]
    others = re.findall(r"`([a-z_ ]+)`", described.partition("for `cancelled`")[2].partition("for `accepted`")[0])
    reasons = {*itertools.chain(*refusals), *others} - {"ignored"}
    assert {"insufficient funds", "no_prompt", "required_header_missing"} <= reasons
    of_all = "({ inWords }, reasons, of) => reasons.map((reason) => inWords({ outcome: 'x', reason }, of))"
    for webhook in ({"mapping": None}, {"mapping": {"phoneNumber": "phone"}}):
        words = editor.run(of_all, ["pages/inbound/reasons.js"], list(reasons), webhook, page="inbound")
        assert len(set(words)) == len(words) and all(sentence.endswith(".") for sentence in words), words


def test_dropped_fields_are_named_and_filters_stay_in_the_address(at, account):
    webhook = account.bound_webhook()
    account.trigger(webhook, {"phoneNumber": unused_phone(), "email": {"none": 1}, "note": []})
    visitor = at(webhook)
    page = visitor.page
    rows(visitor).get_by_text("without what could not be used: email, note.").wait_for()
    page.get_by_label("Since").fill("2030-01-01T00:00")
    page.get_by_role("heading", name="No request in this time").wait_for()
    assert "since=2029-12-31T23" in visitor.route
    page.go_back()
    expect(rows(visitor)).to_have_count(1)


def test_the_url_is_rotated_after_a_question_that_says_when_the_old_one_ends(at, account):
    webhook = account.bound_webhook()
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("button", name="Rotate the URL").click()
    dialog = page.get_by_role("dialog", name="Rotate the URL?")
    dialog.get_by_text("The old one ends within 5 seconds, for good").wait_for()
    dialog.get_by_role("button", name="Rotate").dblclick()
    page.get_by_text("There is a new URL.").wait_for()
    new = account.read(webhook.path)
    assert new["slug"] != webhook.slug
    expect(page.get_by_text(new["url"], exact=True)).to_be_visible()
    eventually(lambda: account.trigger(webhook).status == 404, "the old URL has ended")


def test_the_campaign_is_led_to_and_without_one_it_is_said_what_happens(at, account):
    webhook = account.inbound()
    visitor = at(webhook)
    visitor.page.get_by_text("None yet: requests are taken and ignored.").wait_for()
    link = visitor.page.get_by_role("link", name="Write a campaign")
    assert link.get_attribute("href") == f"#/campaigns/new?webhookId={webhook.id}"
    campaign = account.campaign(webhook, name=HOSTILE, status="paused")
    visitor.page.get_by_role("button", name="Load again").click()
    visitor.page.get_by_text("Only an active campaign dials").wait_for()
    link = visitor.page.get_by_role("link", name="<img src=x onerror")
    assert link.get_attribute("href") == f"#/campaigns/{campaign['id']}"
    assert visitor.page.locator("img[src='x']").count() == 0


def test_a_response_webhook_that_is_gone_is_seen_tested_and_enabled(at, account, dialer, jobs, receivers):
    endpoint = receivers.receiver(Http(410, body=b"gone"), Http())
    webhook = account.bound_webhook(responseWebhook={"url": endpoint.url})
    account.trigger(webhook)
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    eventually(lambda: account.read(webhook.path)["responseWebhook"]["status"] == "disabled", "it is gone")
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("heading", name="Response webhook: Switched off: the endpoint wants no more").wait_for()
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("The endpoint answered 200.").wait_for()
    page.get_by_role("button", name="Enable").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert account.read(webhook.path)["responseWebhook"]["status"] == "enabled"
    page.get_by_role("link", name="Results that were sent").click()
    expect(rows(visitor, "Delivery log")).to_have_count(2)
    assert visitor.route == f"/inbound/{webhook.id}?log=deliveries"
    rows(visitor, "Delivery log").filter(has_text="410").get_by_role("link").first.click()
    page.get_by_text("The server wants no more").first.wait_for()
    assert visitor.route.startswith(f"/inbound/{webhook.id}/deliveries/msg_")


def test_a_webhook_is_disabled_enabled_and_deleted(at, account):
    webhook = account.inbound()
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_text("Its URL answers 404 within 5 seconds").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Enable").click()
    page.get_by_text("The webhook is enabled.").wait_for()
    assert account.read(webhook.path)["status"] == "enabled"
    page.get_by_role("button", name="Delete this webhook").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    page.get_by_role("heading", name="No inbound webhook yet").wait_for()
    assert account.get(webhook.path).status == 404


def test_a_viewer_sees_neither_the_slug_nor_anything_that_changes(at, account):
    webhook = account.bound_webhook(responseWebhook={"url": "https://example.com/secret-path"})
    visitor = at(webhook, role="viewer")
    visitor.page.get_by_text("only editors see it").wait_for()
    visitor.page.get_by_role("link", name="Q4 Outreach").wait_for()
    visitor.page.get_by_text("The rest of the URL is for editors.").wait_for()
    visitor.page.get_by_text(webhook.id, exact=True).wait_for()
    has_no_control_that_changes(visitor)
    assert webhook.slug not in visitor.page.content()
    assert "secret-path" not in visitor.page.content()


def test_a_webhook_that_is_not_there_is_said_to_be_missing(signed_in):
    visitor = signed_in()
    visitor.expects(404)
    visitor.open("/inbound/wh_00000000000000000000000000000000")
    visitor.page.get_by_role("alert").get_by_text("not_found").first.wait_for()


def test_what_to_paste_where_stays_open_when_the_first_request_arrives(editor, account):
    webhook = account.inbound()
    editor.page.clock.install()
    editor.open(f"/inbound/{webhook.id}")
    steps = editor.page.get_by_text("Run the command in a terminal.")
    expect(steps).to_be_visible()
    editor.page.get_by_label("Follow along").check()
    account.trigger(webhook)
    account.requests_to(webhook)
    editor.page.clock.run_for(5_100)
    expect(editor.page.get_by_role("region", name="Request log")).to_contain_text("Ignored")
    expect(steps).to_be_visible()
