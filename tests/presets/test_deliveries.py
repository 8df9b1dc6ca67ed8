"""Each payload preset end to end: a request brings ids along, and the endpoint gets what its API takes."""

import json
from urllib.parse import urlsplit

import pytest

import completions
import sent_values
from accounts import unused_phone
from completions import RESULTS
from preset_apis import MAPPINGS, PAYLOADS, refusals
from receiver import OK, Http, Receiver, Request

METADATA = {"contactId": "4711", "personId": 4712, "dealId": 4713, "whoId": "003000000000001AAA"}
RECIPIENT = {"firstName": "Jannetje", "lastName": "van Quillhaven", "email": "jannetje@quillhaven.example"}
RESULT_OF = {"finished": RESULTS, "missed": {}, "failed": {}}


class ApiOf(Receiver):
    """Takes what the preset's API takes, and answers 400 to anything else, as that would."""

    def __init__(self, url: str, preset: str):
        super().__init__(url)
        self._preset = preset
        self.refusals: list[str] = []

    def take(self, request: Request) -> Http:
        super().take(request)
        try:
            refused = refusals(self._preset, request.body.decode())
        except ValueError as unreadable:
            refused = [str(unreadable)]
        self.refusals += refused
        return Http(400) if refused else OK


def api_of(receivers, preset: str) -> ApiOf:
    api = ApiOf(receivers.receiver().url, preset)
    receivers.receivers[urlsplit(api.url).path] = api
    return api


def headers_of(preset: str) -> list[dict]:
    """What the preset asks for, with a value as a person would put it there."""
    headers = [{"name": header["name"], "value": f"{header['name']} of 4714"} for header in PAYLOADS[preset]["headers"]]
    sent_values.remember("header value", [header["value"] for header in headers])
    return headers


def answering_webhook(account, receiver, preset: str, **more):
    """An inbound webhook whose results go to the preset's API."""
    endpoint = {"url": receiver.url, "headers": headers_of(preset), "payload": PAYLOADS[preset]["payload"]}
    return account.bound_webhook(responseWebhook=endpoint, **more)


@pytest.mark.parametrize("preset", PAYLOADS)
def test_a_request_with_metadata_ends_as_what_the_api_takes(account, jobs, dialer, receivers, preset):
    receiver = api_of(receivers, preset)
    webhook = answering_webhook(account, receiver, preset)
    phones = {status: unused_phone() for status in RESULT_OF}
    for phone in phones.values():
        assert account.trigger(webhook, {"phoneNumber": phone, "metadata": METADATA, **RECIPIENT}).status == 201
    by_phone = {job["recipient"]["phoneNumber"]: job for job in jobs.of(webhook, len(phones))}

    for status, phone in phones.items():
        dialer.send(completions.of_job(by_phone[phone], status, **RESULT_OF[status]))

    rows = account.attempts_of(webhook, len(phones))
    assert (receiver.refusals, [row["outcome"] for row in rows]) == ([], ["succeeded"] * len(phones))
    for request in receiver.requests:
        for header in headers_of(preset):
            assert request.headers[header["name"].lower()] == header["value"]


@pytest.mark.parametrize("preset", PAYLOADS)
def test_the_api_refuses_the_documented_payload_and_the_log_says_so(account, dialer, receivers, preset):
    webhook = account.outbound(api_of(receivers, preset).url)
    dialer.send(completions.of_elsewhere(account, **RESULTS))
    row = account.attempts_of(webhook)[-1]
    assert (row["outcome"], row["statusCode"]) == ("failed", 400)


def test_a_contact_of_a_hubspot_workflow_is_called_and_the_call_stands_on_the_contact(account, jobs, dialer, receivers):
    """The first of the product's two examples, both ways."""
    receiver = api_of(receivers, "hubspot-call")
    mapping = MAPPINGS["hubspot-workflow"]["mapping"]
    webhook = answering_webhook(account, receiver, "hubspot-call", mapping=mapping)
    phone = unused_phone()
    contact = {"vid": 4711, "properties": {"phone": {"value": phone}, "firstname": {"value": "Jannetje"}}}
    assert account.api.trigger(webhook.slug, json.dumps(contact).encode()).status == 201
    completion = completions.of_job(jobs.of(webhook)[0], **RESULTS)

    dialer.send(completion)

    body = json.loads(receiver.await_request().body)
    assert body["properties"] == {
        "hs_timestamp": completion["finishedAt"] - 142_000,
        "hs_call_title": "Q4 Outreach",
        "hs_call_body": RESULTS["summary"],
        "hs_call_direction": "OUTBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7",  # Connected
        "hs_call_duration": 142_000,
        "hs_call_to_number": phone,
        "hs_call_recording_url": RESULTS["recording"],
    }
    contact_of_call = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}
    assert body["associations"] == [{"to": {"id": "4711"}, "types": [contact_of_call]}]


def test_a_call_for_a_person_of_follow_up_boss_is_logged_on_that_person(account, jobs, dialer, receivers):
    """The second one."""
    receiver = api_of(receivers, "followup-boss-call")
    webhook = answering_webhook(account, receiver, "followup-boss-call")
    phone = unused_phone()
    assert account.trigger(webhook, {"phoneNumber": phone, "metadata": {"personId": 4712}}).status == 201

    dialer.send(completions.of_job(jobs.of(webhook)[0], **RESULTS))

    assert json.loads(receiver.await_request().body) == {
        "personId": 4712,
        "phone": phone,
        "isIncoming": False,
        "note": RESULTS["summary"],
        "outcome": "Interested",
        "duration": 142,
        "recordingUrl": RESULTS["recording"],
    }
