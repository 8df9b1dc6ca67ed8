"""How each refusal that infra/openapi.yaml describes is brought about: by its code, or by operation and code."""

from collections.abc import Callable

from accounts import Account
from openapi import Operation
from sample_account import URL, Request, SampleAccount

# code -> why nobody can bring it about from outside
NOT_ON_DEMAND = {
    "temporarily_unavailable": "a service behind the API has to fail: test_dependency_failures.py",
    "too_many_tests": "thirty tests before it: test_test_button_limits.py",
    "too_many_resends": "sixty resends before it: test_hurry.py",
    "recovery_underway": "another recovery at the same moment: test_hurry.py",
    "edit_conflict": "five other changes have to come between a read and a write",
    "undecryptable": "what is sealed would have to be spoilt",
    "forbidden": "API Gateway refuses before the function does: test_openapi.py has both",
}

UNKNOWN = "0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"
UNKNOWN_IDS = {
    "slug": "a" * 28,
    "webhookId": f"wh_{UNKNOWN}",
    "deliveryId": f"msg_{UNKNOWN}",
    "campaignId": f"cmp_{UNKNOWN}",
    "callId": f"call_{UNKNOWN}",
    "hookId": f"wh_{UNKNOWN}",
    "accountId": f"acc_{UNKNOWN}",
    "keyId": f"key_{UNKNOWN}",
}

Refused = Callable[[SampleAccount], Request]


def refused_request(sample: SampleAccount, operation: Operation, code: str) -> Request:
    """A request to the operation that is answered with this code."""
    if make := BY_OPERATION.get((operation.id, code)):
        return make(sample)
    if code == "not_found":
        return Request({name: UNKNOWN_IDS[name] for name in UNKNOWN_IDS if f"{{{name}}}" in operation.path})
    return BY_CODE[code]


BY_CODE = {
    "unauthorized": Request(authorized=False),
    "read_only": Request(role="viewer"),
    "api_key_required": Request(role="editor"),
    "invalid_json": Request(body=b"{"),
    "unknown_field": Request(body={"nonsense": 1}),
    "missing_field": Request(body={}),
    "body_too_large": Request(body={"name": "x" * 256 * 1024}),
    "invalid_limit": Request(query={"limit": 101}),
    "invalid_cursor": Request(query={"cursor": "nonsense"}),
    "invalid_direction": Request(query={"direction": "sideways"}),
    "invalid_outcome": Request(query={"outcome": "splendid"}),
    "invalid_hours": Request(query={"hours": 169}),
    "invalid_since": Request(query={"since": "yesterday"}),
    "invalid_until": Request(query={"until": "2026-11-26"}),
    "invalid_call_id": Request(query={"callId": "call.1"}),
    "invalid_status": Request(query={"status": "asleep"}),
    "invalid_warmth": Request(query={"warmth": "tepid"}),
}


def body(**fields) -> Refused:
    return lambda sample: Request(body=fields)


def call(data: object, kind: str = "calls.execute", **headers) -> Refused:
    return lambda sample: Request(body={"type": kind, "data": data}, headers=headers)


def without_its_header(sample: SampleAccount) -> Request:
    webhook = sample.account.inbound(requiredHeader={"name": "X-Key", "value": "the documented refusal"})
    return Request({"slug": webhook.slug}, body={})


def idempotency_key_reused(sample: SampleAccount) -> Request:
    key = {"idempotency-key": "lead-4711"}
    sample.account.trigger(sample.inbound, headers=key)
    return Request(headers=key, body={"type": "calls.execute", "data": {"phoneNumber": "+15550009999"}})


def reused_by_a_test_call(sample: SampleAccount) -> Request:
    key, path = {"idempotency-key": "test-4711"}, f"/campaigns/{bound_campaign(sample)}/test-call"
    assert sample.account.post(path, {"phoneNumber": "+15550008888"}, **key).status == 202
    return Request(headers=key, body={"phoneNumber": "+15550009999"})


def by_an_account_without_credits(sample: SampleAccount) -> Request:
    poor = Account.open(sample.account.api, credits=0)
    campaign = {"campaignId": poor.campaign()["id"]}
    return Request(campaign, body={"phoneNumber": "+15551234567"}, api_key=poor.api_key)


def zap(change: object = None) -> Refused:
    """At a webhook that Zapier manages."""
    return lambda sample: Request({"webhookId": sample.a_zap()}, body=change)


def full(limit: str, body: dict) -> Refused:
    """By an account that may have no more of them."""

    def refused(sample: SampleAccount) -> Request:
        account = Account.open(sample.account.api)
        assert account.limit(**{limit: 0}).status == 200
        return Request(body=body, api_key=account.api_key)

    return refused


def bound_campaign(sample: SampleAccount) -> str:
    return sample.campaign["id"]


def disabled_delivery(sample: SampleAccount) -> Request:
    """The outbound webhook's delivery, while the webhook is disabled; nothing else asks for its state."""
    sample.account.edit(sample.outbound.path, status="disabled")
    return Request({"webhookId": sample.outbound.id, "deliveryId": sample.attempt_at_outbound["deliveryId"]})


def removed_response_webhook(sample: SampleAccount) -> Request:
    webhook = sample.account.bound_webhook(responseWebhook={"url": sample.response.url})
    delivery = sample.a_delivery_to(webhook)
    sample.account.edit(webhook.path, responseWebhook=None)
    return Request({"webhookId": webhook.id, "deliveryId": delivery})


BY_OPERATION: dict[tuple[str, str], Refused] = {
    ("triggerCall", "invalid_type"): call({"phoneNumber": "+15551234567"}, "calls.cancel"),
    ("triggerCall", "invalid_data"): lambda sample: Request(body={"type": "calls.execute", "data": []}),
    ("triggerCall", "missing_phone_number"): call({"phone_number": "+15551234567"}),
    ("triggerCall", "invalid_phone_number"): call({"phoneNumber": "call me"}),
    ("triggerCall", "phone_number_with_extension"): call({"phoneNumber": "+1 555 123 4567 ext. 22"}),
    ("triggerCall", "phone_number_with_letters"): call({"phoneNumber": "1-800-FLOWERS"}),
    ("triggerCall", "several_phone_numbers"): call({"phoneNumber": "+15551234567 / +15557654321"}),
    ("triggerCall", "invalid_idempotency_key"): call({"phoneNumber": "+15551234567"}, **{"idempotency-key": "k" * 256}),
    ("previewPayload", "invalid_field"): body(payload={"text": "{{ call.sumary }}"}),
    ("previewPayload", "not_found"): body(payload={"text": "x"}, callId=UNKNOWN_IDS["callId"]),
    ("previewPayload", "call_not_finished"): lambda sample: Request(
        body={"payload": {"text": "x"}, "callId": sample.account.test_call(sample.campaign).json()["callId"]}
    ),
    ("previewRequest", "missing_field"): body(mapping=None),
    ("previewRequest", "invalid_field"): body(body={}, mapping={"phoneNumber": "a["}),
    ("previewRequest", "not_inbound"): lambda sample: Request({"webhookId": sample.outbound.id}, body={"body": {}}),
    ("triggerCall", "required_header_missing"): without_its_header,
    ("triggerCall", "webhook_not_found"): lambda sample: Request({"slug": "a" * 28}, body={}),
    ("triggerCall", "body_too_large"): lambda sample: Request(body={"note": "x" * 64 * 1024}),
    ("triggerCall", "idempotency_key_reused"): idempotency_key_reused,
    #
    ("createWebhook", "too_many_webhooks"): full("inboundWebhooks", body={"direction": "inbound", "name": "x"}),
    ("createWebhook", "invalid_field"): body(direction="sideways"),
    ("createWebhook", "unknown_campaign"): body(direction="inbound", name="x", campaignId=f"cmp_{UNKNOWN}"),
    ("createWebhook", "campaign_already_bound"): lambda sample: Request(
        body={"direction": "inbound", "name": "x", "campaignId": bound_campaign(sample)}
    ),
    ("testUnsavedEndpoint", "invalid_field"): body(url="ftp://example.com/"),
    #
    ("updateWebhook", "invalid_field"): body(name=None),
    ("updateWebhook", "missing_field"): lambda sample: Request(
        {"webhookId": sample.outbound.id}, body={"headers": [{"name": "X-Never-Stored"}]}
    ),
    ("updateWebhook", "webhook_already_bound"): lambda sample: Request(
        body={"campaignId": sample.account.campaign()["id"]}
    ),
    ("updateWebhook", "campaign_already_bound"): lambda sample: Request(
        {"webhookId": sample.account.inbound().id}, body={"campaignId": bound_campaign(sample)}
    ),
    ("updateWebhook", "unknown_campaign"): lambda sample: Request(
        {"webhookId": sample.account.inbound().id}, body={"campaignId": f"cmp_{UNKNOWN}"}
    ),
    ("updateWebhook", "managed_by_zapier"): zap({"name": "Mine"}),
    ("deleteWebhook", "managed_by_zapier"): zap(),
    ("rotateSecret", "managed_by_zapier"): zap({}),
    ("rotateSecret", "invalid_field"): body(overlapSeconds=604_801),
    ("rotateSlug", "managed_by_zapier"): zap({}),
    ("rotateSlug", "not_inbound"): lambda sample: Request({"webhookId": sample.outbound.id}),
    ("testWebhook", "no_response_webhook"): lambda sample: Request({"webhookId": sample.account.inbound().id}),
    #
    ("resendDelivery", "webhook_disabled"): disabled_delivery,
    ("resendDelivery", "on_its_way"): lambda sample: Request(sample.a_pending_delivery()),
    ("resendDelivery", "test_delivery"): lambda sample: Request({"deliveryId": sample.a_test_delivery()}),
    ("resendDelivery", "no_response_webhook"): removed_response_webhook,
    ("recoverDeliveries", "no_response_webhook"): lambda sample: Request(
        {"webhookId": sample.account.inbound().id}, body={"since": "2024-10-29T05:00:00Z"}
    ),
    ("recoverDeliveries", "invalid_field"): body(since="yesterday"),
    ("recoverDeliveries", "not_found"): lambda sample: Request(
        {"webhookId": f"wh_{UNKNOWN}"}, body={"since": "2024-10-29T05:00:00Z"}
    ),
    ("recoverDeliveries", "webhook_disabled"): lambda sample: Request(
        {"webhookId": sample.a_disabled_webhook().id}, body={"since": "2024-10-29T05:00:00Z"}
    ),
    #
    ("createCampaign", "invalid_field"): body(name="x", status="executing"),
    ("createCampaign", "unknown_webhook"): body(name="x", webhookId=f"wh_{UNKNOWN}"),
    ("createCampaign", "webhook_already_bound"): lambda sample: Request(
        body={"name": "x", "webhookId": sample.inbound.id}
    ),
    ("createCampaign", "too_many_campaigns"): full("campaigns", body={"name": "x"}),
    ("testCall", "not_found"): lambda sample: Request(
        {"campaignId": f"cmp_{UNKNOWN}"}, body={"phoneNumber": "+15551234567"}
    ),
    ("testCall", "invalid_field"): body(phoneNumber=7),
    ("testCall", "body_too_large"): lambda sample: Request(body={"note": "x" * 256 * 1024}),
    ("testCall", "invalid_phone_number"): body(phoneNumber="call me"),
    ("testCall", "phone_number_with_extension"): body(phoneNumber="+1 555 123 4567 ext. 22"),
    ("testCall", "phone_number_with_letters"): body(phoneNumber="1-800-FLOWERS"),
    ("testCall", "several_phone_numbers"): body(phoneNumber="+15551234567 / +15557654321"),
    ("testCall", "invalid_idempotency_key"): lambda sample: Request(
        headers={"idempotency-key": "k" * 256}, body={"phoneNumber": "+15551234567"}
    ),
    ("testCall", "idempotency_key_reused"): reused_by_a_test_call,
    ("testCall", "no_prompt"): lambda sample: Request(
        {"campaignId": sample.account.campaign(prompt=None)["id"]}, body={"phoneNumber": "+15551234567"}
    ),
    ("testCall", "insufficient_funds"): by_an_account_without_credits,
    ("deleteCampaign", "campaign_in_use"): lambda sample: Request({"campaignId": bound_campaign(sample)}),
    ("updateCampaign", "invalid_field"): body(followUps="yes"),
    ("updateCampaign", "unknown_webhook"): lambda sample: Request(
        {"campaignId": sample.account.campaign()["id"]}, body={"webhookId": f"wh_{UNKNOWN}"}
    ),
    ("updateCampaign", "webhook_already_bound"): lambda sample: Request(
        {"campaignId": sample.account.campaign()["id"]}, body={"webhookId": sample.inbound.id}
    ),
    ("updateCampaign", "campaign_already_bound"): lambda sample: Request(
        body={"webhookId": sample.account.inbound().id}
    ),
    #
    ("eraseCall", "call_not_finished"): lambda sample: Request(
        {"callId": sample.account.test_call(sample.campaign).json()["callId"]}
    ),
    ("subscribeZapier", "invalid_field"): body(targetUrl="zapier"),
    ("subscribeZapier", "too_many_webhooks"): full("outboundWebhooks", body={"targetUrl": URL}),
    ("unsubscribeZapier", "not_found"): lambda sample: Request({"hookId": sample.outbound.id}),
    ("createAccount", "invalid_field"): body(name="x", credits=-1),
    ("updateAccount", "invalid_field"): body(limits={"campaigns": -1}),
    ("updateAccount", "not_found"): lambda sample: Request({"accountId": f"acc_{UNKNOWN}"}, body={}),
    ("addCredits", "invalid_field"): body(amount=0),
    ("addCredits", "not_found"): lambda sample: Request({"accountId": f"acc_{UNKNOWN}"}, body={"amount": 1}),
    ("createApiKey", "invalid_field"): body(name=7),
    #
    ("createPortalLink", "invalid_field"): body(role="owner"),
    ("createPortalLinkForAccount", "invalid_field"): body(expiresInSeconds=299),
    ("createPortalSession", "invalid_field"): body(link=7),
    ("deletePortalSession", "not_found"): lambda sample: Request(api_key=sample.account.api_key),
}
