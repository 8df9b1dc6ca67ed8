"""The requests to each operation of infra/openapi.yaml that succeed, with every form that its answer has."""

from collections.abc import Callable

import sent_values
from accounts import Account, unused_phone
from sample_account import URL, Request, SampleAccount

PERIOD = {"since": "2024-10-29T07:00:00+02:00", "until": "9999-12-31T23:59:59Z"}

SUCCESSES: dict[str, Callable[[SampleAccount], list[Request]]] = {}


def success_of(operation: str):
    def keep(requests: Callable[[SampleAccount], list[Request]]) -> None:
        SUCCESSES[operation] = requests

    return keep


def header(value: str) -> dict:
    sent_values.remember("header value", value)
    return {"name": "X-System", "value": value}


def required_header() -> dict:
    value = "required-value-5523"
    sent_values.remember("required header", value)
    return {"name": "X-Crm-Key", "value": value}


# inbound


@success_of("triggerCall")
def _(sample):
    full = {"phoneNumber": unused_phone(), "firstName": "Jane", "note": 7}
    least = {"phoneNumber": unused_phone()}
    return [Request(body={"type": "calls.execute", "data": data}) for data in (full, least)]


# webhooks


@success_of("listWebhooks")
def _(sample):
    sample.a_zap()
    return [Request(), Request(query={"direction": "outbound", "limit": 1})]


@success_of("createWebhook")
def _(sample):
    headers = [header("header-value-5521")]
    inbound = {"direction": "inbound", "name": "In"}
    outbound = {"direction": "outbound", "name": "Out", "url": URL}
    campaign = {"campaignId": sample.account.campaign()["id"]}
    return [
        Request(body=inbound),
        Request(body={**inbound, "requiredHeader": required_header(), "mapping": {"phoneNumber": "phone"}}),
        Request(body={**inbound, **campaign, "responseWebhook": {"url": URL, "headers": headers}}),
        Request(body={**outbound, "method": "GET", "headers": headers}),
        Request(body={**outbound, "method": None, "headers": None, "payload": None, "filter": None}),
        Request(body={**outbound, "payload": {"json": {"note": "{{ call.summary }}"}, "omitNulls": True}}),
        Request(body={**inbound, "responseWebhook": {"url": URL, "payload": {"text": "{{ call.id }}"}}}),
        Request(body={**outbound, "filter": {"statuses": ["missed"], "campaignIds": ["bulk-7"]}}),
    ]


@success_of("testUnsavedEndpoint")
def _(sample):
    nobody = "http://127.0.0.1:1/"
    payload = {"form": {"note": "{{ call.summary }}"}}
    return [
        Request(body={"url": sample.endpoint.url, "method": "GET"}),
        Request(body={"url": sample.endpoint.url, "payload": payload}),
        Request(body={"url": nobody}),
    ]


@success_of("previewPayload")
def _(sample):
    return [
        Request(body={"payload": {"json": ["{{ call.duration }}"]}}),
        Request(body={"payload": {"form": {"note": "{{ call.summary }}"}}, "event": "call.completed"}),
        Request(body={"payload": None, "event": "call.cancelled"}),
        Request(body={"payload": {"text": "{{ call.id }}"}, "event": None, "callId": None}),
        Request(body={"payload": None}),
    ]


@success_of("getWebhook")
def _(sample):
    others = (sample.outbound.id, sample.a_zap(), sample.a_disabled_webhook().id, sample.account.inbound().id)
    return [Request(), *(Request({"webhookId": webhook}) for webhook in others)]


@success_of("updateWebhook")
def _(sample):
    inbound = {"webhookId": sample.account.inbound().id}
    outbound = {"webhookId": sample.account.outbound(URL).id}
    headers = [header("header-value-5522")]
    kept = [{"name": "X-System"}]
    campaign = sample.account.campaign()["id"]
    return [
        Request(outbound, body={"headers": headers}),
        Request(outbound, body={"payload": {"form": {"note": "{{ call.summary }}"}}}),
        Request(outbound, body={"payload": None}),
        Request(outbound, body={"name": "Renamed", "method": "GET", "headers": [{**kept[0], "value": None}]}),
        Request(outbound, body={"url": "https://example.org/", "status": "disabled", "headers": None}),
        Request(outbound, body={"filter": {"sources": ["test"], "warmth": ["hot"], "minDuration": 30}}),
        Request(outbound, body={"filter": None, "events": ["call.cancelled", "call.finished"]}),
        Request(inbound, body={"campaignId": campaign, "responseWebhook": {"url": URL, "headers": headers}}),
        Request(inbound, body={"responseWebhook": {"status": "disabled", "headers": kept}}),
        Request(inbound, body={"responseWebhook": {"payload": {"text": "{{ call.id }}"}}}),
        Request(inbound, body={"responseWebhook": None}),
        Request(inbound, body={"requiredHeader": required_header(), "mapping": {"phoneNumber": ["phone", "tel"]}}),
        Request(inbound, body={"requiredHeader": None, "mapping": None}),
        Request(inbound, body={}),
    ]


@success_of("deleteWebhook")
def _(sample):
    return [Request({"webhookId": webhook.id}) for webhook in (sample.account.outbound(URL), sample.account.inbound())]


@success_of("rotateSecret")
def _(sample):
    webhook = {"webhookId": sample.account.outbound(URL).id}
    return [Request(webhook, body=body) for body in (None, {}, {"overlapSeconds": None}, {"overlapSeconds": 0})]


@success_of("rotateSlug")
def _(sample):
    webhook = {"webhookId": sample.account.inbound().id}
    return [Request(webhook), Request(webhook, body={})]


@success_of("testWebhook")
def _(sample):
    unreachable = sample.account.outbound("http://127.0.0.1:1/")
    return [Request(), *(Request({"webhookId": webhook.id}, body={}) for webhook in (sample.outbound, unreachable))]


@success_of("listPresets")
def _(sample):
    return [Request()]


# logs


@success_of("previewRequest")
def _(sample):
    mapped, refused = {"phoneNumber": "tel", "metadata": {"id": "id"}}, {"vid": 1}
    documented = {"type": "calls.execute", "data": {"phoneNumber": "+15551234567", "email": []}}
    return [
        Request(body={"body": documented}),
        Request(body={"body": "tel=%2B15551234567", "contentType": "form", "mapping": mapped}),
        Request(body={"body": refused, "mapping": mapped}),
    ]


@success_of("listAttempts")
def _(sample):
    sample.a_test_delivery()
    gone = sample.account.outbound("http://127.0.0.1:1/")
    sample.account.post(f"{gone.path}/test", {})
    return [
        Request(),
        Request({"webhookId": gone.id}, query={"outcome": "errored", "limit": 1}),
        Request(query={"callId": sample.ids["callId"], **PERIOD}),
    ]


@success_of("getDelivery")
def _(sample):
    webhook = sample.account.outbound(sample.endpoint.url, method="GET", headers=[header("header-value-5523")])
    sample.account.post(f"{webhook.path}/test", {})
    (test,) = sample.account.attempts_of(webhook)
    return [
        Request(),
        Request({"webhookId": sample.outbound.id, "deliveryId": sample.attempt_at_outbound["deliveryId"]}),
        Request({"webhookId": webhook.id, "deliveryId": test["deliveryId"]}),
    ]


@success_of("getWebhookStats")
def _(sample):
    return [Request(), Request({"webhookId": sample.outbound.id}, query={"hours": 1})]


@success_of("getStats")
def _(sample):
    return [Request(), Request(query={"hours": 168})]


@success_of("resendDelivery")
def _(sample):
    return [Request(), Request(body={})]


@success_of("recoverDeliveries")
def _(sample):
    since, later = "2024-10-29T05:00:00Z", "2024-10-29T07:00:00.5+02:00"
    bodies = {"since": since}, {"since": later, "pending": True}, {"since": since, "until": later}
    return [Request(body=body) for body in bodies]


@success_of("listRequests")
def _(sample):
    idle = sample.account.inbound()
    sample.account.trigger(idle)
    sample.account.requests_to(idle)
    guarded = sample.account.inbound(requiredHeader=required_header())
    sample.account.trigger(guarded)
    assert sample.account.last_request_to(guarded)["statusCode"] == 401
    return [Request(), Request({"webhookId": idle.id}), Request({"webhookId": guarded.id}), Request(query=PERIOD)]


# campaigns and calls


@success_of("listCampaigns")
def _(sample):
    return [Request(), Request(query={"limit": 1})]


@success_of("createCampaign")
def _(sample):
    settings = {"prompt": "Say hello.", "voice": "", "followUps": {"email": True}, "callForwarding": None}
    webhook = {"webhookId": sample.account.inbound().id, "status": "paused"}
    return [Request(body={"name": "Least"}), Request(body={"name": "More", **settings, **webhook})]


@success_of("getCampaign")
def _(sample):
    return [Request(), Request({"campaignId": sample.account.campaign(followUps={"sms": [1]})["id"]})]


@success_of("updateCampaign")
def _(sample):
    campaign = {"campaignId": sample.account.campaign()["id"]}
    return [
        Request(campaign, body={"webhookId": sample.account.inbound().id, "keypadNavigation": {"enabled": True}}),
        Request(campaign, body={"name": "Renamed", "status": "draft", "voice": "alex", "prompt": None}),
        Request(campaign, body={"voice": "", "keypadNavigation": None}),
    ]


@success_of("deleteCampaign")
def _(sample):
    return [Request({"campaignId": sample.account.campaign()["id"]})]


@success_of("testCall")
def _(sample):
    full = {"phoneNumber": unused_phone(), "firstName": "Jane", "note": None}
    draft = {"campaignId": sample.account.campaign(status="draft")["id"]}
    return [Request(body=full), Request(draft, body={"phoneNumber": unused_phone()})]


@success_of("listCalls")
def _(sample):
    sample.account.settled(sample.ids["callId"])
    return [Request(), Request(query={"status": "finished", "warmth": "hot"}), Request(query=PERIOD)]


@success_of("getCall")
def _(sample):
    sample.account.settled(sample.ids["callId"])
    webhook = sample.account.bound_webhook()
    sample.account.trigger(webhook)
    return [Request(), Request({"callId": sample.account.last_request_to(webhook)["callId"]})]


@success_of("eraseCall")
def _(sample):
    return [Request({"callId": sample.a_call_that_is_over()})]


# account, Zapier, operator


@success_of("getAccount")
def _(sample):
    return [Request()]


@success_of("listLedger")
def _(sample):
    return [Request(), Request(query={"limit": 1})]


@success_of("subscribeZapier")
def _(sample):
    return [Request(body={"targetUrl": URL})]


@success_of("unsubscribeZapier")
def _(sample):
    return [Request()]


@success_of("getZapierSample")
def _(sample):
    return [Request()]


@success_of("createAccount")
def _(sample):
    return [Request(body={"name": "Least", "credits": 0})]


@success_of("updateAccount")
def _(sample):
    limits = {"inboundWebhooks": 700, "outboundWebhooks": 70, "campaigns": None}
    return [Request(body={"limits": limits}), Request(body={"limits": {}}), Request(body={})]


@success_of("addCredits")
def _(sample):
    return [Request(body={"amount": 1})]


@success_of("listApiKeys")
def _(sample):
    sample.an_api_key()
    return [Request(), Request(query={"limit": 1})]


@success_of("createApiKey")
def _(sample):
    return [Request(body=body) for body in (None, {}, {"name": None}, {"name": "portal"})]


@success_of("revokeApiKey")
def _(sample):
    return [Request()]


PORTAL_LINKS = (None, {}, {"role": None}, {"role": "viewer", "expiresInSeconds": 300}, {"expiresInSeconds": 86_400})


@success_of("createPortalLink")
def _(sample):
    return [Request(body=body) for body in PORTAL_LINKS]


@success_of("createPortalLinkForAccount")
def _(sample):
    return [Request(body=body) for body in PORTAL_LINKS]


@success_of("createPortalSession")
def _(sample):
    link = Request(body={"link": sample.account.portal_link()}, authorized=False)
    return [Request(), Request(body={}), Request(body={"link": None}), link]


@success_of("deletePortalSession")
def _(sample):
    return [Request(role="editor"), Request(role="viewer")]


@success_of("deletePortalSessionsOfAccount")
def _(sample):
    return [Request({"accountId": Account.open(sample.account.api).id})]
