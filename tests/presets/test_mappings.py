"""Each mapping preset reads what its system posts into a call.

The bodies are written from each system's reference, whose address the preset has: its names and shapes, our people.
"""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest

import sent_values
from accounts import unused_phone
from preset_apis import MAPPINGS

PERSON = {"firstName": "Jannetje", "lastName": "van Quillhaven", "email": "jannetje@quillhaven.example"}
PLACE = {"address1": "123 Harbour View", "city": "Zwijndrecht", "state": "TX", "zipCode": "78701"}
COMPANY = {"companyName": "Quillhaven Realty BV"}


@dataclass
class Sample:
    """`body` has `{phone}` and `{event}` where the number stands and what names the event."""

    preset: str
    body: dict
    recipient: dict
    metadata: dict
    is_form: bool = False
    name: str = field(default="")

    def of(self, phone: str, event: str) -> bytes:
        if self.is_form:
            values = {key: value.format(phone=phone, event=event) for key, value in self.body.items()}
            return urlencode(values).encode()
        text = json.dumps(self.body)
        return text.replace("{phone}", phone).replace("{event}", event).encode()


def versioned(**values: str) -> dict:
    """Properties of HubSpot's old contact object."""
    source = {"source-type": "CRM_UI", "timestamp": 1730179200000}
    return {name: {"value": value, "versions": [{"value": value, **source}]} for name, value in values.items()}


HUBSPOT = {
    "phone": "{phone}",
    "firstname": "Jannetje",
    "lastname": "van Quillhaven",
    "email": "jannetje@quillhaven.example",
    "company": "Quillhaven Realty BV",
    "address": "123 Harbour View",
    "city": "Zwijndrecht",
    "state": "TX",
    "zip": "78701",
    "call_request_id": "{event}",
}
SAMPLES = [
    Sample(
        "hubspot-workflow",
        {"vid": 4711, "portal-id": 62515, "is-contact": True, "properties": versioned(**HUBSPOT, hs_object_id="4711")},
        PERSON | PLACE | COMPANY,
        {"contactId": 4711},
        name="the whole contact",
    ),
    Sample(
        "hubspot-workflow",
        {**HUBSPOT, "hs_object_id": "4711"},
        PERSON | PLACE | COMPANY,
        {"contactId": "4711"},
        name="chosen properties",
    ),
    Sample(
        "gohighlevel-workflow",
        {
            "contact_id": "nmFmQEsNgz6AVpgLVUJ0",
            "first_name": "Jannetje",
            "last_name": "van Quillhaven",
            "full_name": "Jannetje van Quillhaven",
            "email": "jannetje@quillhaven.example",
            "phone": "{phone}",
            "tags": "hot,buyer",
            "address1": "123 Harbour View",
            "city": "Zwijndrecht",
            "state": "TX",
            "postal_code": "78701",
            "company_name": "Quillhaven Realty BV",
            "location": {"id": "ve9EPM428h8vShlRW1KT", "name": "Quillhaven"},
            "workflow": {"id": "d2b4a8f0", "name": "New lead"},
            "customData": {"call_request_id": "{event}"},
        },
        PERSON | PLACE | COMPANY,
        {"contactId": "nmFmQEsNgz6AVpgLVUJ0"},
    ),
    Sample(
        "pipedrive-automation",
        {
            "meta": {
                "action": "create",
                "entity": "person",
                "entity_id": "815",
                "company_id": "62515",
                "id": "{event}",
                "attempt": 1,
                "timestamp": "2024-10-29T05:20:00.000Z",
                "version": "2.0",
            },
            "data": {
                "id": 815,
                "name": "Jannetje van Quillhaven",
                "first_name": "Jannetje",
                "last_name": "van Quillhaven",
                "phones": [{"label": "work", "primary": True, "value": "{phone}"}],
                "emails": [{"label": "work", "primary": True, "value": "jannetje@quillhaven.example"}],
            },
            "previous": None,
        },
        PERSON,
        {"personId": 815},
        name="a webhook of persons",
    ),
    Sample(
        "pipedrive-automation",
        {
            "phone": "{phone}",
            "first_name": "Jannetje",
            "last_name": "van Quillhaven",
            "email": "jannetje@quillhaven.example",
            "person_id": 815,
            "deal_id": 21,
            "event_id": "{event}",
        },
        PERSON,
        {"personId": 815, "dealId": 21},
        name="an automation",
    ),
    Sample(
        "salesforce-flow",
        {
            "Id": "003000000000001AAA",
            "FirstName": "Jannetje",
            "LastName": "van Quillhaven",
            "Email": "jannetje@quillhaven.example",
            "Phone": "{phone}",
            "MobilePhone": None,
            "Company": "Quillhaven Realty BV",
            "Street": "123 Harbour View",
            "City": "Zwijndrecht",
            "State": "TX",
            "PostalCode": "78701",
            "InterviewGuid": "{event}",
        },
        PERSON | PLACE | COMPANY,
        {"whoId": "003000000000001AAA"},
    ),
    Sample(
        "form-request",
        {
            "first_name": "Jannetje",
            "last_name": "van Quillhaven",
            "email": "jannetje@quillhaven.example",
            "phone": "{phone}",
            "company": "Quillhaven Realty BV",
            "message": "Please call me.",
            "form_id": "contact-us",
            "submission_id": "{event}",
        },
        PERSON | COMPANY | {"note": "Please call me."},
        {"formId": "contact-us"},
        is_form=True,
        name="as a form",
    ),
    Sample(
        "form-request",
        {"name": "Jannetje", "tel": "{phone}", "email": "jannetje@quillhaven.example", "event_id": "{event}"},
        {"firstName": "Jannetje", "email": "jannetje@quillhaven.example"},
        None,
        name="as JSON",
    ),
]
each_sample = pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.preset} {sample.name}".strip())


def post(account, webhook, body: bytes):
    sent_values.remember("call data", [*PERSON.values(), *PLACE.values(), *COMPANY.values()])
    return account.api.trigger(webhook.slug, body)


def test_every_mapping_preset_has_a_sample():
    assert {sample.preset for sample in SAMPLES} == set(MAPPINGS)


@each_sample
def test_what_a_system_posts_becomes_a_call_with_its_ids(account, jobs, sample):
    webhook = account.bound_webhook(mapping=MAPPINGS[sample.preset]["mapping"])
    phone = unused_phone()

    assert post(account, webhook, sample.of(phone, "event-1")).status == 201

    (job,) = jobs.of(webhook)
    assert job["recipient"] == {"phoneNumber": phone, **sample.recipient}
    assert job.get("metadata") == sample.metadata


@each_sample
def test_a_repeat_of_an_event_is_one_call_and_the_next_event_of_the_same_contact_another(account, jobs, sample):
    """The key is the event's. Were it the contact's, nobody would be called a second time, ever."""
    webhook = account.bound_webhook(mapping=MAPPINGS[sample.preset]["mapping"])
    phone = unused_phone()

    for event in ("event-1", "event-1", "event-2"):
        assert post(account, webhook, sample.of(phone, event)).status == 201

    calls = [row["callId"] for row in account.requests_to(webhook, 3)]
    assert len(set(calls)) == 2, calls
    assert {job["callId"] for job in jobs.of(webhook, 2)} == set(calls)
