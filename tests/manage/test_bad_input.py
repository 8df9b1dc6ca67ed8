"""Bad input at the management API: each refusal names the field to change."""

import json

import pytest

from refusals import assert_refused

URL = "https://example.com/hook"
INBOUND = {"direction": "inbound", "name": "In"}
OUTBOUND = {"direction": "outbound", "name": "Out", "url": URL}
CAMPAIGN = {"name": "Campaign"}


def headers(*pairs) -> dict:
    return {**OUTBOUND, "headers": [{"name": name, "value": value} for name, value in pairs]}


# what is sent -> the code of the refusal and the field it names
BAD_WEBHOOKS = {
    "no_direction": ({"name": "x"}, "missing_field", "direction"),
    "an_unknown_direction": ({**INBOUND, "direction": "sideways"}, "invalid_field", "direction"),
    "no_name": ({"direction": "inbound"}, "missing_field", "name"),
    "a_name_that_is_a_number": ({**INBOUND, "name": 7}, "invalid_field", "name"),
    "a_blank_name": ({**INBOUND, "name": "  "}, "invalid_field", "name"),
    "a_name_without_end": ({**INBOUND, "name": "x" * 10_000}, "invalid_field", "name"),
    "no_url": ({"direction": "outbound", "name": "x"}, "missing_field", "url"),
    "a_url_that_is_none": ({**OUTBOUND, "url": "example dot com"}, "invalid_field", "url"),
    "a_url_that_is_a_list": ({**OUTBOUND, "url": [URL]}, "invalid_field", "url"),
    "a_url_of_another_scheme": ({**OUTBOUND, "url": "ftp://example.com/"}, "invalid_field", "url"),
    "a_plain_http_url_outside_the_trusted_networks": (
        {**OUTBOUND, "url": "http://93.184.216.34/"},
        "invalid_field",
        "url",
    ),
    "a_url_without_a_host": ({**OUTBOUND, "url": "https://"}, "invalid_field", "url"),
    "an_unknown_method": ({**OUTBOUND, "method": "PUT"}, "invalid_field", "method"),
    "a_method_in_small_letters": ({**OUTBOUND, "method": "get"}, "invalid_field", "method"),
    "headers_that_are_an_object": ({**OUTBOUND, "headers": {"X-A": "1"}}, "invalid_field", "headers"),
    "a_header_without_a_value": ({**OUTBOUND, "headers": [{"name": "X-A"}]}, None, "headers"),
    "a_header_without_a_name": ({**OUTBOUND, "headers": [{"value": "secret-a"}]}, None, "headers"),
    "a_header_with_an_empty_name": (headers(("", "secret-a")), "invalid_field", "headers"),
    "a_header_name_with_a_space": (headers(("X A", "secret-a")), "invalid_field", "headers"),
    "a_header_name_with_a_colon": (headers(("X:A", "secret-a")), "invalid_field", "headers"),
    "a_header_value_with_cr": (headers(("X-A", "secret\rb")), "invalid_field", "headers"),
    "a_header_value_with_lf": (headers(("X-A", "secret\nX-B: b")), "invalid_field", "headers"),
    "a_header_value_with_nul": (headers(("X-A", "secret\0b")), "invalid_field", "headers"),
    "twenty_one_headers": (headers(*((f"X-{n}", "secret") for n in range(21))), "invalid_field", "headers"),
    "more_than_3500_bytes_of_headers": (headers(("X-A", "a" * 3_600)), "invalid_field", "headers"),
    "a_response_webhook_without_a_url": ({**INBOUND, "responseWebhook": {}}, "missing_field", "responseWebhook.url"),
    "a_response_webhook_that_is_text": ({**INBOUND, "responseWebhook": URL}, "invalid_field", "responseWebhook"),
    "a_response_webhook_of_another_scheme": (
        {**INBOUND, "responseWebhook": {"url": "ftp://example.com/"}},
        "invalid_field",
        "responseWebhook.url",
    ),
    "a_forbidden_header_of_the_response_webhook": (
        {**INBOUND, "responseWebhook": {"url": URL, "headers": [{"name": "Host", "value": "h"}]}},
        "invalid_field",
        "responseWebhook.headers",
    ),
    "a_campaign_id_that_is_a_number": ({**INBOUND, "campaignId": 7}, "invalid_field", "campaignId"),
}

RESERVED_HEADERS = [
    "Host",
    "content-length",
    "Content-Type",
    "transfer-encoding",
    "Connection",
    "TE",
    "Trailer",
    "Upgrade",
    "Keep-Alive",
    "Proxy-Authorization",
    "proxy-connection",
    "webhook-id",
    "Expect",
    "Content_Length",
    "webhook_id",
    "Proxy_Authorization",
    "Webhook-Signature",
    "webhook-timestamp",
    "webhook-anything",
]

BAD_CAMPAIGNS = {
    "no_name": ({}, "missing_field", "name"),
    "a_name_that_is_null": ({"name": None}, None, "name"),
    "a_name_that_is_a_list": ({"name": []}, "invalid_field", "name"),
    "an_unknown_status": ({**CAMPAIGN, "status": "asleep"}, "invalid_field", "status"),
    "a_prompt_that_is_a_number": ({**CAMPAIGN, "prompt": 7}, "invalid_field", "prompt"),
    "a_voice_that_is_a_list": ({**CAMPAIGN, "voice": ["a"]}, "invalid_field", "voice"),
    "a_language_that_is_a_number": ({**CAMPAIGN, "language": 1}, "invalid_field", "language"),
    "a_voicemail_message_that_is_an_object": (
        {**CAMPAIGN, "voicemailMessage": {}},
        "invalid_field",
        "voicemailMessage",
    ),
    "follow_ups_that_are_text": ({**CAMPAIGN, "followUps": "yes"}, "invalid_field", "followUps"),
    "call_forwarding_that_is_text": ({**CAMPAIGN, "callForwarding": "+1"}, "invalid_field", "callForwarding"),
    "keypad_navigation_that_is_a_boolean": (
        {**CAMPAIGN, "keypadNavigation": True},
        "invalid_field",
        "keypadNavigation",
    ),
    "background_ambience_that_is_a_number": (
        {**CAMPAIGN, "backgroundAmbience": 5},
        "invalid_field",
        "backgroundAmbience",
    ),
    "a_webhook_id_that_is_a_number": ({**CAMPAIGN, "webhookId": 7}, "invalid_field", "webhookId"),
}

# bad input


@pytest.mark.parametrize("case", BAD_WEBHOOKS)
def test_a_bad_webhook_is_refused_with_the_name_of_the_field(shared_account, case):
    body, code, field = BAD_WEBHOOKS[case]
    assert_refused(shared_account.post("/webhooks", body), 400, code, field)


@pytest.mark.parametrize("name", RESERVED_HEADERS)
def test_a_header_that_is_ours_to_set_is_refused(shared_account, name):
    assert_refused(shared_account.post("/webhooks", headers((name, "secret-a"))), 400, "invalid_field", "headers")


def test_twenty_headers_of_3500_bytes_together_are_accepted(shared_account):
    pairs = [(f"X-Custom-Header-{n:02d}", "v" * 150) for n in range(20)]
    assert sum(len(name) + len(value) for name, value in pairs) <= 3_500
    assert shared_account.post("/webhooks", headers(*pairs)).status == 201


@pytest.mark.parametrize("case", BAD_CAMPAIGNS)
def test_a_bad_campaign_is_refused_with_the_name_of_the_field(shared_account, case):
    body, code, field = BAD_CAMPAIGNS[case]
    assert_refused(shared_account.post("/campaigns", body), 400, code, field)


@pytest.mark.parametrize("path", ["/webhooks", "/campaigns"])
@pytest.mark.parametrize("body", [b"{", b"not json", b"\xff\xfe", b""])
def test_a_body_that_is_not_json_is_a_400(shared_account, path, body):
    assert_refused(shared_account.post(path, body), 400, "invalid_json")


def test_json_that_breaks_is_refused_with_its_place(shared_account):
    answer = shared_account.post("/campaigns", b'{"name":\n  "a" "secret"}')
    assert_refused(answer, 400, "invalid_json")
    assert "line 2, column 7" in answer.error["message"] and "secret" not in answer.error["message"]


def test_a_byte_order_mark_is_skipped_and_a_null_character_is_taken_out_of_a_text(shared_account):
    answer = shared_account.post("/campaigns", "\ufeff".encode() + rb'{"name":"Q4\u0000 Outreach"}')
    assert (answer.status, answer.json()["name"]) == (201, "Q4 Outreach")
    assert_refused(shared_account.post("/campaigns", rb'{"name":"\u0000"}'), 400, "invalid_field", "name")


@pytest.mark.parametrize("setting", ["followUps", "callForwarding", "keypadNavigation"])
@pytest.mark.parametrize(
    "number", [b"123456789012345678901234567890", b"0.1234567890123456789", b"18446744073709551616"]
)
def test_a_number_that_would_be_another_once_it_is_kept_is_refused(shared_account, setting, number):
    body = b'{"name":"Q4","%s":{"after":[%s]}}' % (setting.encode(), number)
    assert_refused(shared_account.post("/campaigns", body), 400, "invalid_field", setting)


def test_a_null_character_is_taken_out_of_an_object_that_only_the_dialer_reads(shared_account):
    answer = shared_account.post("/campaigns", rb'{"name":"Q4","followUps":{"te\u0000xt":["Th\u0000anks"]}}')
    assert (answer.status, answer.json()["followUps"]) == (201, {"text": ["Thanks"]})


@pytest.mark.parametrize("path", ["/webhooks", "/campaigns"])
@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"x"'])
def test_a_body_that_is_no_object_is_a_400(shared_account, path, body):
    assert_refused(shared_account.post(path, body), 400)


@pytest.mark.parametrize("path", ["/webhooks", "/campaigns"])
def test_a_body_without_end_is_a_413(shared_account, path):
    body = json.dumps({"name": "x", "direction": "inbound", "padding": "x" * 2_000_000}).encode()
    assert_refused(shared_account.post(path, body), 413, "body_too_large")


@pytest.mark.parametrize("direction", ["sideways", "Inbound"])
def test_an_unknown_direction_in_a_list_is_a_400(shared_account, direction):
    assert_refused(shared_account.get("/webhooks", direction=direction), 400)


def test_an_unknown_outcome_in_a_list_is_a_400(account):
    webhook = account.outbound(URL)
    assert_refused(account.get(f"/webhooks/{webhook.id}/deliveries", outcome="splendid"), 400)
