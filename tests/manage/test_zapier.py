"""Zapier's REST hooks: it subscribes, it unsubscribes, it asks for a sample; nobody else edits what it made."""

import json

import pytest

import completions
from accounts import Account, unused_phone
from payloads import FINISHED_DEFAULTS
from refusals import assert_refused
from sample import SAMPLE

HOOKS = "/zapier/hooks"


def subscribed(account: Account, url: str) -> str:
    answer = account.post(HOOKS, {"targetUrl": url})
    assert answer.status == 201, answer
    assert set(answer.json()) == {"id"}
    return answer.json()["id"]


def test_a_subscription_is_an_outbound_webhook_managed_by_zapier(account, receivers):
    url = receivers.receiver().url
    webhook_id = subscribed(account, url)
    webhook = account.read(f"/webhooks/{webhook_id}")
    shown = [webhook[key] for key in ("direction", "url", "method", "headers")]
    assert shown == ["outbound", url, "POST", []]
    assert (webhook["managedBy"], webhook["status"]) == ("zapier", "enabled")
    assert account.read("/webhooks", direction="outbound")["items"] == [webhook]


def test_a_subscription_gets_every_finished_call_until_it_ends(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver()
    webhook_id = subscribed(account, receiver.url)
    dialer.send(completions.of_elsewhere(account, **completions.RESULTS))
    request = receiver.await_request()
    assert b'"type":"call.finished"' in request.body and webhook_id.encode() in request.body

    answer = account.delete(f"{HOOKS}/{webhook_id}")
    assert (answer.status, answer.body) == (204, b"")
    assert_refused(account.get(f"/webhooks/{webhook_id}"), 404, "not_found")
    dialer.send(completions.of_elsewhere(account))
    all_delivered()
    assert len(receiver.requests) == 1
    assert_refused(account.delete(f"{HOOKS}/{webhook_id}"), 404, "not_found")


def test_each_subscription_has_an_id_of_its_own(account, receivers):
    url = receivers.receiver().url
    first, second = subscribed(account, url), subscribed(account, url)
    assert first != second
    assert account.delete(f"{HOOKS}/{first}").status == 204
    assert [webhook["id"] for webhook in account.read("/webhooks")["items"]] == [second]


@pytest.mark.parametrize(
    ("method", "suffix", "body"),
    [
        ("PATCH", "", {"name": "Mine now"}),
        ("PATCH", "", {"url": "https://example.com/elsewhere"}),
        ("PATCH", "", {"status": "disabled"}),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", {}),
        ("POST", "/rotate-slug", {}),
    ],
)
def test_what_zapier_manages_is_edited_by_nobody_else(shared_account, receivers, method, suffix, body):
    path = f"/webhooks/{subscribed(shared_account, receivers.receiver().url)}"
    before = shared_account.read(path)
    answer = shared_account.api.v1(shared_account.api_key, method, path + suffix, body)
    assert_refused(answer, 409, "managed_by_zapier")
    assert shared_account.read(path) == before


def test_what_zapier_manages_can_be_tested_and_its_log_read(account, receivers):
    receiver = receivers.receiver()
    path = f"/webhooks/{subscribed(account, receiver.url)}"
    assert account.post(f"{path}/test", {}).json()["success"]
    (row,) = account.read(f"{path}/deliveries")["items"]
    assert row["test"] is True and len(receiver.requests) == 1


def test_a_webhook_that_zapier_did_not_make_is_none_of_its_hooks(account):
    for webhook in (account.outbound("https://example.com/"), account.inbound()):
        assert_refused(account.delete(f"{HOOKS}/{webhook.id}"), 404, "not_found")
        assert account.get(webhook.path).status == 200


def test_another_accounts_subscription_is_a_404(account, shared_account, receivers):
    webhook_id = subscribed(account, receivers.receiver().url)
    assert_refused(shared_account.delete(f"{HOOKS}/{webhook_id}"), 404, "not_found")
    assert account.get(f"/webhooks/{webhook_id}").status == 200


def test_before_the_first_result_the_sample_is_the_documented_payload(account):
    account.trigger(account.bound_webhook())
    (sample,) = account.read("/zapier/sample")
    assert sample == {**SAMPLE, "type": "call.finished"}
    assert list(sample) == list(SAMPLE)
    assert list(sample["call"]) == ["id", "status", "recipient", *FINISHED_DEFAULTS]


def finished(account: Account, jobs, dialer, webhook, **results) -> str:
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": {"personId": 4711}})
    job = jobs.of(webhook)[-1]
    dialer.send(completions.of_job(job, **results))
    account.settled(job["callId"])
    return job["callId"]


def test_the_sample_is_the_newest_results_as_they_are_delivered(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    subscribed(account, receiver.url)
    results = [{"status": "missed"}, completions.RESULTS, {"status": "failed"}, {"summary": "Short."}]
    ids = [finished(account, jobs, dialer, account.bound_webhook(), **result) for result in results]
    delivered = {payload["call"]["id"]: payload for payload in map(loaded, receiver.await_requests(len(ids)))}
    for payload in delivered.values():
        payload["webhook"]["id"] = SAMPLE["webhook"]["id"]
    assert account.read("/zapier/sample") == [delivered[call_id] for call_id in ids[:0:-1]]


def loaded(request) -> dict:
    return json.loads(request.body)


def test_what_is_erased_is_in_no_sample(account, jobs, dialer):
    call_id = finished(account, jobs, dialer, account.bound_webhook(), **completions.RESULTS)
    assert [payload["call"]["id"] for payload in account.read("/zapier/sample")] == [call_id]
    assert account.delete(f"/calls/{call_id}").status == 204
    assert [payload["call"]["id"] for payload in account.read("/zapier/sample")] == [SAMPLE["call"]["id"]]


def test_another_accounts_results_are_in_no_sample(account, shared_account, jobs, dialer):
    call_id = finished(shared_account, jobs, dialer, shared_account.bound_webhook())
    assert call_id in json.dumps(shared_account.read("/zapier/sample"))
    assert call_id not in json.dumps(account.read("/zapier/sample"))


def test_what_else_zapier_sends_is_ignored(account, receivers):
    body = (
        json.dumps({"targetUrl": receivers.receiver().url, "event": "call.finished", "bundle": {}})[:-1] + ',"n":1e999}'
    )
    assert account.post("/zapier/hooks", body.encode()).status == 201


def test_a_webhook_of_the_integrators_own_is_managed_by_nobody(account):
    assert account.read(account.outbound("https://example.com/").path)["managedBy"] is None
    claimed = {"direction": "outbound", "name": "x", "url": "https://example.com/", "managedBy": "zapier"}
    assert_refused(account.post("/webhooks", claimed), 400, "unknown_field", "managedBy")
