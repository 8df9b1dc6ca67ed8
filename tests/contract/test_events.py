"""Every sample event in events/ is handed to the function it is for, with its placeholders filled in."""

import base64
import json
import re
import uuid
from pathlib import Path

import pytest

import completions
from accounts import Account
from infra.local.cloudformation import of_type, read_template
from markdown_pages import table_rows
from tables import commit_call, update_call

EVENTS = Path(__file__).parents[2] / "events"
USED = {
    "inbound-accepted.json",
    "inbound-sloppy-phone.json",
    "inbound-wrong-type.json",
    "inbound-get.json",
    "committed-call.json",
    "completion-inbound.json",
    "completion-missed.json",
    "completion-bulk.json",
    "delivery.json",
    "manage-list-webhooks.json",
    "tester-unsaved.json",
    "operator-create-account.json",
    "portal-page.json",
}


@pytest.fixture(scope="module")
def functions(stack):
    return stack.client("lambda")


@pytest.fixture
def invoke(stack, functions):
    """Hands an event to a function; gives its answer, which must not be an error of the function."""

    def invoke(function: str, event) -> dict:
        text = event if isinstance(event, str) else json.dumps(event)
        answer = functions.invoke(FunctionName=stack.function_name(function), Payload=text.encode())
        payload = answer["Payload"].read()
        assert "FunctionError" not in answer, payload
        return json.loads(payload)

    return invoke


def event(name: str, **placeholders: str) -> str:
    text = (EVENTS / name).read_text(encoding="utf-8")
    for written, value in {
        "yourinboundslug": placeholders.get("slug"),
        "acc_youraccount": placeholders.get("account"),
        "call_yourcall": placeholders.get("call"),
        "wh_yourwebhook": placeholders.get("webhook"),
        "msg_yourdelivery": placeholders.get("delivery"),
        "YOUR-API-KEY": placeholders.get("key"),
        "https://yourendpoint.example/": placeholders.get("endpoint"),
    }.items():
        if value is not None:
            assert written in text, f"{name} has no {written}"
            text = text.replace(written, value)
    return text


def body_of(answer: dict) -> bytes:
    body = answer.get("body") or ""
    return base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()


def header_of(answer: dict, name: str) -> str | None:
    headers = {**{k: v[0] for k, v in (answer.get("multiValueHeaders") or {}).items()}, **(answer.get("headers") or {})}
    return {k.lower(): v for k, v in headers.items()}.get(name)


def test_every_sample_event_is_tried():
    assert {path.name for path in EVENTS.glob("*.json")} == USED


def test_inbound_accepted(account, jobs, invoke):
    webhook = account.bound_webhook()
    answer = invoke("Inbound", event("inbound-accepted.json", slug=webhook.slug))
    assert (answer["statusCode"], body_of(answer)) == (201, b'{"success":true}')
    assert jobs.of(webhook)[0]["recipient"]["companyName"] == "Acme Corp"


def test_inbound_with_a_sloppy_phone(account, jobs, invoke):
    webhook = account.bound_webhook()
    answer = invoke("Inbound", event("inbound-sloppy-phone.json", slug=webhook.slug))
    assert answer["statusCode"] == 201
    assert jobs.of(webhook)[0]["recipient"] == {"phoneNumber": "+15551234567", "firstName": "Jane", "zipCode": "78701"}
    assert account.last_request_to(webhook)["reason"] == "dropped fields: email"


def test_inbound_of_the_wrong_type(account, invoke):
    webhook = account.bound_webhook()
    answer = invoke("Inbound", event("inbound-wrong-type.json", slug=webhook.slug))
    assert (answer["statusCode"], json.loads(body_of(answer))["error"]["code"]) == (400, "invalid_type")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "post"])
def test_inbound_by_another_method_than_post(account, jobs, invoke, method):
    webhook = account.bound_webhook()
    request = json.loads(event("inbound-get.json", slug=webhook.slug))
    request["requestContext"]["http"]["method"] = method
    request["body"] = json.loads(event("inbound-accepted.json", slug=webhook.slug))["body"]
    answer = invoke("Inbound", request)
    assert (answer["statusCode"], header_of(answer, "allow")) == (405, "POST")
    assert jobs.all_of(webhook) == []


def test_inbound_with_a_base64_body(account, jobs, invoke):
    webhook = account.bound_webhook()
    request = json.loads(event("inbound-accepted.json", slug=webhook.slug))
    request["body"] = base64.b64encode(request["body"].encode()).decode()
    request["isBase64Encoded"] = True
    assert invoke("Inbound", request)["statusCode"] == 201
    assert len(jobs.of(webhook)) == 1


def test_a_committed_call(account, stack, jobs, all_relayed, invoke):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    unsent = commit_call(stack, jobs.of(webhook)[0]["callId"], status={"S": "cancelled"})
    all_relayed()
    update_call(stack, unsent, status={"S": "queued"})
    assert invoke("Relay", event("committed-call.json", call=unsent)) is None
    assert [job["callId"] for job in jobs.all_of(webhook)][1:] == [unsent]


def test_completion_of_a_call_from_the_crm(account, jobs, receivers, invoke):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    call_id = jobs.of(webhook)[0]["callId"]
    answer = invoke("Fanout", event("completion-inbound.json", account=account.id, call=call_id))
    assert answer["batchItemFailures"] == []
    assert account.call(call_id)["status"] == "finished"
    endpoint.await_request()


def test_completion_of_a_missed_call(account, jobs, invoke):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    call_id = jobs.of(webhook)[0]["callId"]
    answer = invoke("Fanout", event("completion-missed.json", account=account.id, call=call_id))
    assert answer["batchItemFailures"] == []
    assert account.call(call_id)["status"] == "missed"
    assert account.credits() == 100


def test_completion_of_a_bulk_call(account, receivers, invoke):
    endpoint = receivers.receiver()
    account.outbound(endpoint.url)
    call_id = completions.unknown_call_id()
    text = event("completion-bulk.json", account=account.id).replace("call_bulk789", call_id)
    assert invoke("Fanout", text)["batchItemFailures"] == []
    assert account.call(call_id)["campaign"] == {"id": "campaign_123", "name": "Q4 Outreach"}
    endpoint.await_request()


def test_delivery(account, dialer, receivers, invoke):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    completion = completions.of_elsewhere(account)
    dialer.send(completion)
    first = endpoint.await_request()
    delivery_id = f"msg_{uuid.uuid4().hex}"

    text = event(
        "delivery.json", account=account.id, call=completion["callId"], webhook=webhook.id, delivery=delivery_id
    )
    assert invoke("Deliver", text)["batchItemFailures"] == []

    second = endpoint.await_requests(2)[1]
    assert (second.headers["webhook-id"], second.body) == (delivery_id, first.body)
    assert delivery_id in {row["deliveryId"] for row in account.attempts_of(webhook, 2)}


def test_listing_webhooks(account, invoke):
    webhook = account.bound_webhook()
    account.outbound("https://example.com/")
    answer = invoke("Manage", event("manage-list-webhooks.json", key=account.api_key))
    assert answer["statusCode"] == 200
    assert [item["id"] for item in json.loads(body_of(answer))["items"]] == [webhook.id]


def test_an_endpoint_that_is_not_saved(account, receivers, invoke):
    endpoint = receivers.receiver()
    answer = invoke("Tester", event("tester-unsaved.json", key=account.api_key, endpoint=endpoint.url))
    tested = json.loads(body_of(answer))
    assert (answer["statusCode"], tested["success"], tested["statusCode"]) == (200, True, 200)
    assert endpoint.await_request().headers["x-system"] == "acme"


def test_creating_an_account(invoke, api):
    answer = invoke("Operator", event("operator-create-account.json"))
    assert answer["statusCode"] == 201
    created = json.loads(body_of(answer))
    opened = Account(api, created["id"], created["apiKey"])
    assert opened.read("/account") == {"id": created["id"], "name": "Acme", "credits": 100}


def test_the_page_of_the_portal(invoke):
    answer = invoke("Portal", event("portal-page.json"))
    assert (answer["statusCode"], header_of(answer, "content-type")) == (200, "text/html; charset=utf-8")
    assert re.search(rb'src="portal/[0-9a-f]{16}/app\.js"', body_of(answer))


def test_every_function_has_an_event_and_a_row_and_every_event_a_row():
    rows = [row for row in table_rows("events/README.md") if row[0].endswith(".json`")]
    assert {row[0].strip("`") for row in rows} == USED
    assert {row[1].strip("`") for row in rows} == set(of_type(read_template(), "AWS::Serverless::Function"))
