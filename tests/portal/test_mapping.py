"""The editor of a mapping: what is typed is tried at once, refused at its field, and saved."""

import json

from playwright.sync_api import expect

from accounts import eventually, unused_phone
from sent_values import remember_phone


def preview(visitor):
    return visitor.page.get_by_role("status", name="What would be called")


def body(phone: str) -> dict:
    remember_phone(phone)
    return {"id": "evt-1", "contact": {"tel": phone, "First Name": "Jannetje", "deal": {"id": 4711}}}


def test_a_mapping_is_typed_tried_and_saved_and_takes_what_the_crm_sends(editor, account, jobs):
    webhook, phone = account.bound_webhook(), unused_phone()
    page = editor.page
    editor.open(f"/inbound/{webhook.id}")
    page.get_by_role("link", name="Set one up").click()
    page.get_by_label("A body, as your CRM sends it").fill(json.dumps(body(phone)))
    expect(page.get_by_text("type where in it the phone number stands")).to_be_visible()

    page.get_by_label("Phone number", exact=True).fill("contact.mobile, contact.tel")
    expect(preview(editor)).to_contain_text(phone)
    page.get_by_label("First name optional").fill('contact["First Name"]')
    page.get_by_label("Email optional").fill("contact.email")
    page.get_by_role("button", name="Add metadata").click()
    page.get_by_label("Metadata: name 1").fill("dealId")
    page.get_by_label("Metadata: path 1").fill("contact.deal.id")
    expect(preview(editor)).to_contain_text("Jannetje")
    expect(preview(editor)).to_contain_text("4711")
    expect(preview(editor)).to_contain_text("Nothing in this body for: Email.")
    page.get_by_role("button", name="Save the mapping").click()

    expect(page.get_by_text("phoneNumber, firstName, email, metadata")).to_be_visible()
    assert account.read(webhook.path)["mapping"] == {
        "phoneNumber": ["contact.mobile", "contact.tel"],
        "firstName": 'contact["First Name"]',
        "email": "contact.email",
        "metadata": {"dealId": "contact.deal.id"},
    }
    sent = json.dumps(body(phone)).encode()
    eventually(lambda: account.api.trigger(webhook.slug, sent).status == 201, "the mapping is used")
    (job,) = jobs.of(webhook)
    assert (job["recipient"], job["metadata"]) == ({"phoneNumber": phone, "firstName": "Jannetje"}, {"dealId": 4711})


def test_a_path_that_is_none_is_refused_at_its_field_and_what_was_typed_stays(editor, account):
    webhook, page = account.inbound(), editor.page
    editor.expects(400)
    editor.open(f"/inbound/{webhook.id}/mapping")
    page.get_by_label("Phone number", exact=True).fill("properties.phone.value")
    expect(preview(editor)).to_contain_text("+15551234567")
    page.get_by_label("City optional").fill("properties..city")
    expect(preview(editor)).to_contain_text("breaks at character 11")
    page.get_by_role("button", name="Save the mapping").click()
    city = page.get_by_label("City optional")
    expect(city).to_have_attribute("aria-invalid", "true")
    expect(city).to_be_focused()
    expect(page.get_by_label("Phone number", exact=True)).to_have_value("properties.phone.value")
    assert account.read(webhook.path)["mapping"] is None


def test_a_body_that_would_be_refused_or_lose_something_says_so(editor, account):
    webhook, page = account.inbound(mapping={"phoneNumber": "tel", "email": "emails"}), editor.page
    editor.open(f"/inbound/{webhook.id}/mapping")
    text = page.get_by_label("A body, as your CRM sends it")
    text.fill('{"tel": "1-800-FLOWERS"}')
    expect(preview(editor)).to_contain_text("phone_number_with_letters")
    text.fill('{"tel": "+15551234567", "emails": ["a@b"]}')
    expect(preview(editor)).to_contain_text("Email is a list or an object")
    text.fill("tel=%2B15551234567")
    expect(preview(editor)).to_contain_text("Nothing in this body for: Email.")


def test_a_mapping_is_removed_and_a_viewer_has_no_editor(editor, signed_in, account):
    webhook, page = account.inbound(mapping={"phoneNumber": "tel"}), editor.page
    viewer = signed_in("viewer")
    viewer.open(f"/inbound/{webhook.id}/mapping")
    expect(viewer.page.get_by_text("Your session can only view")).to_be_visible()
    editor.open(f"/inbound/{webhook.id}/mapping")
    page.get_by_role("button", name="Remove the mapping").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.get_by_text("None: it takes our own form of JSON.")).to_be_visible()
    assert account.read(webhook.path)["mapping"] is None


def test_a_preset_becomes_the_mapping_and_takes_the_place_of_another_only_after_a_question(editor, account):
    webhook, page = account.inbound(), editor.page
    editor.open(f"/inbound/{webhook.id}/mapping")
    preset = page.get_by_label("Begin with a preset")
    preset.select_option("HubSpot: a workflow asks for a call")
    expect(page.get_by_text("The contact's id comes back with the result")).to_be_visible()
    expect(preview(editor)).to_contain_text("+15551234567")
    preset.select_option("Salesforce: a flow asks for a call")
    question = page.get_by_role("dialog", name="Replace what is typed?")
    question.get_by_role("button", name="Cancel").click()
    expect(preset).to_have_value("hubspot-workflow")
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_text("Saved.").wait_for()
    assert account.read(webhook.path)["mapping"] == account.preset("hubspot-workflow")
    editor.open(f"/inbound/{webhook.id}/mapping")
    preset.select_option("Salesforce: a flow asks for a call")
    question.get_by_role("button", name="Replace").click()
    expect(preset).to_have_value("salesforce-flow")
    page.get_by_role("button", name="Save the mapping").click()
    page.get_by_text("Saved.").wait_for()
    assert account.read(webhook.path)["mapping"] == account.preset("salesforce-flow")
