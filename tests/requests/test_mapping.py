"""Bodies of those who do not speak our request, read by a webhook's mapping."""

import json
from urllib.parse import urlencode

import pytest

import sent_values
from accounts import eventually, unused_phone
from refusals import assert_refused

# A HubSpot workflow's "Send a webhook": the contact, each property with its value and its versions (legacy v1).
HUBSPOT = {
    "phoneNumber": ["properties.mobilephone.value", "properties.phone.value"],
    "firstName": "properties.firstname.value",
    "lastName": "properties.lastname.value",
    "email": "properties.email.value",
    "companyName": 'properties["associated company"].value',
    "metadata": {"contactId": "vid", "portal": "portal-id"},
    "variables": {"lifecycle": "properties.lifecyclestage.value"},
}


def hubspot_contact(phone: str, **more) -> dict:
    values = {
        "phone": phone,
        "firstname": "Jannetje",
        "lastname": "van Quillhaven",
        "email": "jannetje@quillhaven.example",
        "lifecyclestage": "salesqualifiedlead",
        "associated company": "Quillhaven Realty BV",
        **more,
    }
    properties = {
        name: {"value": value, "versions": [{"value": value, "source-type": "CRM_UI", "timestamp": 1730179200000}]}
        for name, value in values.items()
    }
    return {"vid": 4711, "portal-id": 62515, "is-contact": True, "properties": properties, "list-memberships": []}


def post(account, webhook, body: bytes | dict, **headers):
    if isinstance(body, dict | list):
        sent_values.remember("call data", body)
        body = json.dumps(body).encode()
    return account.api.trigger(webhook.slug, body, headers=headers)


def test_a_hubspot_workflows_contact_becomes_a_call(account, jobs, dialer):
    webhook, phone = account.bound_webhook(mapping=HUBSPOT), unused_phone()

    answer = post(account, webhook, hubspot_contact(phone, mobilephone=""))

    assert (answer.status, answer.body) == (201, b'{"success":true}')
    (job,) = jobs.of(webhook)
    assert job["recipient"] == {
        "phoneNumber": phone,
        "firstName": "Jannetje",
        "lastName": "van Quillhaven",
        "email": "jannetje@quillhaven.example",
        "companyName": "Quillhaven Realty BV",
    }
    assert (job["metadata"], job["variables"]) == (
        {"contactId": 4711, "portal": 62515},
        {"lifecycle": "salesqualifiedlead"},
    )
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["reason"], row["callId"]) == ("accepted", None, job["callId"])


def test_chosen_properties_as_flat_json_or_as_a_form_become_a_call(account, jobs):
    """HubSpot's "include specific properties" posts them flat; other systems post a form."""
    mapping = {"phoneNumber": ["phone", "contact.phone"], "firstName": ["firstname", 'contact["First Name"]']}
    webhook = account.bound_webhook(mapping=mapping)
    flat, form = unused_phone(), unused_phone()
    assert post(account, webhook, {"phone": flat, "firstname": "Jannetje"}).status == 201
    body = urlencode({"contact[phone]": form, "contact[First Name]": "Jannetje"}).encode()
    assert post(account, webhook, body, **{"content-type": "application/x-www-form-urlencoded"}).status == 201
    recipients = [job["recipient"] for job in jobs.of(webhook, 2)]
    expected = [{"phoneNumber": phone, "firstName": "Jannetje"} for phone in (flat, form)]
    assert sorted(recipients, key=str) == sorted(expected, key=str)


def test_a_list_of_one_and_a_documented_request_are_taken_too(account, jobs):
    webhook = account.bound_webhook(mapping=HUBSPOT)
    listed, documented = unused_phone(), unused_phone()
    assert post(account, webhook, [hubspot_contact(listed)]).status == 201
    assert account.trigger(webhook, {"phoneNumber": documented, "firstName": "Jane"}).status == 201
    by_phone = {job["recipient"]["phoneNumber"]: job["recipient"] for job in jobs.of(webhook, 2)}
    assert set(by_phone) == {listed, documented}
    assert by_phone[documented]["firstName"] == "Jane"


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        ({"vid": 1}, "missing_phone_number", "mapping.phoneNumber"),
        (hubspot_contact("1-800-FLOWERS"), "phone_number_with_letters", "mapping.phoneNumber"),
        ([{}, {}], "invalid_json", "a list"),
        (b"{", "invalid_json", "ends too early"),
    ],
)
def test_a_body_in_which_the_mapping_finds_no_number_is_a_400_and_a_row_of_the_log(account, body, code, told):
    webhook = account.bound_webhook(mapping=HUBSPOT)
    answer = post(account, webhook, body)
    assert (answer.status, answer.error["code"]) == (400, code)
    assert told in answer.error["message"] and "FLOWERS" not in answer.error["message"]
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["reason"]) == ("rejected", code)


def test_under_a_mapped_key_what_was_read_is_compared_and_a_repeat_is_one_call(account, jobs):
    webhook = account.bound_webhook(mapping={"phoneNumber": "phone", "idempotencyKey": "eventId"})
    phone = unused_phone()
    send = lambda **body: post(account, webhook, body).status  # noqa: E731
    assert [send(phone=phone, eventId=7, sentAt=1), send(sentAt=2, eventId="7", phone=phone)] == [201, 201]
    assert send(phone=unused_phone(), eventId=7) == 422
    assert send(phone=phone, eventId={"id": 7}) == 400
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99


def test_a_header_counts_before_a_mapped_key(account, jobs):
    webhook = account.bound_webhook(mapping={"phoneNumber": "phone", "idempotencyKey": "eventId"})
    phone = unused_phone()
    for key in ("a", "b"):
        assert post(account, webhook, {"phone": phone, "eventId": 7}, **{"idempotency-key": key}).status == 201
    assert len(jobs.all_of(webhook)) == 2


def test_a_mapping_is_shown_changed_as_a_whole_and_taken_away(account):
    webhook = account.bound_webhook()
    assert webhook.body["mapping"] is None
    assert account.edit(webhook.path, mapping=HUBSPOT)["mapping"] == HUBSPOT
    assert list(account.read(webhook.path)["mapping"]) == list(HUBSPOT), "in the order of its owner"
    (listed,) = account.read("/webhooks")["items"]
    assert listed["mapping"] == HUBSPOT
    eventually(lambda: post(account, webhook, hubspot_contact(unused_phone())).status == 201, "the mapping is used")
    other = {"phoneNumber": "phone"}
    assert account.edit(webhook.path, mapping=other)["mapping"] == other
    header = {"name": "X-Key", "value": "the value beside a mapping"}
    sent_values.remember("required header", header["value"])
    assert account.edit(webhook.path, requiredHeader=header)["mapping"] == other
    edited = account.edit(webhook.path, mapping=None)
    assert (edited["mapping"], edited["requiredHeader"]) == (None, {"name": "X-Key"})
    account.edit(webhook.path, requiredHeader=None)
    eventually(lambda: post(account, webhook, {"phone": unused_phone()}).status == 400, "no mapping is used")


@pytest.mark.parametrize(
    ("mapping", "code", "field"),
    [
        ({}, "missing_field", "mapping.phoneNumber"),
        ({"phoneNumber": ["a", "b..c"]}, "invalid_field", "mapping.phoneNumber[1]"),
        ({"phoneNumber": "a", "metadata": {"deal": "x["}}, "invalid_field", "mapping.metadata.deal"),
        ({"phoneNumber": "a", "phone": "b"}, "unknown_field", "mapping.phone"),
        ({"phoneNumber": "a", "variables": {f"v{n}": "a" for n in range(100)}}, "invalid_field", "mapping"),
    ],
)
def test_a_refusal_of_a_mapping_names_the_part_to_change(account, mapping, code, field):
    new = {"direction": "inbound", "name": "From the CRM", "mapping": mapping}
    assert_refused(account.post("/webhooks", new), 400, code, field)


# the preview


@pytest.fixture
def preview(shared_account):
    webhook = shared_account.inbound(mapping=HUBSPOT)

    def preview(body, **unsaved) -> dict:
        sent_values.remember("call data", body)
        answer = shared_account.post(f"{webhook.path}/requests/preview", {"body": body, **unsaved})
        assert answer.status == 200, answer
        return answer.json()

    return preview


def test_a_preview_says_what_a_request_would_become(preview):
    body = hubspot_contact("(555) 123-4567", email=["a@b"])
    shown = preview(body)
    assert shown == {
        "readAs": "mapping",
        "recipient": {
            "phoneNumber": "+15551234567",
            "firstName": "Jannetje",
            "lastName": "van Quillhaven",
            "companyName": "Quillhaven Realty BV",
        },
        "metadata": {"contactId": 4711, "portal": 62515},
        "variables": {"lifecycle": "salesqualifiedlead"},
        "idempotencyKey": None,
        "dropped": [{"field": "email", "reason": "is a list or an object, where a text belongs"}],
        "missing": [],
        "error": None,
    }
    assert preview(json.dumps(body)) == shown, "a text is the body as it would be sent"


def test_a_preview_takes_a_mapping_that_is_not_saved_and_names_what_the_body_has_not(preview):
    mapping = {"phoneNumber": "tel", "email": "mail", "metadata": {"deal": "deal"}, "idempotencyKey": "id"}
    shown = preview("tel=%2B15551234567&id=evt-1", mapping=mapping)
    assert shown["recipient"] == {"phoneNumber": "+15551234567"}
    assert (shown["missing"], shown["idempotencyKey"]) == (["email", "metadata.deal"], "evt-1")
    documented = {"type": "calls.execute", "data": {"phoneNumber": "5551234567"}}
    assert preview(documented, mapping=None)["readAs"] == preview(documented)["readAs"] == "documented"


def test_a_preview_reads_a_text_as_what_it_is_whatever_it_is_said_to_be(preview):
    mapping = {"phoneNumber": "tel"}
    for text in ("tel=%2B15551234567", '{"tel": "+15551234567"}'):
        shown = preview(text, mapping=mapping)
        assert shown["recipient"] == {"phoneNumber": "+15551234567"}
        assert [preview(text, mapping=mapping, contentType=said) for said in ("json", "form", None)] == [shown] * 3
    documented = {"type": "calls.execute", "data": {"phoneNumber": "5551234567"}}
    assert preview(documented, contentType="json") == preview(documented)


def test_a_preview_of_a_request_that_would_be_refused_says_why(preview):
    for body, code in [("{", "invalid_json"), ({"vid": 1}, "missing_phone_number"), ("x" * 65_537, "body_too_large")]:
        shown = preview(body)
        assert (shown["error"]["code"], shown["recipient"], shown["readAs"]) == (code, None, None)


def test_a_preview_places_and_logs_nothing(account, jobs):
    webhook = account.bound_webhook(mapping=HUBSPOT)
    answer = account.post(f"{webhook.path}/requests/preview", {"body": hubspot_contact(unused_phone())})
    assert answer.json()["error"] is None
    # A later request has come through, and stands alone.
    assert post(account, webhook, hubspot_contact(unused_phone())).status == 201
    account.last_request_to(webhook)
    assert len(jobs.all_of(webhook)) == 1
    assert account.credits() == 99


def test_what_is_no_preview_is_refused(account):
    webhook, outbound = account.inbound(), account.outbound("https://example.com/")
    path = f"{webhook.path}/requests/preview"
    assert_refused(account.post(path, {}), 400, "missing_field", "body")
    assert_refused(account.post(path, {"body": {"a": 1}, "contentType": "form"}), 400, "invalid_field", "body")
    assert_refused(account.post(path, {"body": "a=1", "contentType": "text/csv"}), 400, "invalid_field", "contentType")
    assert_refused(
        account.post(path, {"body": {}, "mapping": {"phoneNumber": "a["}}), 400, "invalid_field", "mapping.phoneNumber"
    )
    assert_refused(account.post(f"{outbound.path}/requests/preview", {"body": {}}), 409, "not_inbound")
