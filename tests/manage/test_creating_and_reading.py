"""The management API: what an integrator creates and reads, and how a refusal names what to change."""

import base64
import re

import pytest

from accounts import Account

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
WEBHOOK_KEYS = {
    "id",
    "direction",
    "name",
    "status",
    "disabledReason",
    "disabledAt",
    "createdAt",
    "updatedAt",
    "managedBy",
}
INBOUND_KEYS = WEBHOOK_KEYS | {"slug", "url", "campaignId", "responseWebhook", "requiredHeader", "mapping"}
OUTBOUND_KEYS = WEBHOOK_KEYS | {"url", "method", "headers", "payload", "failingSince", "lastError", "filter", "events"}
SETTINGS = {
    "prompt": "You are Alex, calling for Quillhaven.",
    "voice": "alloy-warm",
    "language": "en-US",
    "voicemailMessage": "Please call Quillhaven back.",
    "followUps": {"email": True},
    "callForwarding": {"number": "+15550106666"},
    "keypadNavigation": {"enabled": True},
    "backgroundAmbience": "office",
}
CAMPAIGN_KEYS = {"id", "name", "webhookId", "status", "createdAt", "updatedAt", *SETTINGS}
CALL_KEYS = {
    "id",
    "status",
    "reason",
    "source",
    "webhookId",
    "campaign",
    "recipient",
    "metadata",
    "variables",
    "summary",
    "transcript",
    "recording",
    "duration",
    "analysis",
    "actionItems",
    "extracted",
    "tokensConsumed",
    "createdAt",
    "finishedAt",
    "notes",
    "erasedAt",
}


def assert_times(thing: dict) -> None:
    assert RFC3339.fullmatch(thing["createdAt"]) and RFC3339.fullmatch(thing["updatedAt"]), thing


# webhooks


def test_an_inbound_webhook_is_created_with_a_secret_slug_and_a_signing_secret(account):
    answer = account.post("/webhooks", {"direction": "inbound", "name": "From HubSpot"})
    assert answer.status == 201
    created = answer.json()
    assert set(created) == INBOUND_KEYS | {"signingSecret"}
    assert created["id"].startswith("wh_")
    assert re.fullmatch(r"[a-z0-9]{25,}", created["slug"])  # 25 such characters carry 129 bits
    assert created["url"].endswith("/" + created["slug"]) and created["url"].startswith("http")
    assert (created["direction"], created["name"], created["status"]) == ("inbound", "From HubSpot", "enabled")
    assert [created[key] for key in ("campaignId", "responseWebhook", "disabledReason", "disabledAt", "managedBy")] == [
        None
    ] * 5
    assert_times(created)


def test_an_outbound_webhook_is_created_as_a_post_unless_it_says_get(account):
    made = [
        account.post(
            "/webhooks", {"direction": "outbound", "name": "To us", "url": "https://example.com/hook", **method}
        ).json()
        for method in ({}, {"method": "POST"}, {"method": "GET"})
    ]
    assert [webhook["method"] for webhook in made] == ["POST", "POST", "GET"]
    for webhook in made:
        assert set(webhook) == OUTBOUND_KEYS | {"signingSecret"}
        assert (webhook["url"], webhook["headers"], webhook["status"]) == ("https://example.com/hook", [], "enabled")
        assert_times(webhook)


def test_a_signing_secret_is_whsec_and_32_random_bytes_and_shown_only_at_creation(account):
    webhook = account.inbound()
    prefix, _, encoded = webhook.signing_secret.partition("_")
    assert prefix == "whsec" and len(base64.b64decode(encoded, validate=True)) == 32
    read = account.read(f"/webhooks/{webhook.id}")
    assert set(read) == INBOUND_KEYS
    assert read == {key: value for key, value in webhook.body.items() if key != "signingSecret"}
    (listed,) = account.read("/webhooks")["items"]
    assert listed == read


def test_a_response_webhook_is_read_back_with_its_headers_names_only(account):
    webhook = account.inbound(
        responseWebhook={
            "url": "https://example.com/back",
            "headers": [{"name": "X-Api-Key", "value": "response-key-7711"}],
        }
    )
    shown = account.read(f"/webhooks/{webhook.id}")["responseWebhook"]
    assert shown["url"] == "https://example.com/back"
    assert [name.lower() for name in shown["headers"]] == ["x-api-key"]
    assert b"response-key-7711" not in account.get(f"/webhooks/{webhook.id}").body


def test_a_webhook_can_be_created_on_an_existing_campaign(account, jobs):
    campaign = account.campaign()
    webhook = account.inbound(campaignId=campaign["id"])
    assert account.read(f"/webhooks/{webhook.id}")["campaignId"] == campaign["id"]
    assert account.read(f"/campaigns/{campaign['id']}")["webhookId"] == webhook.id
    account.trigger(webhook)
    assert jobs.of(webhook)[0]["campaign"]["id"] == campaign["id"]


def test_slugs_are_all_different(account):
    slugs = {account.inbound().slug for _ in range(10)}
    assert len(slugs) == 10


def test_webhooks_are_listed_by_direction(account):
    inbound, outbound = account.inbound(), account.outbound("https://example.com/")
    assert [w["id"] for w in account.read("/webhooks", direction="inbound")["items"]] == [inbound.id]
    assert [w["id"] for w in account.read("/webhooks", direction="outbound")["items"]] == [outbound.id]
    assert [w["id"] for w in account.read("/webhooks")["items"]] == [outbound.id, inbound.id]


# campaigns


def test_a_campaign_keeps_every_setting(account):
    webhook = account.inbound()
    created = account.campaign(webhook, name="Spring viewings", **SETTINGS)
    assert set(created) == CAMPAIGN_KEYS
    assert {key: created[key] for key in SETTINGS} == SETTINGS
    assert (created["name"], created["webhookId"], created["status"]) == ("Spring viewings", webhook.id, "active")
    assert created["id"].startswith("cmp_")
    assert_times(created)
    assert account.read(f"/campaigns/{created['id']}") == created
    assert account.read("/campaigns")["items"] == [{k: v for k, v in created.items() if k != "prompt"}]
    assert account.read(f"/webhooks/{webhook.id}")["campaignId"] == created["id"]


def test_a_campaign_is_a_draft_without_settings_unless_it_says_otherwise(account):
    answer = account.post("/campaigns", {"name": "Later"})
    assert answer.status == 201
    assert set(answer.json()) == CAMPAIGN_KEYS
    assert answer.json()["status"] == "draft"
    assert [answer.json()[key] for key in ("webhookId", *SETTINGS)] == [None] * 9


def test_a_webhook_is_bound_to_one_campaign_once(account):
    webhook = account.inbound()
    first = account.campaign(webhook)
    answer = account.post("/campaigns", {"name": "Second", "webhookId": webhook.id})
    assert (answer.status, answer.error["code"]) == (409, "webhook_already_bound")
    assert account.read(f"/webhooks/{webhook.id}")["campaignId"] == first["id"]
    assert len(account.read("/campaigns")["items"]) == 1


def test_a_campaign_is_bound_to_one_webhook_once(account):
    campaign = account.campaign(account.inbound())
    answer = account.post("/webhooks", {"direction": "inbound", "name": "Second", "campaignId": campaign["id"]})
    assert answer.status == 409, answer
    assert len(account.read("/webhooks")["items"]) == 1


@pytest.mark.parametrize("status", ["executing", "completed"])
def test_an_inbound_campaign_is_never_executing_or_completed(account, status):
    answer = account.post("/campaigns", {"name": "Bulk", "status": status})
    assert (answer.status, answer.error["field"]) == (400, "status")


# results


def test_a_call_is_shown_with_every_field_and_in_the_list_without_its_transcript(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    detail = account.call(job["callId"])
    assert set(detail) == CALL_KEYS
    assert RFC3339.fullmatch(detail["createdAt"]) and detail["finishedAt"] is None
    assert (detail["campaign"]["id"], detail["source"]) == (campaign["id"], "inbound")
    (listed,) = account.calls_of(campaign)
    assert set(listed) == CALL_KEYS - {"transcript", "notes", "erasedAt", "metadata", "variables", "extracted"}
    assert listed == {key: detail[key] for key in listed}


def test_the_account_tells_its_id_name_and_credits(api):
    created = api.operator("POST", "/accounts", {"name": "Harbour Dental", "credits": 17})
    account = Account(api, created.json()["id"], created.json()["apiKey"])
    assert account.read("/account") == {"id": account.id, "name": "Harbour Dental", "credits": 17}


def test_a_request_log_row_has_exactly_its_fields(account):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    row = account.last_request_to(webhook)
    assert set(row) == {"id", "timestamp", "outcome", "statusCode", "reason", "callId"}
    assert RFC3339.fullmatch(row["timestamp"])


def test_a_new_webhook_takes_requests_at_once(account, jobs):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    assert len(jobs.of(webhook)) == 1
