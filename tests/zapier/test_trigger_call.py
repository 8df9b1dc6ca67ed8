"""The action: a step of a Zap asks for a call, and a replayed step for none more."""

import pytest

from accounts import unused_phone
from zapier_platform import Refused

FIELDS = "creates.trigger_call.inputFields"


@pytest.fixture
def webhook(account):
    return account.bound_webhook()


def refusal_of(action) -> dict:
    with pytest.raises(Refused) as refused:
        action()
    return refused.value.told


def test_a_step_asks_for_the_call_that_its_fields_describe(zapier, jobs, webhook):
    recipient = {"firstName": "Jannetje", "lastName": "van Quillhaven", "email": "jannetje@quillhaven.example"}
    place = {"address1": "123 Harbour View", "address2": "9c", "city": "Zwijndrecht", "state": "TX", "zipCode": "78701"}
    more = {"companyName": "Quillhaven Realty BV", "note": "VIP lead: prefers mornings", **place}
    words = {"variables": {"offer": "10 % until Friday"}, "metadata": {"personId": "4711"}}
    phone = unused_phone()
    answer = zapier.trigger_call(webhook, phoneNumber=phone, **recipient, **more, **words)
    (job,) = jobs.of(webhook)
    assert job["recipient"] == {"phoneNumber": phone, **recipient, **more}
    assert {name: job[name] for name in words} == words
    assert answer["webhook"] == {"id": webhook.id, "name": webhook.body["name"]}
    assert answer["phoneNumber"] == phone


def test_its_answer_is_what_its_sample_and_its_labels_promise(platform, zapier, webhook):
    answer = zapier.trigger_call(webhook, phoneNumber=unused_phone())
    operation = platform.definition()["creates"]["trigger_call"]["operation"]
    assert list(answer) == list(operation["sample"])
    assert list(answer["webhook"]) == list(operation["sample"]["webhook"])


def test_a_replayed_step_rings_once(zapier, account, jobs, webhook, all_relayed):
    phone = unused_phone()
    for _ in range(2):
        zapier.trigger_call(webhook, once="Entry 4711, Straße 7", phoneNumber=phone, firstName="Jannetje")
    all_relayed()
    assert len(jobs.of(webhook)) == 1
    assert len({row["callId"] for row in account.requests_to(webhook, 2)}) == 1


def test_two_leads_of_one_zap_ring_both(zapier, jobs, webhook):
    phones = [unused_phone(), unused_phone()]
    for n, phone in enumerate(phones):
        zapier.trigger_call(webhook, once=f"entry-{n}", phoneNumber=phone)
    assert {job["recipient"]["phoneNumber"] for job in jobs.of(webhook, 2)} == set(phones)


def test_one_value_for_two_leads_is_an_error_that_names_the_field(zapier, webhook):
    zapier.trigger_call(webhook, phoneNumber=unused_phone())
    told = refusal_of(lambda: zapier.trigger_call(webhook, phoneNumber=unused_phone()))
    assert (told["status"], told["code"]) == (422, "idempotency_key_reused")
    assert "Call Only Once Per" in told["message"]


@pytest.mark.parametrize("once", [None, "", "  "])
def test_a_step_that_cannot_be_told_from_another_asks_for_nothing(zapier, account, webhook, once):
    told = refusal_of(lambda: zapier.trigger_call(webhook, once=once, phoneNumber=unused_phone()))
    assert told["code"] == "missing_once_key"
    zapier.trigger_call(webhook, phoneNumber=unused_phone())
    assert len(account.requests_to(webhook)) == 1


def test_what_is_left_empty_is_not_sent(zapier, jobs, webhook):
    phone = unused_phone()
    zapier.trigger_call(webhook, phoneNumber=phone, firstName="", note=None, metadata={}, variables={})
    (job,) = jobs.of(webhook)
    assert job["recipient"] == {"phoneNumber": phone}
    assert "metadata" not in job and "variables" not in job


def test_a_text_that_looks_like_a_template_stays_a_text(zapier, jobs, webhook):
    zapier.trigger_call(webhook, phoneNumber=unused_phone(), note="{{bundle.authData.apiKey}}")
    (job,) = jobs.of(webhook)
    assert job["recipient"]["note"] == "{{bundle.authData.apiKey}}"


def test_a_number_that_nobody_has_is_an_error_that_names_the_field(zapier, webhook):
    told = refusal_of(lambda: zapier.trigger_call(webhook, phoneNumber="555-1234"))
    assert (told["status"], told["code"]) == (400, "invalid_phone_number")
    assert "Phone Number" in told["message"]
    assert webhook.slug not in str(told)


def test_the_value_of_a_required_header_is_asked_for_and_sent(zapier, account, jobs):
    value = "5b1f0c2ae94d4c0d"
    webhook = account.bound_webhook(requiredHeader={"name": "X-Crm-Key", "value": value})
    (field,) = [field for field in fields_of(zapier, webhook) if field["key"] == "requiredHeaderValue"]
    assert "x-crm-key" in field["label"].lower() and field["type"] == "password"
    told = refusal_of(lambda: zapier.trigger_call(webhook, phoneNumber=unused_phone()))
    assert (told["status"], told["code"]) == (401, "required_header_missing")
    zapier.trigger_call(webhook, phoneNumber=unused_phone(), requiredHeaderValue=value)
    assert len(jobs.of(webhook)) == 1


def fields_of(zapier, webhook) -> list[dict]:
    return zapier.run("creates.trigger_call.operation.inputFields", {"webhookId": webhook.id} if webhook else {})


def test_without_a_required_header_no_value_is_asked_for(zapier, webhook):
    keys = [field["key"] for field in fields_of(zapier, webhook)]
    assert "phoneNumber" in keys and "requiredHeaderValue" not in keys
    assert [field["key"] for field in fields_of(zapier, None)] == keys


def test_a_webhook_that_would_dial_nothing_is_an_error(zapier, account, webhook, receivers):
    account.edit(webhook.path, status="disabled")
    unbound, outbound = account.inbound(), account.outbound(receivers.receiver().url)
    for unusable, why in [
        (webhook.id, "disabled"),
        (unbound.id, "no campaign"),
        (outbound.id, "no such inbound webhook"),
        ("wh_unknown", "no such inbound webhook"),
    ]:
        told = refusal_of(lambda one=unusable: zapier.trigger_call(one, phoneNumber=unused_phone()))
        assert told["code"] == "unusable_webhook" and why in told["message"].lower(), told


def test_inbound_webhooks_are_chosen_from_a_list_by_their_names(zapier, account, receivers):
    first = account.inbound()
    account.outbound(receivers.receiver().url)
    second = account.webhook(direction="inbound", name="Web form")
    account.edit(first.path, status="disabled")
    assert zapier.drop_down("inbound_webhooks") == [
        {"id": second.id, "name": "Web form"},
        {"id": first.id, "name": f"{first.body['name']} (disabled)"},
    ]


def test_a_long_list_is_read_page_by_page(zapier, account):
    made = [account.campaign(name=f"Campaign {n}")["id"] for n in range(101)]
    shown = [[entry["id"] for entry in zapier.drop_down("campaigns", page)] for page in range(3)]
    assert [len(page) for page in shown] == [100, 1, 0]
    assert shown[0] + shown[1] == made[::-1]
