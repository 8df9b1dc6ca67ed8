"""What every form is careful about: values that are not kept, answers that got lost, refusals that are answered."""

import pytest
from playwright.sync_api import expect

from receiver import Http


@pytest.fixture
def new_webhook(editor):
    """The form of a new outbound webhook with a header, filled in."""
    editor.open("/outbound/new")
    page = editor.page
    page.get_by_label("Name", exact=True).fill("To the CRM")
    page.get_by_label("URL", exact=True).fill("https://example.com/hook")
    return page


def add_header(page) -> None:
    page.get_by_role("button", name="Add a header").click()
    page.get_by_label("Name of header 1").fill("Authorization")
    page.get_by_label("Value of header 1").fill("Bearer typed")


def lose_the_next_answer(editor, path: str):
    """The API does what it is asked, and the answer never arrives."""

    def lose(route) -> None:
        route.fetch()
        route.abort()

    editor.page.route(path, lose, times=1)
    return editor.page.expect_console_message(lambda message: "Failed to load resource" in message.text)


# values of headers


def test_a_header_whose_value_a_reload_has_lost_is_not_saved_empty(new_webhook, account):
    page = new_webhook
    add_header(page)
    page.reload()
    page.get_by_text("The values of headers are not").wait_for()
    value = page.get_by_label("Value of header 1")
    for button in ("Create webhook", "Send a test"):
        page.get_by_role("button", name=button).click()
        expect(value).to_be_focused()
        expect(page.get_by_text("The value that was typed here was not kept.")).to_be_visible()
        assert account.read("/webhooks")["items"] == []
    value.fill("Bearer again")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="To the CRM is ready").wait_for()
    assert account.read("/webhooks")["items"][0]["headers"] == ["Authorization"]


def test_a_value_that_was_to_replace_a_stored_one_is_missed(editor, account, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url, headers=[{"name": "Authorization", "value": "Bearer stored"}])
    editor.open(f"/outbound/{webhook.id}/edit")
    page = editor.page
    page.get_by_label("Value of header 1").fill("Bearer new")
    page.reload()
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("The value that was typed here was not kept.")).to_be_visible()
    page.get_by_role("button", name="Keep the stored value").click()
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Saved.").wait_for()
    assert account.post(f"{webhook.path}/test", None).json()["success"]
    assert endpoint.requests[0].headers["authorization"] == "Bearer stored"


# answers that got lost


def test_a_webhook_whose_answer_got_lost_is_found_before_another_is_made(editor, new_webhook, account):
    page = new_webhook
    create = page.get_by_role("button", name="Create webhook")
    with lose_the_next_answer(editor, "**/v1/webhooks"):
        create.click()
    editor.faults.clear()
    page.get_by_text("The API cannot be reached.").wait_for()
    create.click()
    page.get_by_text("A webhook of this name and URL is there already.").wait_for()
    (made,) = account.read("/webhooks")["items"]
    link = page.get_by_role("link", name="Open the one that is there")
    assert link.get_attribute("href") == f"#/outbound/{made['id']}"
    create.click()
    page.get_by_role("heading", name="To the CRM is ready").wait_for()
    assert len(account.read("/webhooks")["items"]) == 2


def test_a_test_call_whose_answer_got_lost_is_found_after_a_reload(editor, account):
    campaign = account.campaign()
    editor.open(f"/campaigns/{campaign['id']}")
    page = editor.page
    page.get_by_label("Phone number").fill("+1 555 123 4567")
    with lose_the_next_answer(editor, "**/test-call"):
        page.get_by_role("button", name="Call me").click()
    editor.faults.clear()
    page.get_by_text("The API cannot be reached.").wait_for()
    page.reload()
    page.get_by_role("button", name="Call me").click()
    expect(page.get_by_role("status", name="The test call")).to_contain_text("Queued")
    assert len(account.calls_of(campaign)) == 1


# what is said, and for how long


def test_the_result_of_a_test_names_the_url_that_was_tested(editor, new_webhook, receivers):
    page = new_webhook
    endpoint = receivers.receiver(Http(500))
    page.get_by_label("URL", exact=True).fill(endpoint.url)
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("When it is mended, test again.").wait_for()
    assert page.get_by_text("not of what is typed now").count() == 0
    page.get_by_label("URL", exact=True).fill("https://example.com/another")
    notice = page.get_by_text("not of what is typed now")
    expect(notice).to_contain_text(endpoint.url)
    page.get_by_label("URL", exact=True).fill(endpoint.url)
    expect(notice).to_have_count(0)


def test_signing_in_again_answers_the_refusal_of_the_session(editor, new_webhook, account, api):
    page = new_webhook
    editor.expects(401)
    assert api.operator("DELETE", f"/accounts/{account.id}/portal-sessions").status == 204
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_label("API key").fill(account.api_key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("To the CRM")
    expect(page.get_by_text("Send a valid API key")).to_have_count(0)


def test_half_of_a_sign_is_refused_at_its_field(editor, new_webhook):
    name = new_webhook.get_by_label("Name", exact=True)
    name.evaluate("field => { field.value = 'To \\ud83d'; field.dispatchEvent(new InputEvent('input')); }")
    new_webhook.get_by_role("button", name="Create webhook").click()
    expect(name).to_be_focused()
    expect(new_webhook.get_by_text("There is half of a sign in this")).to_be_visible()
    name.fill("Whole")
    expect(new_webhook.get_by_text("There is half of a sign in this")).to_have_count(0)


# the secret that is shown once


def test_nobody_leaves_without_the_secret_unasked(new_webhook):
    page = new_webhook
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("link", name="Go to the webhook").click()
    question = page.get_by_role("dialog", name="Leave without the secret?")
    question.get_by_role("button", name="Stay").click()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="Go to the webhook").click()
    page.get_by_role("heading", name="Delivery log").wait_for()
    page.get_by_role("button", name="Rotate the secret").click()
    page.get_by_role("dialog").get_by_role("button", name="Rotate").click()
    page.get_by_text("The new secret.").wait_for()
    page.get_by_role("link", name="Home").click()
    question.get_by_role("button", name="Stay").click()
    page.get_by_role("button", name="I have kept it").click()
    page.get_by_role("link", name="Home").click()
    page.get_by_role("heading", name="Home").wait_for()


def test_whoever_has_copied_the_secret_is_not_asked(signed_in):
    page = signed_in(permissions=["clipboard-read", "clipboard-write"]).page
    page.get_by_role("link", name="Inbound").click()
    page.get_by_role("link", name="Create webhook").click()
    page.get_by_label("Name", exact=True).fill("CRM leads")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_text("It has no campaign yet, so its requests are ignored").wait_for()
    page.get_by_role("button", name="Copy the signing secret").click()
    page.get_by_role("button", name="Copied the signing secret").wait_for()
    page.get_by_role("link", name="Write a campaign for it").click()
    expect(page.get_by_label("Inbound webhook")).to_have_value(page.url.rpartition("=")[2])
