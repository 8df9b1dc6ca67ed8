"""infra/openapi.yaml with what a description cannot say: ids that are there, and endpoints that are on loopback."""

import copy

import openapi
from documented_refusals import UNKNOWN_IDS
from sample_account import Request, SampleAccount

NOBODY = "http://127.0.0.1:1/"


def schemathesis_document(sample_account: SampleAccount, changed: str) -> dict:
    """The document for requests to this account.

    `changed` is a webhook to change; what is deleted is made for it.
    """
    document = copy.deepcopy(openapi.document())
    del document["webhooks"]
    _make_second_pages(sample_account)
    for item in document["paths"].values():
        shared = item.pop("parameters", [])
        for method in item:
            described = item[method]
            parameters = [*shared, *described.get("parameters", [])]
            described["parameters"] = [copy.deepcopy(openapi.resolved(parameter)) for parameter in parameters]
            _give_ids(sample_account, changed, described)
            _give_cursor(sample_account, described)
    _narrow_schemas(sample_account, document["components"]["schemas"])
    # Its examples are endpoints on the internet.
    del document["paths"]["/v1/webhooks/test"]["post"]["requestBody"]["content"]["application/json"]["example"]
    return document


def _give_ids(sample_account: SampleAccount, changed: str, operation: dict) -> None:
    """Of each path parameter an id that is there and one that is not."""
    for parameter in operation["parameters"]:
        if parameter["in"] != "path":
            continue
        name = parameter["name"]
        there = {
            ("deleteWebhook", "webhookId"): lambda: sample_account.account.outbound(NOBODY).id,
            ("rotateSlug", "webhookId"): lambda: sample_account.account.inbound().id,
            ("updateWebhook", "webhookId"): lambda: changed,
            ("updateCampaign", "campaignId"): lambda: sample_account.account.campaign()["id"],
            ("unsubscribeZapier", "hookId"): sample_account.a_zap,
            ("revokeApiKey", "keyId"): sample_account.an_api_key,
        }.get((operation["operationId"], name), lambda: sample_account.ids[name])()
        parameter["schema"] = {"enum": [there, UNKNOWN_IDS[name]]}


def _make_second_pages(sample_account: SampleAccount) -> None:
    """Of each list a second item, so that a page of one has a cursor."""
    sample_account.account.trigger(sample_account.inbound)
    sample_account.account.requests_to(sample_account.inbound, 2)
    sample_account.account.campaign()
    sample_account.a_test_delivery()
    sample_account.an_api_key()


def _give_cursor(sample_account: SampleAccount, operation: dict) -> None:
    """A cursor that the list gave."""
    for parameter in operation["parameters"]:
        if parameter["name"] == "cursor":
            page = sample_account.send(openapi.operation(operation["operationId"]), Request(query={"limit": 1})).json()
            assert page["nextCursor"], operation["operationId"]
            parameter["schema"] = {"enum": [page["nextCursor"]]}


def _narrow_schemas(sample_account: SampleAccount, schemas: dict) -> None:
    schemas["TargetUrl"] = {"enum": [sample_account.endpoint.url, NOBODY]}
    # A phone number has too many spellings for a pattern; its own tests have them all.
    schemas["CallRequest"]["properties"]["data"]["properties"]["phoneNumber"] = {"enum": ["+15550001111", 15550002222]}
    # What changes nothing that is stored has to be whole.
    schemas["ChangedHeaders"] = schemas["Headers"]
    schemas["InboundWebhookChange"]["properties"]["responseWebhook"]["required"] = ["url"]
