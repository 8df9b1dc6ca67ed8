"""One delivery: its attempts, and the request that an attempt would send now, without what is secret in it."""

import json

import pytest

import completions
from accounts import Account, Webhook
from edits import press_test
from receiver import OK, Http
from refusals import assert_refused

SECRET = "header-value-7701"
HEADERS = [{"name": "X-System-Key", "value": SECRET}]
OURS = {"content-type", "webhook-id", "webhook-timestamp", "webhook-signature"}


@pytest.fixture
def delivered(account, dialer, receivers):
    """Delivers a call to an outbound webhook; gives the webhook, what it was sent, and the call's completion."""

    def delivered(*answers, query: str = "", **settings):
        receiver = receivers.receiver(*answers, query=query)
        webhook = account.outbound(receiver.url, headers=HEADERS, **settings)
        completion = completions.of_elsewhere(account, recipient=completions.RECIPIENT, **completions.RESULTS)
        dialer.send(completion)
        return webhook, receiver.await_request(), completion

    return delivered


def shown(account: Account, webhook: Webhook) -> dict:
    """The newest delivery of the webhook."""
    delivery = account.attempts_of(webhook)[0]["deliveryId"]
    return account.read(f"{webhook.path}/deliveries/{delivery}")


def test_the_request_is_the_one_that_was_sent_but_for_its_secrets(account, delivered):
    webhook, sent, completion = delivered()
    delivery = shown(account, webhook)
    assert (delivery["callId"], delivery["event"]) == (completion["callId"], "call.finished")
    assert delivery["noRequestReason"] is None
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", webhook.body["url"])
    assert request["body"].encode() == sent.body
    masked = {"x-system-key", "webhook-signature"}
    assert {name for name, value in request["headers"].items() if value == "***"} == masked
    assert set(request["headers"]) == OURS | {"x-system-key"}
    same = {"content-type", "webhook-id"}
    assert {name: request["headers"][name] for name in same} == {name: sent.headers[name] for name in same}
    assert int(request["headers"]["webhook-timestamp"]) >= int(sent.headers["webhook-timestamp"])
    assert SECRET not in json.dumps(delivery)


def test_a_get_has_its_payload_in_the_url_and_no_body(account, delivered):
    webhook, sent, _ = delivered(query="?token=a%20b", method="GET")
    request = shown(account, webhook)["request"]
    assert (request["method"], request["body"]) == ("GET", None)
    assert request["url"].endswith(sent.target) and "token=a%20b" in request["url"]
    assert set(request["headers"]) == OURS - {"content-type"} | {"x-system-key"}


def test_the_request_follows_the_settings(account, delivered):
    webhook, _, _ = delivered()
    account.edit(webhook.path, url="https://example.org/moved", headers=[{"name": "X-New", "value": "v"}])
    request = shown(account, webhook)["request"]
    assert request["url"] == "https://example.org/moved"
    assert request["headers"]["x-new"] == "***" and "x-system-key" not in request["headers"]


def test_a_disabled_webhooks_delivery_shows_what_it_would_send(account, delivered):
    webhook, sent, _ = delivered()
    account.edit(webhook.path, status="disabled")
    assert shown(account, webhook)["request"]["body"].encode() == sent.body


def test_every_attempt_is_there_newest_first(account, delivered):
    webhook, _, _ = delivered(Http(500), OK)
    rows = account.attempts_of(webhook, 2)
    assert shown(account, webhook)["attempts"] == rows
    assert [row["outcome"] for row in rows] == ["succeeded", "failed"]


def test_a_response_webhooks_delivery_tells_of_a_completed_call(account, jobs, dialer, receivers):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    dialer.send(completions.of_job(job, summary="They talked."))
    sent = receiver.await_request()
    delivery = shown(account, webhook)
    assert delivery["event"] == "call.completed"
    assert delivery["request"]["body"].encode() == sent.body

    account.edit(webhook.path, responseWebhook=None)
    gone = shown(account, webhook)
    assert (gone["request"], gone["noRequestReason"]) == (None, "no_response_webhook")


def test_a_test_shows_the_sample(account, receivers):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    press_test(account, webhook)
    delivery = shown(account, webhook)
    assert (delivery["callId"], delivery["event"]) == (None, "call.completed")
    assert delivery["request"]["body"].encode() == receiver.await_request().body


def test_an_erased_call_leaves_no_request(account, delivered):
    webhook, _, completion = delivered()
    assert account.delete(f"/calls/{completion['callId']}").status == 204
    delivery = shown(account, webhook)
    assert (delivery["request"], delivery["noRequestReason"]) == (None, "call_erased")
    assert len(delivery["attempts"]) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_viewer_sees_of_the_url_the_origin_alone(account, api, delivered, method):
    webhook, sent, _ = delivered(query="?token=hush-5521", method=method)
    delivery = account.attempts_of(webhook)[0]["deliveryId"]
    answer = api.v1(account.session("viewer"), "GET", f"{webhook.path}/deliveries/{delivery}")
    request = answer.json()["request"]
    assert request["url"] == "/".join(webhook.body["url"].split("/")[:3])
    told = json.dumps(answer.json())
    assert [text for text in ("hush-5521", sent.target.partition("?")[0], SECRET) if text in told] == []


def test_a_delivery_of_another_webhook_is_not_found(account, delivered, receivers):
    webhook, _, _ = delivered()
    other = account.outbound(receivers.receiver().url)
    delivery = account.attempts_of(webhook)[0]["deliveryId"]
    assert_refused(account.get(f"{other.path}/deliveries/{delivery}"), 404, "not_found")
