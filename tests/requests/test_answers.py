"""Every row of the inbound answer table: what is answered, what is recorded, what is asked of the dialer."""

import json

import pytest

from accounts import Account, unused_phone
from tables import disable_webhook

ACCEPTED = b'{"success":true}'
LIMIT = 64 * 1024


def request_body(**data) -> dict:
    return {"type": "calls.execute", "data": {"phoneNumber": unused_phone(), **data}}


def padded(size: int) -> bytes:
    """An acceptable request of exactly `size` bytes."""
    head = json.dumps(request_body()).encode()[:-1] + b',"padding":"'
    return head + b"x" * (size - len(head) - 2) + b'"}'


def assert_refused(answer, status: int, code: str) -> None:
    assert (answer.status, answer.error["code"]) == (status, code), answer
    assert answer.headers["content-type"].startswith("application/json")
    assert answer.json() == {"success": False, "error": {"code": code, "message": answer.error["message"]}}
    assert answer.error["message"]


def assert_accepted(answer) -> None:
    assert (answer.status, answer.body) == (201, ACCEPTED), answer
    assert answer.headers["content-type"].startswith("application/json")


# 201


def test_an_accepted_request_is_answered_201_and_recorded_as_a_queued_call_with_a_job(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    phone = unused_phone()

    assert_accepted(account.trigger(webhook, {"phoneNumber": phone}))

    (job,) = jobs.of(webhook)
    call = account.call(job["callId"])
    assert (call["status"], call["reason"], call["webhookId"]) == ("queued", None, webhook.id)
    assert call["recipient"]["phoneNumber"] == job["recipient"]["phoneNumber"] == phone
    assert [listed["id"] for listed in account.calls_of(campaign)] == [job["callId"]]
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"], row["callId"]) == ("accepted", 201, None, job["callId"])
    assert account.credits() == 99


def test_a_request_without_credits_is_answered_201_and_recorded_as_cancelled_for_insufficient_funds(api, jobs):
    account = Account.open(api, credits=0)
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    assert_accepted(account.trigger(webhook))

    (call,) = account.calls_of(campaign)
    assert (call["status"], call["reason"]) == ("cancelled", "insufficient_funds")
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["callId"]) == ("cancelled", 201, call["id"])
    assert row["reason"] == "insufficient funds"
    assert jobs.all_of(webhook) == []
    assert account.credits() == 0


def test_a_request_that_is_not_dialled_keeps_the_number_and_nothing_else_of_its_data(api, jobs):
    account = Account.open(api, credits=0)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    phone = unused_phone()

    assert_accepted(account.trigger(webhook, {"phoneNumber": phone, "firstName": "Jannetje", "note": "x" * 4_096}))

    (call,) = account.calls_of(campaign)
    assert call["recipient"] == {"phoneNumber": phone}


def test_a_request_right_after_credits_were_added_is_dialled(api, jobs):
    account = Account.open(api, credits=1)
    webhook = account.bound_webhook()
    for _ in range(3):
        assert_accepted(account.trigger(webhook))
    assert len(jobs.all_of(webhook)) == 1

    api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 5})
    assert_accepted(account.trigger(webhook))

    assert len(jobs.all_of(webhook)) == 2
    assert account.credits() == 4


@pytest.mark.parametrize("status", ["draft", "paused"])
def test_a_request_to_a_campaign_that_is_not_active_is_answered_201_and_recorded_as_cancelled(account, jobs, status):
    webhook = account.inbound()
    campaign = account.campaign(webhook, status=status)

    assert_accepted(account.trigger(webhook))

    (call,) = account.calls_of(campaign)
    assert (call["status"], call["reason"]) == ("cancelled", "campaign_not_active")
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"]) == ("cancelled", 201, "campaign_not_active")
    assert row["callId"] == call["id"]
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


def test_a_request_without_a_campaign_is_answered_201_and_logged_as_ignored(account, jobs):
    webhook = account.inbound()

    assert_accepted(account.trigger(webhook))

    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"], row["callId"]) == ("ignored", 201, "no_campaign", None)
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


def test_a_request_to_a_campaign_without_a_prompt_is_answered_201_and_logged_as_ignored(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook, prompt=None)

    assert_accepted(account.trigger(webhook))

    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"], row["callId"]) == ("ignored", 201, "no_prompt", None)
    assert account.calls_of(campaign) == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


# 400

NOT_UNDERSTOOD = {
    "an_empty_body": (b"", "invalid_json"),
    "no_json": (b"phoneNumber=%2B15551234567", "invalid_json"),
    "half_a_json_text": (b'{"type":"calls.execute","data":{', "invalid_json"),
    "something_after_the_json": (b'{"type":"calls.execute","data":{"phoneNumber":"+15551234567"}} {}', "invalid_json"),
    "a_raw_line_break_in_a_text": (
        b'{"type":"calls.execute","data":{"phoneNumber":"+15551234567","note":"a\nb"}}',
        "invalid_json",
    ),
    "a_body_encoded_twice": (
        b'"{\\"type\\":\\"calls.execute\\",\\"data\\":{\\"phoneNumber\\":\\"+15551234567\\"}}"',
        "invalid_json",
    ),
    "a_list_of_one": (b'[{"type":"calls.execute","data":{"phoneNumber":"+15551234567"}}]', "invalid_json"),
    "data_as_a_text": (
        b'{"type":"calls.execute","data":"{\\"phoneNumber\\":\\"+15551234567\\"}"}',
        "invalid_data",
    ),
    "data_as_a_list": (b'{"type":"calls.execute","data":[{"phoneNumber":"+15551234567"}]}', "invalid_data"),
    "no_type": (b'{"data":{"phoneNumber":"+15551234567"}}', "invalid_type"),
    "another_type": (b'{"type":"calls.schedule","data":{"phoneNumber":"+15551234567"}}', "invalid_type"),
    "a_type_in_other_letters": (b'{"type":"Calls.Execute","data":{"phoneNumber":"+15551234567"}}', "invalid_type"),
    "a_type_that_is_a_number": (b'{"type":1,"data":{"phoneNumber":"+15551234567"}}', "invalid_type"),
    "no_data": (b'{"type":"calls.execute"}', "missing_phone_number"),
    "no_phone": (b'{"type":"calls.execute","data":{"firstName":"Jannetje"}}', "missing_phone_number"),
    "a_phone_of_null": (b'{"type":"calls.execute","data":{"phoneNumber":null}}', "missing_phone_number"),
    "an_empty_phone": (b'{"type":"calls.execute","data":{"phoneNumber":""}}', "missing_phone_number"),
    "a_blank_phone": (b'{"type":"calls.execute","data":{"phoneNumber":"  "}}', "missing_phone_number"),
    "a_phone_in_snake_case": (
        b'{"type":"calls.execute","data":{"phone_number":"+15551234567"}}',
        "missing_phone_number",
    ),
    "an_unusable_phone": (b'{"type":"calls.execute","data":{"phoneNumber":"not a phone"}}', "invalid_phone_number"),
    "a_phone_that_is_an_object": (
        b'{"type":"calls.execute","data":{"phoneNumber":{"mobile":"+15551234567"}}}',
        "invalid_phone_number",
    ),
}

# What the sender is told besides the code, where another would mislead.
TOLD = {
    "half_a_json_text": "it ends too early, at line 1, column 32",
    "something_after_the_json": "it breaks at line 1, column 64",
    "a_raw_line_break_in_a_text": "a raw line break, tab or control character at line 1, column 70",
    "a_body_encoded_twice": "the body is a text that holds JSON: it has been encoded twice",
    "a_list_of_one": "the body is a list with the object in it",
    "data_as_a_text": '"data" is a text that holds JSON: it has been encoded twice',
    "data_as_a_list": '"data" is a list with the object in it',
}


@pytest.mark.parametrize("case", NOT_UNDERSTOOD)
def test_a_request_that_cannot_be_understood_is_a_400_and_logged_as_rejected_with_its_code(
    shared_account, api, jobs, case
):
    body, code = NOT_UNDERSTOOD[case]
    webhook = shared_account.bound_webhook()

    # octet-stream: the gateway hands such a body on byte for byte.
    answer = api.trigger(webhook.slug, body, headers={"content-type": "application/octet-stream"})

    assert_refused(answer, 400, code)
    assert TOLD.get(case, "") in answer.error["message"]
    row = shared_account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"], row["callId"]) == ("rejected", 400, code, None)
    assert jobs.matching(lambda message: webhook.id in message.body) == []


@pytest.mark.parametrize("body", [b"[]", b'"calls.execute"', b"null", b"7"])
def test_a_body_that_is_json_but_no_object_is_a_400(shared_account, api, body):
    webhook = shared_account.bound_webhook()
    answer = api.trigger(webhook.slug, body)
    assert answer.status == 400, answer
    assert shared_account.last_request_to(webhook)["outcome"] == "rejected"


def test_json_nested_beyond_reason_does_no_harm_where_nobody_reads_it(shared_account, api):
    webhook = shared_account.bound_webhook()
    body = b'{"type":"calls.execute","data":{"phoneNumber":"+15551234567"},"x":' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    assert api.trigger(webhook.slug, body).status == 201


# 404


def test_an_unknown_slug_is_a_404(api, jobs):
    slug = "0123456789abcdefghijklmnopqrstuv"
    assert_refused(api.trigger(slug, request_body()), 404, "webhook_not_found")


def test_a_disabled_slug_is_a_404_and_nothing_is_recorded(account, stack, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    disable_webhook(stack, account.id, webhook.id)

    assert_refused(account.trigger(webhook), 404, "webhook_not_found")

    assert account.calls_of(campaign) == []
    assert account.read(f"/webhooks/{webhook.id}/requests")["items"] == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


@pytest.mark.parametrize("path", ["/", "/no/such/path", "/%20", "/..%2f..%2fetc", "/UPPER"])
def test_an_unknown_path_is_answered_404_in_json(api, path):
    answer = api.request("POST", path, b"{}", {"content-type": "application/json"})
    assert_refused(answer, 404, "webhook_not_found")


def test_an_outbound_webhooks_id_is_no_slug(account, api):
    webhook = account.outbound("http://127.0.0.1:9/")
    answer = api.request("POST", f"/{webhook.id}", b"{}", {"content-type": "application/json"})
    assert_refused(answer, 404, "webhook_not_found")


# 405


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_a_method_other_than_post_is_a_405_and_nothing_is_dialled(account, api, jobs, method):
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    answer = api.trigger(webhook.slug, request_body(), method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "POST"), answer
    if method == "HEAD":
        assert answer.body == b""
    else:
        assert_refused(answer, 405, "method_not_allowed")
    assert account.calls_of(campaign) == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


def test_options_dials_nothing(account, api, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook)

    answer = api.trigger(webhook.slug, request_body(), method="OPTIONS")

    assert answer.status >= 400, answer
    assert account.calls_of(campaign) == []
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


# 413


@pytest.mark.parametrize("size", [LIMIT + 1, 1_000_000])
def test_a_body_over_64_kib_is_a_413_and_logged_as_rejected(account, api, jobs, size):
    webhook = account.inbound()
    account.campaign(webhook)

    answer = api.trigger(webhook.slug, padded(size), headers={"content-type": "application/json"})

    assert_refused(answer, 413, "body_too_large")
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"], row["callId"]) == (
        "rejected",
        413,
        "body_too_large",
        None,
    )
    assert jobs.all_of(webhook) == []
    assert account.credits() == 100


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
def test_a_body_of_64_kib_is_accepted(account, api, jobs, content_type):
    webhook = account.bound_webhook()
    assert_accepted(api.trigger(webhook.slug, padded(LIMIT), headers={"content-type": content_type}))
    assert len(jobs.of(webhook)) == 1
