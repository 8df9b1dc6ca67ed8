"""infra/openapi.yaml with what a description cannot say: ids that are there, and endpoints that are on loopback."""

import copy

import openapi
from documented_refusals import UNKNOWN_IDS
from sample_account import Request, SampleAccount

NOBODY = "http://127.0.0.1:1/"


def schemathesis_document(sample: SampleAccount, changed: str) -> dict:
    """The document for requests to this account.

    `changed` is a webhook to change; what is deleted is made for it.
    """
    document = copy.deepcopy(openapi.document())
    del document["webhooks"]
    _make_second_pages(sample)
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        for method in item:
            described = item[method]
            parameters = [*shared, *described.get("parameters", [])]
            described["parameters"] = [copy.deepcopy(openapi.resolved(parameter)) for parameter in parameters]
            _give_ids(sample, changed, described)
            _give_cursor(sample, described)
    _narrow_schemas(sample, document["components"]["schemas"])
    # That a form is a text, no schema says.
    preview = document["paths"]["/v1/webhooks/{webhookId}/requests/preview"]["post"]["requestBody"]
    preview["content"]["application/json"]["schema"]["properties"]["contentType"] = {"enum": ["json", None]}
    # Its examples are endpoints on the internet.
    del document["paths"]["/v1/webhooks/test"]["post"]["requestBody"]["content"]["application/json"]["example"]
    return document


def _give_ids(sample: SampleAccount, changed: str, operation: dict) -> None:
    """Of each path parameter an id that is there and one that is not."""
    for parameter in operation["parameters"]:
        if parameter["in"] != "path":
            continue
        name = parameter["name"]
        own = {
            ("deleteWebhook", "webhookId"): lambda: sample.account.outbound(NOBODY).id,
            ("rotateSlug", "webhookId"): lambda: sample.account.inbound().id,
            ("updateWebhook", "webhookId"): lambda: changed,
            ("updateCampaign", "campaignId"): lambda: sample.account.campaign()["id"],
            ("eraseCall", "callId"): sample.a_call_that_is_over,
            ("unsubscribeZapier", "hookId"): sample.a_zap,
            ("revokeApiKey", "keyId"): sample.an_api_key,
        }.get((operation["operationId"], name))
        there = own() if own else sample.ids[name]
        parameter["schema"] = {"enum": [there, UNKNOWN_IDS[name]]}


def _make_second_pages(sample: SampleAccount) -> None:
    """Of each list a second item, so that a page of one has a cursor."""
    sample.account.trigger(sample.inbound)
    sample.account.requests_to(sample.inbound, 2)
    sample.account.campaign()
    sample.a_test_delivery()
    sample.an_api_key()


def _give_cursor(sample: SampleAccount, operation: dict) -> None:
    """A cursor that the list gave."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "cursor":
            page = sample.send(openapi.operation(operation["operationId"]), Request(query={"limit": 1})).json()
            assert page["nextCursor"], operation["operationId"]
            parameter["schema"] = {"enum": [page["nextCursor"]]}


def _narrow_schemas(sample: SampleAccount, schemas: dict) -> None:
    schemas["TargetUrl"] = {"enum": [sample.endpoint.url, NOBODY]}
    # A phone number has too many spellings for a pattern; its own tests have them all.
    schemas["CallRequest"]["properties"]["data"]["properties"]["phoneNumber"] = {"enum": ["+15550001111", 15550002222]}
    schemas["TestRecipient"]["properties"]["phoneNumber"] = {"enum": ["+15550001111", "(555) 000-2222"]}
    # Nor has a pattern all that a path may not be; the parser's own tests have it.
    schemas["MappingPath"] = {"enum": ["phone", "properties.phone.value", 'contacts[0]["First Name"]']}
    # A GET has no body, so none of its owner's own: what goes with what, no schema says.
    for name in ("NewOutboundWebhook", "OutboundWebhookChange", "UnsavedEndpoint"):
        schemas[name]["properties"]["method"] = {"enum": ["POST"]}
    # Nor that news of endpoints go with no payload of one's own.
    for name in ("NewOutboundWebhook", "OutboundWebhookChange"):
        schemas[name]["properties"]["events"] = {
            **schemas["Events"],
            "items": {"enum": ["call.finished", "call.cancelled"]},
        }
    # What changes nothing that is stored has to be whole.
    schemas["ChangedHeaders"] = schemas["Headers"]
    schemas["InboundWebhookChange"]["properties"]["responseWebhook"]["required"] = ["url"]
