"""The trigger: a Zap hears of each finished call, and its editor shows records of the very same shape."""

import json

import pytest

import completions
from payloads import RECIPIENT_KEYS
from refusals import assert_refused
from zapier_platform import Refused, flattened

# What an account names itself, so that no label can be made for it beforehand.
OWN = ("call__metadata__", "call__extracted__")


@pytest.fixture
def hook(receivers):
    """Where Zapier listens."""
    return receivers.receiver()


def finished(account, jobs, dialer, metadata=None, **results) -> str:
    """A call of the account that is over, everything known of its recipient; its id."""
    webhook = account.bound_webhook()
    data = dict(completions.RECIPIENT) | ({"metadata": metadata} if metadata else {})
    assert account.trigger(webhook, data).status == 201
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job, **results))
    account.settled(job["callId"])
    return job["callId"]


def test_a_zap_gets_what_its_hook_was_sent(zapier, account, jobs, dialer, hook):
    subscription = zapier.subscribe(hook.url)
    call_id = finished(account, jobs, dialer, metadata={"personId": 4711}, **completions.RESULTS)
    body = hook.await_request().body
    (record,) = zapier.received(body)
    delivered = json.loads(body)
    assert delivered["webhook"]["id"] == subscription["id"]
    assert record == {
        "id": call_id,
        **delivered,
        "transcriptText": "assistant: Hi, is this Jannetje?\nuser: Yes, speaking. Who is calling?",
    }
    assert record["call"]["metadata"] == {"personId": 4711}


def test_the_records_of_the_editor_are_real_results_as_the_hook_gets_them(zapier, account, jobs, dialer, hook):
    zapier.subscribe(hook.url)
    finished(account, jobs, dialer, metadata={"personId": 4711}, **completions.RESULTS)
    (live,) = zapier.received(hook.await_request().body)
    (shown,) = zapier.samples()
    live["webhook"]["id"] = shown["webhook"]["id"]
    assert json.dumps(shown) == json.dumps(live)


def test_before_the_first_call_the_editor_shows_the_definitions_own_sample(platform, zapier):
    assert zapier.samples() == [platform.definition()["triggers"]["call_finished"]["operation"]["sample"]]


def test_every_value_of_a_result_has_a_label_and_every_label_a_value(platform, zapier, account, jobs, dialer):
    extracted = {"appointment": "2024-11-04"}
    finished(account, jobs, dialer, metadata={"personId": 4711}, extracted=extracted, **completions.RESULTS)
    (record,) = zapier.samples()
    assert set(record["call"]["recipient"]) == set(RECIPIENT_KEYS)
    outputs = platform.definition()["triggers"]["call_finished"]["operation"]["outputFields"]
    assert {name for name in flattened(record) if not name.startswith(OWN)} == {field["key"] for field in outputs}


def test_the_test_button_runs_no_zap(zapier, account, hook):
    subscription = zapier.subscribe(hook.url)
    assert account.post(f"/webhooks/{subscription['id']}/test", {}).json()["success"]
    assert zapier.received(hook.await_request().body) == []


def test_a_zap_that_is_switched_off_hears_no_more(zapier, account, hook):
    subscription = zapier.subscribe(hook.url)
    assert account.read(f"/webhooks/{subscription['id']}")["managedBy"] == "zapier"
    zapier.unsubscribe(subscription)
    assert_refused(account.get(f"/webhooks/{subscription['id']}"), 404, "not_found")
    zapier.unsubscribe(subscription)


def test_a_zap_too_many_is_told_what_to_do(zapier, account, hook):
    account.limit(outboundWebhooks=0)
    with pytest.raises(Refused) as refused:
        zapier.subscribe(hook.url)
    assert (refused.value.told["status"], refused.value.told["code"]) == (409, "too_many_webhooks")
    assert "delete an outbound webhook" in refused.value.told["message"]
