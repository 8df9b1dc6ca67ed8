"""The call job: exactly the published contract, with a snapshot of the campaign."""

import time

from jsonschema import Draft202012Validator

from accounts import unused_phone
from completions import RECIPIENT
from schemas import schema_of

SETTINGS = {
    "name": "Spring viewings",
    "prompt": "You are Alex from Quillhaven Realty. Ask when {{firstName}} can view the house.",
    "voice": "alloy-warm",
    "language": "nl-NL",
    "voicemailMessage": "This is Alex from Quillhaven Realty, I will try again tomorrow.",
    "followUps": {"email": {"enabled": True, "subject": "Your viewing at Quillhaven"}, "attempts": 2},
    "callForwarding": {"number": "+15550107777", "when": ["human_requested"]},
    "keypadNavigation": {"enabled": False},
    "backgroundAmbience": "office",
}


def test_a_job_has_exactly_the_published_shape(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook, **SETTINGS)
    before = int(time.time() * 1000)
    phone = unused_phone()

    account.trigger(webhook, {**RECIPIENT, "phoneNumber": phone})

    (job,) = jobs.of(webhook)
    created_at = job.pop("createdAt")
    assert before - 1_000 <= created_at <= int(time.time() * 1000) + 1_000
    call_id = job.pop("callId")
    assert call_id.startswith("call_")
    assert job == {
        "version": 1,
        "type": "call.job",
        "accountId": account.id,
        "webhookId": webhook.id,
        "recipient": {**RECIPIENT, "phoneNumber": phone},
        "campaign": {"id": campaign["id"], **SETTINGS},
    }


def test_a_job_and_its_smallest_sibling_satisfy_the_schema(account, jobs):
    full, small = account.inbound(), account.inbound()
    account.campaign(full, **SETTINGS)
    account.campaign(small)
    account.trigger(full, {**RECIPIENT, "phoneNumber": unused_phone()})
    account.trigger(small)

    validator = Draft202012Validator(schema_of("call-job.v1"))
    for webhook in (full, small):
        assert list(validator.iter_errors(jobs.of(webhook)[0])) == []


def test_a_job_tells_only_the_recipient_fields_that_the_request_had(account, jobs):
    webhook = account.bound_webhook()
    phone = unused_phone()
    account.trigger(webhook, {"phoneNumber": phone, "firstName": "Jannetje"})
    assert jobs.of(webhook)[0]["recipient"] == {"phoneNumber": phone, "firstName": "Jannetje"}


def test_a_jobs_group_and_deduplication_id_are_the_call_id(account, jobs):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    message = jobs.message_of(webhook)
    call_id = message.json()["callId"]
    assert message.attributes["MessageGroupId"] == call_id
    assert message.attributes["MessageDeduplicationId"] == call_id


def test_call_ids_are_sortable_by_time(account, jobs):
    webhook = account.bound_webhook()
    for _ in range(3):
        account.trigger(webhook)
        time.sleep(0.002)  # UUIDv7 counts milliseconds
    ids = [job["callId"] for job in sorted(jobs.of(webhook, 3), key=lambda job: job["createdAt"])]
    assert ids == sorted(ids)
    assert len(set(ids)) == 3


def test_the_schema_refuses_a_job_without_a_phone():
    job = {
        "version": 1,
        "type": "call.job",
        "callId": "call_1",
        "accountId": "acc_1",
        "webhookId": "wh_1",
        "createdAt": 1730179200000,
        "recipient": {},
        "campaign": {"id": "cmp_1", "name": "n", "prompt": "p"},
    }
    validator = Draft202012Validator(schema_of("call-job.v1"))
    assert not validator.is_valid(job)
    assert validator.is_valid({**job, "recipient": {"phoneNumber": "+15551234567"}})
