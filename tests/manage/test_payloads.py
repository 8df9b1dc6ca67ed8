"""Payloads of their owners' own design: written, read, refused, shown before they are saved."""

import json

import pytest

import completions
from accounts import Account, eventually, unused_phone
from refusals import assert_refused
from tables import items_of

URL = "https://example.com/hook"
NOTE = {"json": {"b": "{{ call.summary }}", "a": [1, {"c": "{{ call.status | upper }}"}]}, "omitNulls": True}
TEXT = {"text": "{{ call.id }}"}


def stored(stack, account) -> list[str]:
    """The webhooks of the account for which a payload is stored."""
    return sorted(item["id"]["S"] for item in items_of(stack, "Webhooks", accountId=f"{account.id}#payload"))


def test_a_payload_is_read_as_it_was_written_and_lies_apart_while_there_is_one(account, stack):
    webhook = account.outbound(URL, payload=NOTE)
    assert webhook.body["payload"] == NOTE and list(webhook.body["payload"]["json"]) == ["b", "a"]
    plain = account.outbound(URL)
    assert plain.body["payload"] is None
    listed = {item["id"]: item["payload"] for item in account.read("/webhooks")["items"]}
    assert listed == {webhook.id: NOTE, plain.id: None}
    assert stored(stack, account) == [webhook.id]

    assert account.edit(webhook.path, name="Renamed", url="https://example.org/")["payload"] == NOTE
    assert account.edit(webhook.path, payload=TEXT)["payload"] == TEXT
    assert account.read(webhook.path)["payload"] == TEXT
    assert account.edit(webhook.path, payload=None)["payload"] is None
    assert stored(stack, account) == []

    account.edit(webhook.path, payload=NOTE)
    assert account.delete(webhook.path).status == 204
    assert stored(stack, account) == []


def test_a_response_webhook_has_one_and_takes_it_along(account, stack):
    webhook = account.inbound(responseWebhook={"url": URL, "payload": NOTE}, mapping={"phoneNumber": "phone"})
    assert webhook.body["responseWebhook"]["payload"] == NOTE
    assert account.read("/webhooks")["items"][0]["responseWebhook"]["payload"] == NOTE
    edited = account.edit(webhook.path, responseWebhook={"url": "https://example.org/"})
    assert edited["responseWebhook"]["payload"] == NOTE and edited["mapping"] == {"phoneNumber": "phone"}
    account.edit(webhook.path, responseWebhook=None)
    assert stored(stack, account) == []
    edited = account.edit(webhook.path, responseWebhook={"url": URL})
    assert edited["responseWebhook"]["payload"] is None
    assert account.edit(webhook.path, responseWebhook={"payload": TEXT})["responseWebhook"]["payload"] == TEXT
    assert account.delete(webhook.path).status == 204
    assert stored(stack, account) == []


def test_a_get_has_no_body_and_so_no_payload(account):
    outbound = {"direction": "outbound", "name": "To the CRM", "url": URL}
    refused = account.post("/webhooks", {**outbound, "method": "GET", "payload": TEXT})
    assert_refused(refused, 400, "invalid_field", "payload")
    get, post = account.outbound(URL, method="GET"), account.outbound(URL, payload=TEXT)
    assert_refused(account.patch(get.path, {"payload": TEXT}), 400, "invalid_field", "payload")
    assert_refused(account.patch(post.path, {"method": "GET"}), 400, "invalid_field", "method")
    assert_refused(account.patch(post.path, {"method": "GET", "payload": NOTE}), 400, "invalid_field", "payload")
    assert account.edit(get.path, method="POST", payload=TEXT)["payload"] == TEXT
    assert account.edit(post.path, method="GET", payload=None)["method"] == "GET"
    unsaved = account.post("/webhooks/test", {"url": URL, "method": "GET", "payload": TEXT})
    assert_refused(unsaved, 400, "invalid_field", "payload")


@pytest.mark.parametrize(
    ("payload", "place", "told"),
    [
        (
            {"json": {"properties": {"hs_call_body": "{{ call.sumary }}"}}},
            ".json.properties.hs_call_body",
            "call.sumary",
        ),
        ({"form": {"note": "{{ call.summary | shout }}"}}, ".form.note", "shout"),
        ({"text": "{{ 1 // call.duration }}"}, ".text", "missed call"),
        ({"json": {"a": "{{ [1] * 9 }}"}}, ".json.a", "`*`"),
        ({"xml": "<a/>"}, "", "null for the documented one"),
        ({"json": {}, "omitNull": True}, ".omitNull", "not known"),
    ],
)
def test_a_refusal_names_the_place_wherever_the_document_stands(account, payload, place, told):
    outbound = {"direction": "outbound", "name": "To the CRM", "url": URL}
    inbound = {"direction": "inbound", "name": "From the CRM", "responseWebhook": {"url": URL, "payload": payload}}
    asked = [
        (account.post("/webhooks", {**outbound, "payload": payload}), "payload"),
        (account.post("/webhooks", inbound), "responseWebhook.payload"),
        (account.patch(account.outbound(URL).path, {"payload": payload}), "payload"),
        (account.post("/webhooks/test", {"url": URL, "payload": payload}), "payload"),
        (account.post("/webhooks/preview", {"payload": payload}), "payload"),
    ]
    for answer, field in asked:
        assert_refused(answer, 400, "invalid_field")
        assert answer.error["field"] == f"{field}{place}"
        assert told in answer.error["message"], answer


# It has a word for each call that rang.
BY_STATUS = {"json": {"said": "{{ {'finished': 'yes', 'missed': 'no', 'failed': 'no'}[call.status] }}"}}


def test_who_asks_for_cancelled_calls_has_a_payload_with_a_body_for_them(account):
    asking = {"direction": "outbound", "name": "To the CRM", "url": URL, "events": ["call.finished", "call.cancelled"]}
    ringing, cancelled = account.outbound(URL, payload=BY_STATUS), account.outbound(URL, events=asking["events"])
    asked = [
        (account.post("/webhooks", {**asking, "payload": BY_STATUS}), "payload.json.said"),
        (account.patch(cancelled.path, {"payload": BY_STATUS}), "payload.json.said"),
        (account.patch(ringing.path, {"events": asking["events"]}), "events"),
    ]
    for answer, field in asked:
        assert_refused(answer, 400, "invalid_field", field)
        assert "(Tried with a cancelled call.)" in answer.error["message"]
    assert account.patch(ringing.path, {"name": "Renamed"}).status == 200
    assert account.patch(ringing.path, {"events": asking["events"], "payload": None}).status == 200
    assert account.post("/webhooks", {**asking, "payload": TEXT}).status == 201


@pytest.mark.parametrize("event", ["webhook.failing", "webhook.disabled"])
def test_who_has_a_payload_of_its_own_asks_for_no_news_of_endpoints(account, event):
    asking = {"direction": "outbound", "name": "To the CRM", "url": URL, "events": ["call.finished", event]}
    own, other = account.outbound(URL, payload=TEXT), account.outbound(URL, events=asking["events"])
    for answer, field in [
        (account.post("/webhooks", {**asking, "payload": TEXT}), "payload"),
        (account.patch(own.path, {"events": [event]}), "events"),
        (account.patch(other.path, {"payload": TEXT}), "payload"),
    ]:
        assert_refused(answer, 400, "invalid_field", field)
        assert f"told of calls only, and not of {event}" in answer.error["message"]
    assert account.patch(own.path, {"events": [event], "payload": None}).status == 200
    assert account.patch(other.path, {"events": ["call.finished"], "payload": TEXT}).status == 200


def test_an_inbound_webhook_itself_has_none(account):
    body = {"direction": "inbound", "name": "From the CRM", "payload": TEXT}
    assert_refused(account.post("/webhooks", body), 400, "invalid_field", "payload")
    assert_refused(account.patch(account.inbound().path, {"payload": TEXT}), 400, "invalid_field", "payload")


# the preview


def preview(account, **body) -> tuple[str, str]:
    answer = account.post("/webhooks/preview", body)
    assert answer.status == 200, answer
    assert set(answer.json()) == {"contentType", "body"}
    return answer.json()["contentType"], answer.json()["body"]


def test_a_preview_is_of_the_sample_and_of_each_event(account):
    document = {"json": {"type": "{{ type }}", "who": "{{ call.recipient.name }}"}}
    assert preview(account, payload=document) == ("application/json", '{"type":"call.finished","who":"Jessica Smith"}')
    assert '"call.completed"' in preview(account, payload=document, event="call.completed")[1]
    form = preview(account, payload={"form": {"a b": "{{ call.duration }} s"}})
    assert form == ("application/x-www-form-urlencoded", "a+b=123+s")
    assert preview(account, payload=TEXT) == ("text/plain; charset=utf-8", "call_test_abc123def456")
    kind, body = preview(account, payload=None)
    assert kind == "application/json" and json.loads(body)["type"] == "call.finished"


def test_a_preview_is_of_a_cancelled_call_by_its_sample_or_of_a_real_one(api):
    account = Account.open(api, credits=0)
    sample = json.loads(preview(account, payload=None, event="call.cancelled")[1])
    assert (sample["type"], sample["call"]["status"]) == ("call.cancelled", "cancelled")
    assert (sample["call"]["reason"], set(sample["call"]["recipient"])) == ("insufficient_funds", {"phoneNumber"})
    webhook = account.bound_webhook()
    account.trigger(webhook, {"phoneNumber": unused_phone(), "metadata": {"id": "4711"}})
    call = account.last_request_to(webhook)["callId"]
    document = {"text": "{{ type }} {{ call.status }} {{ call.reason }} {{ call.metadata.id }}"}
    # Which of the account's endpoints asks does not make it ring.
    for event in ("call.finished", "call.completed", "call.cancelled", None):
        told = preview(account, payload=document, event=event, callId=call)[1]
        assert told == "call.cancelled cancelled insufficient_funds 4711"
    refused = account.post("/webhooks/preview", {"payload": BY_STATUS, "event": "call.cancelled"})
    assert_refused(refused, 400, "invalid_field", "payload.json.said")


def test_a_call_that_rang_is_previewed_as_one(account, dialer):
    completion = completions.of_elsewhere(account, **completions.RESULTS)
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is on record")
    asked = {"payload": {"text": "{{ type }}"}, "callId": completion["callId"]}
    events = ("call.cancelled", "call.finished", "call.completed")
    told = [preview(account, **asked, event=event)[1] for event in events]
    assert told == ["call.finished", "call.finished", "call.completed"]


def test_a_preview_is_of_a_real_call(account, dialer):
    completion = completions.of_elsewhere(account, **completions.RESULTS, metadata={"amount": "a lot"})
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is on record")
    document = {"text": "{{ call.id }}: {{ call.summary }}"}
    expected = f"{completion['callId']}: {completions.RESULTS['summary']}"
    assert preview(account, payload=document, callId=completion["callId"])[1] == expected

    fragile = {"json": {"amount": "{{ call.metadata.amount | default(0) | round }}"}}
    assert preview(account, payload=fragile)[1] == '{"amount":0}'
    refused = account.post("/webhooks/preview", {"payload": fragile, "callId": completion["callId"]})
    assert_refused(refused, 400, "invalid_field")
    assert refused.error["field"] == "payload.json.amount"

    assert account.delete(f"/calls/{completion['callId']}").status == 204
    assert_refused(account.post("/webhooks/preview", {"payload": TEXT, "callId": completion["callId"]}), 404)


def test_a_preview_of_no_call_and_of_one_that_is_not_over_is_refused(account, jobs, api):
    body = {"payload": TEXT, "callId": completions.unknown_call_id()}
    assert_refused(account.post("/webhooks/preview", body), 404, "not_found")
    webhook = account.bound_webhook()
    account.trigger(webhook)
    call = jobs.of(webhook)[0]["callId"]
    body = {"payload": TEXT, "callId": call}
    assert_refused(account.post("/webhooks/preview", body), 409, "call_not_finished")
    assert_refused(Account.open(api).post("/webhooks/preview", body), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "missing_field", "payload"),
        ({"payload": TEXT, "event": "call.rang"}, "invalid_field", "event"),
        ({"payload": TEXT, "callId": "a b"}, "invalid_field", "callId"),
        ({"payload": "text"}, "invalid_field", "payload"),
        ({"payload": TEXT, "url": URL}, "unknown_field", "url"),
    ],
)
def test_a_preview_that_asks_for_something_else_is_refused(account, body, code, field):
    assert_refused(account.post("/webhooks/preview", body), 400, code, field)
