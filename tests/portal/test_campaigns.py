"""Campaigns: made, written, tried and put to sleep."""

import json
import re

import pytest
from playwright.sync_api import expect

import completions
from accounts import unused_phone
from infra.local.settings import CHECKOUT
from openapi import document

SETTINGS = (CHECKOUT / "functions/portal/web/pages/campaign/settings.js").read_text(encoding="utf-8")
# In places of their own on the page.
ELSEWHERE = {"name", "prompt", "status", "webhookId"}


@pytest.fixture
def campaign(account) -> dict:
    return account.campaign(name="Spring viewings", prompt="Ask whether a viewing suits.")


@pytest.fixture
def at_campaign(editor, campaign):
    editor.open(f"/campaigns/{campaign['id']}")
    editor.page.get_by_role("heading", name="Spring viewings").wait_for()
    return editor


def prompt_of(account, campaign: dict) -> str:
    return account.read(f"/campaigns/{campaign['id']}")["prompt"]


# what its form has


def written_as(constant: str) -> str:
    """What a constant of the form's source is, an array or an object."""
    return re.search(rf"const {constant} = [\[{{](.*?)[\]}}];", SETTINGS, re.DOTALL)[1]


def test_every_field_that_can_be_set_is_in_the_form_and_has_a_label():
    settable = set(document()["components"]["schemas"]["CampaignChange"]["properties"])
    texts, objects = (set(re.findall(r'"(\w+)"', written_as(constant))) for constant in ("TEXTS", "OBJECTS"))
    labelled = set(re.findall(r"^  (\w+):", written_as("LABELS"), re.MULTILINE))
    asked_for = set(re.findall(r'form\.field\("(\w+)"\)', SETTINGS))
    assert texts | objects | ELSEWHERE == settable
    assert labelled == settable - ELSEWHERE
    assert asked_for >= texts - ELSEWHERE


# the list, and a new one


def test_an_account_without_campaigns_is_told_what_to_do(editor):
    editor.open("/campaigns")
    expect(editor.page.get_by_role("heading", name="No campaign yet")).to_be_visible()
    editor.page.get_by_role("link", name="Create campaign").last.click()
    expect(editor.page.get_by_role("heading", name="New campaign")).to_be_visible()


def test_the_list_shows_label_status_and_webhook(editor, account):
    account.campaign(account.webhook(direction="inbound", name="Website"), name="Spring viewings")
    account.campaign(name="Win back", status="paused")
    editor.open("/campaigns")
    rows = editor.page.get_by_role("row")
    expect(rows.filter(has_text="Spring viewings")).to_contain_text("Inbound")
    expect(rows.filter(has_text="Spring viewings")).to_contain_text("Active")
    expect(rows.filter(has_text="Spring viewings")).to_contain_text("Website")
    expect(rows.filter(has_text="Win back")).to_contain_text("Paused")
    expect(rows.filter(has_text="Win back")).to_contain_text("none")


def test_sixty_campaigns_come_page_by_page(editor, account):
    for number in range(60):
        account.campaign(name=f"Campaign {number:02}")
    editor.open("/campaigns")
    rows = editor.page.get_by_role("table").get_by_role("link")
    expect(rows).to_have_count(50)
    editor.page.get_by_role("button", name="Load more").click()
    expect(rows).to_have_count(60)
    expect(editor.page.get_by_role("button", name="Load more")).to_have_count(0)
    expect(rows.last).to_have_text("Campaign 00")


def test_a_new_campaign_is_refused_at_its_field_and_then_made(editor, account):
    webhook = account.webhook(direction="inbound", name="Website")
    editor.expects(400)
    editor.open("/campaigns/new")
    editor.page.get_by_label("Prompt").fill("Ask for a viewing.")
    editor.page.get_by_role("button", name="Create campaign").click()
    name = editor.page.get_by_label("Name")
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    name.fill("Autumn")
    editor.page.get_by_label("Inbound webhook").select_option("Website")
    editor.page.get_by_label("Status").select_option("Active")
    editor.page.get_by_role("button", name="Create campaign").dblclick()
    expect(editor.page.get_by_role("heading", name="Autumn")).to_be_visible()
    (made,) = account.read("/campaigns")["items"]
    assert (made["name"], made["status"], made["webhookId"]) == ("Autumn", "active", webhook.id)
    assert prompt_of(account, made) == "Ask for a viewing."


def test_webhooks_that_could_not_be_loaded_are_said_to_be_and_asked_for_again(editor, account):
    webhook = account.webhook(direction="inbound", name="Open house")
    busy = {"error": {"code": "temporarily_unavailable", "message": "Try again."}}
    editor.expects(503)
    editor.page.route("**/v1/webhooks?**", lambda request: request.fulfill(status=503, json=busy))
    editor.open("/campaigns/new")
    editor.page.get_by_role("alert").get_by_text("temporarily_unavailable").wait_for()
    editor.page.unroute_all()
    editor.page.get_by_role("button", name="Try again").click()
    editor.page.get_by_label("Inbound webhook").select_option(webhook.id)


def test_the_back_button_does_not_lead_to_the_form_again(editor):
    editor.open("/campaigns")
    editor.page.get_by_role("link", name="Create campaign").first.click()
    editor.page.get_by_label("Name").fill("Autumn")
    editor.page.get_by_role("button", name="Create campaign").click()
    editor.page.get_by_role("heading", name="Autumn").wait_for()
    editor.page.go_back()
    expect(editor.page.get_by_role("heading", name="Campaigns")).to_be_visible()


# its page


def test_saving_sends_what_was_changed_and_nothing_else(at_campaign, account, campaign):
    sent = at_campaign.counted("PATCH", f"/campaigns/{campaign['id']}")
    at_campaign.page.get_by_label("Prompt").fill("Ask whether Saturday suits.")
    at_campaign.page.get_by_role("button", name="Save changes").dblclick()
    expect(at_campaign.page.get_by_text("Everything is saved")).to_be_visible()
    assert prompt_of(account, campaign) == "Ask whether Saturday suits."
    assert [json.loads(request.post_data) for request in sent] == [{"prompt": "Ask whether Saturday suits."}]


def test_leaving_with_changes_is_asked_about(at_campaign, account, campaign):
    page = at_campaign.page
    page.get_by_label("Prompt").fill("Half a thou")
    page.get_by_role("link", name="Credits").click()
    question = page.get_by_role("dialog", name="Leave without saving?")
    question.get_by_role("button", name="Stay").click()
    expect(page.get_by_label("Prompt")).to_have_value("Half a thou")
    assert at_campaign.route == f"/campaigns/{campaign['id']}"
    page.get_by_role("link", name="Credits").click()
    question.get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="Credits")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Prompt")).to_have_value("Ask whether a viewing suits.")


def test_without_changes_nobody_is_asked(at_campaign):
    at_campaign.page.get_by_role("link", name="Credits").click()
    expect(at_campaign.page.get_by_role("heading", name="Credits")).to_be_visible()


def test_a_reload_loses_nothing_that_was_typed(at_campaign):
    at_campaign.page.get_by_label("Prompt").fill("Half a thou")
    at_campaign.page.reload()
    expect(at_campaign.page.get_by_label("Prompt")).to_have_value("Half a thou")
    at_campaign.page.get_by_role("button", name="Discard changes").click()
    expect(at_campaign.page.get_by_label("Prompt")).to_have_value("Ask whether a viewing suits.")


def test_settings_that_only_the_dialer_reads_are_json(at_campaign, account, campaign):
    page = at_campaign.page
    page.get_by_text("Follow-ups, forwarding, keypad").click()
    followups = page.get_by_label("Follow-ups")
    followups.fill("{email: true}")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("This is not JSON")).to_be_visible()
    expect(followups).to_be_focused()
    followups.fill('{"email": true}')
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    assert account.read(f"/campaigns/{campaign['id']}")["followUps"] == {"email": True}


def test_a_number_of_the_settings_stays_as_it_is_written(editor, account):
    stored = {"after": 9007199254740993, "texts": ["a, {b: [1]}"]}
    campaign = account.campaign(followUps=stored)
    editor.open(f"/campaigns/{campaign['id']}")
    page = editor.page
    followups = page.get_by_label("Follow-ups")
    expect(followups).to_have_value(json.dumps(stored, indent=2))
    followups.fill('{"after": 9007199254740993, "more": true}')
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    after = account.read(f"/campaigns/{campaign['id']}")["followUps"]
    assert after == {"after": 9007199254740993, "more": True}


@pytest.mark.parametrize("number", ["1e400", "123456789012345678901234567890"])
def test_a_number_that_cannot_be_kept_is_refused_at_its_field(at_campaign, account, campaign, number):
    page = at_campaign.page
    at_campaign.expects(400)
    page.get_by_text("Follow-ups, forwarding, keypad").click()
    page.get_by_label("Keypad navigation").fill(f'{{"n": {number}}}')
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_label("Keypad navigation")).to_be_focused()
    assert account.read(f"/campaigns/{campaign['id']}")["keypadNavigation"] is None


def test_on_a_narrow_screen_nothing_covers_what_saves(signed_in, account):
    campaign = account.campaign()
    visitor = signed_in(viewport={"width": 390, "height": 700})
    visitor.open(f"/campaigns/{campaign['id']}")
    visitor.page.get_by_label("Prompt").fill("Ask for a viewing.")
    save = visitor.page.get_by_role("button", name="Save changes")
    save.click()
    visitor.page.get_by_text("Saved. It counts").wait_for()
    toast, button = visitor.page.locator(".toast").bounding_box(), save.bounding_box()
    assert toast["y"] + toast["height"] < button["y"]


def test_a_campaign_is_paused_and_activated(at_campaign, account, campaign):
    at_campaign.page.get_by_role("button", name="Pause").click()
    at_campaign.page.get_by_role("button", name="Activate").wait_for()
    assert account.read(f"/campaigns/{campaign['id']}")["status"] == "paused"
    at_campaign.page.get_by_role("button", name="Activate").click()
    at_campaign.page.get_by_role("button", name="Pause").wait_for()
    assert account.read(f"/campaigns/{campaign['id']}")["status"] == "active"


def test_a_campaign_without_a_webhook_is_deleted_after_one_question(at_campaign, account, campaign):
    page = at_campaign.page
    page.get_by_role("button", name="Delete campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert account.get(f"/campaigns/{campaign['id']}").status == 200
    page.get_by_role("button", name="Delete campaign").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No campaign yet")).to_be_visible()
    assert account.get(f"/campaigns/{campaign['id']}").status == 404


def test_a_campaign_that_is_not_there_says_so(editor):
    editor.expects(404)
    editor.open("/campaigns/cmp_unknown")
    expect(editor.page.get_by_role("alert")).to_contain_text("not_found")


# the test call


def ask_for_a_call(visitor, phone: str) -> None:
    visitor.page.get_by_label("Phone number").fill(phone)
    visitor.page.get_by_label("First name").fill("Jannetje")
    visitor.page.get_by_role("button", name="Call me").dblclick()


def test_a_test_call_is_shown_until_it_is_over(at_campaign, account, campaign, jobs, dialer):
    phone = unused_phone()
    ask_for_a_call(at_campaign, phone)
    progress = at_campaign.page.get_by_role("status", name="The test call")
    expect(progress).to_contain_text("Queued")
    (call,) = account.calls_of(campaign)
    job = jobs.of_call(call["id"])
    assert (job["recipient"]["phoneNumber"], job["recipient"]["firstName"]) == (phone, "Jannetje")
    of_call = {"source": job["source"], "campaign": job["campaign"], "recipient": job["recipient"]}
    dialer.send(completions.of_job(job, summary="It sounds right.", duration=42) | of_call)
    expect(progress).to_contain_text("Finished")
    expect(progress).to_contain_text("It sounds right.")
    expect(progress).to_contain_text("42 s")
    progress.get_by_role("link", name="Open the call").click()
    expect(at_campaign.page.get_by_role("heading", name="Jannetje")).to_be_visible()


def test_a_reload_goes_on_with_the_test_call(at_campaign):
    ask_for_a_call(at_campaign, unused_phone())
    at_campaign.page.get_by_role("status", name="The test call").wait_for()
    at_campaign.page.reload()
    expect(at_campaign.page.get_by_role("status", name="The test call")).to_contain_text("Queued")


def test_a_number_that_cannot_be_read_is_refused_at_its_field(at_campaign):
    at_campaign.expects(400)
    ask_for_a_call(at_campaign, "555 POTATO")
    phone = at_campaign.page.get_by_label("Phone number")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_be_focused()


def test_an_answer_that_got_lost_makes_no_second_call(at_campaign, account, campaign):
    def lose(route) -> None:
        route.fetch()
        route.abort()

    at_campaign.page.route("**/test-call", lose, times=1)
    with at_campaign.page.expect_console_message(lambda message: "Failed to load resource" in message.text):
        ask_for_a_call(at_campaign, unused_phone())
    at_campaign.faults.clear()
    expect(at_campaign.page.get_by_text("The API cannot be reached.")).to_be_visible()
    at_campaign.page.get_by_role("button", name="Call me").click()
    expect(at_campaign.page.get_by_role("status", name="The test call")).to_contain_text("Queued")
    assert len(account.calls_of(campaign)) == 1


def test_without_a_prompt_or_credits_no_test_call_is_made(editor, account, api):
    draft = account.campaign(prompt=None, status="draft")
    editor.open(f"/campaigns/{draft['id']}")
    expect(editor.page.get_by_text("A test call needs a prompt.")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Call me")).to_have_count(0)


def test_an_account_out_of_credits_is_told_so(signed_in, api, account):
    poor = type(account).open(api, credits=0)
    campaign = poor.campaign()
    visitor = signed_in(of=poor)
    visitor.expects(409)
    visitor.open(f"/campaigns/{campaign['id']}")
    ask_for_a_call(visitor, unused_phone())
    expect(visitor.page.get_by_role("alert")).to_contain_text("insufficient_funds")
