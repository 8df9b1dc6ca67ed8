"""Every field of every body that an edit or a command takes, and the values that it must refuse."""

from dataclasses import dataclass

URL = "https://example.com/hook"
LONG = "x" * 201
LONG_URL = "https://example.com/" + "x" * 2_048


def values_other_than(*kinds: type) -> list:
    """A value of every type of JSON but these (and null)."""
    samples = {str: "text", int: 7, float: 1.5, bool: True, list: [1], dict: {"a": 1}}
    return [value for kind, value in samples.items() if kind not in kinds]


NO_TEXT = values_other_than(str)
NO_WHOLE_NUMBER = ["7", "", 1.5, True, [7], {"a": 7}, -1, 1e30]
NO_OBJECT = [*values_other_than(dict), ""]
BLANK = ["", "  ", "\n", "\u200b\u2060"]
NO_URL = [*NO_TEXT, *BLANK, "example dot com", "ftp://example.com/", "https://", "https://u:p@example.com/", LONG_URL]
NO_HEADERS = [
    *values_other_than(list),
    "",
    ["X-Key: 1"],
    [[]],
    [{}],
    [{"name": "", "value": "secret-a"}],
    [{"name": "X A", "value": "secret-a"}],
    [{"name": 7, "value": "secret-a"}],
    [{"name": "X-A", "value": 7}],
    [{"name": "X-A", "value": {}}],
    [{"name": "X-A"}],
    [{"name": "X-A", "value": "secret\nX-B: b"}],
    [{"name": "X-A", "value": "secret-a"}, {"name": "x-a", "value": "secret-b"}],
    [{"name": "Host", "value": "secret-a"}],
    [{"name": "Webhook-Signature", "value": "secret-a"}],
    [{"name": "X-A", "value": "secret-a", "secret": True}],
    [{"name": "X-A", "value": "v" * 3_500}],
    [{"name": "n" * 3_500, "value": "secret-a"}],
    [{"name": f"X-{n}", "value": "secret-a"} for n in range(21)],
]
NOT_CLEARED = [None]


@dataclass(frozen=True)
class Route:
    """A route with a body, a body that it takes, and for each of its fields what must be refused."""

    method: str
    path: str
    fields: dict[str, list]
    taken: dict


MAPPING = {"phoneNumber": "phone", "metadata": {"a": "a"}, "variables": {"b": "b"}}
NO_PATHS = [*values_other_than(str, list), [], *BLANK, "a..b", "a[", "a.b c", ["a"] * 11, ["a", 7], "x" * 201]
NO_NAMED_PATHS = [*values_other_than(dict), {"": "a"}, {"n" * 101: "a"}, {"a": 7}]
NO_PAYLOAD = [
    *values_other_than(dict),
    "",
    {},
    {"json": {}, "form": {"a": "b"}},
    {"json": {"a": "{{ call.nothing }}"}},
    {"json": "{{ call.id"},
    {"json": {"a": "x" * 17_000}},
    {"json": {}, "omitNulls": "yes"},
    {"form": {}},
    {"form": {"a": 7}},
    {"text": 7},
    {"text": "{% if 1 %}"},
    {"text": "x", "json": None, "body": "x"},
]
REQUIRED = {"name": "X-Key", "value": "a value of the CRM"}
NO_REQUIRED_NAME = [*NO_TEXT, *BLANK, *NOT_CLEARED, "X Key", "Host", "x-forwarded-for", "n" * 101]
NO_REQUIRED_VALUE = [*NO_TEXT, *BLANK, *NOT_CLEARED, "short", "a line\nand another one", "v" * 1_001]
ID = [*NO_TEXT, *BLANK, *NOT_CLEARED, LONG]
NAME = [*NO_TEXT, *BLANK, *NOT_CLEARED, LONG]
WORD = [*NO_TEXT, *BLANK, *NOT_CLEARED, LONG, "sideways"]
NO_LIST = [*values_other_than(list), "", [], [None], [7], [""], [{}]]
LABEL = [*NO_TEXT, "x" * 101]
OBJECT = [*NO_OBJECT, {"a": "x" * 16_400}]
PORTAL_LINK = {"role": [*NO_TEXT, *BLANK, "owner"], "expiresInSeconds": [*NO_WHOLE_NUMBER, 299, 86_401]}

ROUTES = {
    "an_inbound_webhooks_edit": Route(
        "PATCH",
        "/webhooks/{inbound}",
        {
            "name": NAME,
            "status": [*WORD, "deleted", "Enabled"],
            "campaignId": ID,
            "responseWebhook": [*values_other_than(dict), "", {"url": URL, "method": "GET"}],
            "requiredHeader": [*NO_OBJECT, {}, {"name": "X-Key"}, {"value": "v" * 16}, {**REQUIRED, "a": 1}],
        },
        {"name": "Renamed"},
    ),
    "a_mappings_edit": Route(
        "PATCH",
        "/webhooks/{inbound}",
        {
            "mapping": [*values_other_than(dict), "", {}, {"phoneNumber": "a", "phone": "b"}],
            "mapping.phoneNumber": [*NO_PATHS, *NOT_CLEARED],
            "mapping.email": NO_PATHS,
            "mapping.idempotencyKey": NO_PATHS,
            "mapping.metadata": NO_NAMED_PATHS,
            "mapping.variables": NO_NAMED_PATHS,
        },
        {"mapping": MAPPING},
    ),
    "a_preview_of_a_request": Route(
        "POST",
        "/webhooks/{inbound}/requests/preview",
        {"body": NOT_CLEARED, "contentType": [*NO_TEXT, *BLANK, "xml"], "mapping": [*values_other_than(dict), "", {}]},
        {"body": {}},
    ),
    "a_required_headers_edit": Route(
        "PATCH",
        "/webhooks/{inbound}",
        {"requiredHeader.name": NO_REQUIRED_NAME, "requiredHeader.value": NO_REQUIRED_VALUE},
        {"requiredHeader": REQUIRED},
    ),
    "a_response_webhooks_edit": Route(
        "PATCH",
        "/webhooks/{inbound}",
        {
            "responseWebhook.url": [*NO_URL, *NOT_CLEARED],
            "responseWebhook.headers": NO_HEADERS,
            "responseWebhook.payload": NO_PAYLOAD,
            "responseWebhook.status": WORD,
        },
        {"responseWebhook": {"url": URL}},
    ),
    "an_outbound_webhooks_edit": Route(
        "PATCH",
        "/webhooks/{outbound}",
        {
            "name": NAME,
            "status": WORD,
            "url": [*NO_URL, *NOT_CLEARED],
            "method": [*WORD, "PUT", "get"],
            "headers": NO_HEADERS,
            "payload": NO_PAYLOAD,
            "filter": [*NO_OBJECT, {}, {"status": ["finished"]}],
            "events": [*NO_LIST, *NOT_CLEARED, ["call.completed"], ["call.finished", "call.finished"]],
        },
        {"name": "Renamed"},
    ),
    "a_filters_edit": Route(
        "PATCH",
        "/webhooks/{outbound}",
        {
            "filter.statuses": [*NO_LIST, ["cancelled"], ["missed", "missed"]],
            "filter.sources": [*NO_LIST, ["bulk"], ["test", "test"]],
            "filter.campaignIds": [*NO_LIST, [LONG], ["a", "a"], [f"cmp_{n}" for n in range(51)]],
            "filter.warmth": [*NO_LIST, ["Hot"], ["hot", "hot"]],
            "filter.minDuration": [*NO_WHOLE_NUMBER, 0, 86_401],
        },
        {"filter": {"sources": ["inbound"], "minDuration": 10}},
    ),
    "rotate_secret": Route(
        "POST", "/webhooks/{outbound}/rotate-secret", {"overlapSeconds": [*NO_WHOLE_NUMBER, 604_801]}, {}
    ),
    "recover": Route(
        "POST",
        "/webhooks/{outbound}/recover",
        {
            "since": [
                *NO_TEXT,
                *BLANK,
                *NOT_CLEARED,
                1730179200000,
                "yesterday",
                "2024-04-30",
                "2024-04-30T14:00:00",
                "2024-13-30T14:00:00Z",
                LONG,
            ],
            "until": [*NO_TEXT, *BLANK, 1730179200000, "tomorrow", "2024-04-30T14:00:00", LONG],
            "pending": ["true", 1, 0, {}, []],
        },
        {"since": "2026-01-01T00:00:00Z"},
    ),
    "an_unsaved_test": Route(
        "POST",
        "/webhooks/test",
        {
            "url": [*NO_URL, *NOT_CLEARED],
            "method": [*NO_TEXT, *BLANK, LONG, "PUT"],
            "headers": NO_HEADERS,
            "payload": NO_PAYLOAD,
        },
        {"url": URL},
    ),
    "a_preview_of_a_payload": Route(
        "POST",
        "/webhooks/preview",
        {"payload": NO_PAYLOAD, "event": [*NO_TEXT, *BLANK, "call.rang"], "callId": [*NO_TEXT, *BLANK, LONG]},
        {"payload": None},
    ),
    "a_campaigns_edit": Route(
        "PATCH",
        "/campaigns/{campaign}",
        {
            "name": NAME,
            "status": [*WORD, "executing", "completed"],
            "webhookId": ID,
            "prompt": [*NO_TEXT, "x" * 50_001],
            "voice": LABEL,
            "language": LABEL,
            "voicemailMessage": [*NO_TEXT, "x" * 4_097],
            "followUps": OBJECT,
            "callForwarding": OBJECT,
            "keypadNavigation": OBJECT,
            "backgroundAmbience": LABEL,
        },
        {"name": "Renamed"},
    ),
    "zapiers_subscription": Route("POST", "/zapier/hooks", {"targetUrl": [*NO_URL, *NOT_CLEARED]}, {"targetUrl": URL}),
    "an_operators_account": Route(
        "POST",
        "/operator/accounts",
        {"name": NAME, "credits": [*NO_WHOLE_NUMBER, *NOT_CLEARED, 1_000_000_001]},
        {"name": "Harbour Dental", "credits": 1},
    ),
    "an_operators_credits": Route(
        "POST",
        "/operator/accounts/{account}/credits",
        {"amount": [*NO_WHOLE_NUMBER, *NOT_CLEARED, 0, 1_000_000_001]},
        {"amount": 1},
    ),
    "an_operators_api_key": Route(
        "POST", "/operator/accounts/{account}/api-keys", {"name": [*NO_TEXT, *BLANK, LONG]}, {}
    ),
    "a_portal_link": Route("POST", "/portal-links", PORTAL_LINK, {}),
    "an_operators_portal_link": Route("POST", "/operator/accounts/{account}/portal-links", PORTAL_LINK, {}),
    "a_portal_session": Route("POST", "/portal-sessions", {"link": [*NO_TEXT, *BLANK, "x" * 401]}, {}),
}
# Commands whose body has no field at all.
BARE = [
    "/webhooks/{inbound}/rotate-slug",
    "/webhooks/{outbound}/test",
    "/webhooks/{outbound}/deliveries/{delivery}/resend",
]
