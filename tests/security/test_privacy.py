"""No secret and no personal data in any log line of this run. Comes last: it knows all that the others sent."""

import base64
import json
import re
from urllib.parse import quote

import pytest

import completions
import sent_values
from completions import RECIPIENT, RESULTS
from infra.local.cloudformation import of_type, read_template
from log_lines import lines_of
from needles import Needles
from receiver import Http

FUNCTIONS = sorted(of_type(read_template(), "AWS::Serverless::Function"))


@pytest.fixture(scope="module")
def logs(stack, account_with_a_story) -> dict[str, str]:
    return {function: "\n".join(lines_of(stack, function)) for function in FUNCTIONS}


@pytest.fixture(scope="module")
def account_with_a_story(shared_account, api, jobs, all_relayed, dialer, dead_letters, receivers):
    """Every function logs for good and for bad reasons, also when this file runs alone."""
    webhook = shared_account.bound_webhook(
        responseWebhook={
            "url": receivers.receiver(Http(500, body=b"I was sent Jannetje van Quillhaven")).url,
            "headers": [{"name": "Authorization", "value": "Bearer response-token-4417"}],
        }
    )
    outbound = shared_account.outbound(
        receivers.receiver(Http(404)).url, headers=[{"name": "X-Key", "value": "outbound-key-9120"}]
    )
    carried = {"metadata": {"person": "person-of-the-crm-77"}, "variables": {"offer": "a secret discount"}}
    shared_account.trigger(webhook, {**RECIPIENT, **carried})
    shared_account.trigger(webhook, {**RECIPIENT, "phoneNumber": "call 555 POTATO"})
    header = {"name": "X-Crm-Key", "value": "a required value 2208"}
    guarded = shared_account.bound_webhook(requiredHeader=header, mapping={"phoneNumber": "tel", "email": "mail"})
    odd = {"tel": "+15558675309 or 555 POTATO", "mail": RECIPIENT["email"]}
    for headers in ({}, {"x-crm-key": "a wrong value, though a long one"}, {"x-crm-key": header["value"]}):
        api.trigger(guarded.slug, odd, headers=headers)
    shared_account.post(f"{guarded.path}/requests/preview", {"body": odd})
    api.trigger(
        webhook.slug,
        b'{"type":"calls.execute","data":{"phoneNumber":"+15558675309","note":"VIP lead: prefers mornings"',
    )
    api.trigger(webhook.slug, {"type": "calls.execute", "data": RECIPIENT}, method="GET")
    shared_account.post(
        "/webhooks", {"direction": "outbound", "name": "x", "url": "ftp://quillhaven-internal.example/"}
    )
    shared_account.api.v1("ak_someone-elses-key-001122", "GET", "/account")
    sent_values.remember("API key", "ak_someone-elses-key-001122")
    assert api.request("GET", "/portal").status == 200
    all_relayed()
    (job,) = jobs.of(webhook)
    spoiled = {**completions.of_job(job, **RESULTS), "status": "exploded"}
    dialer.send(spoiled)
    dead_letters.holding(job["callId"])
    dialer.send(completions.of_job(job, **RESULTS, extracted={"appointment": "at Jannetje's, on Saturday"}))
    for endpoint in (webhook, outbound):
        shared_account.attempts_of(endpoint)
        assert shared_account.post(f"{endpoint.path}/test", {}).status == 200
    return shared_account


TIMESTAMP = re.compile(r'"timestamp":"[0-9TZ:.-]*"')


def spellings(value: str) -> set[str]:
    """The ways a value could stand in a log line."""
    encoded = base64.b64encode(value.encode()).decode().rstrip("=")
    return {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], quote(value, safe=""), encoded}


def found_in(text: str, values: dict[str, str]) -> list[str]:
    """What kinds of values the text gives away. (The values themselves stay out of this run's output, too.)"""
    needles = Needles((spelling.encode(), value) for value in values for spelling in spellings(value))
    # The digits of a moment's microseconds are some postal code sooner or later.
    held = TIMESTAMP.sub('"timestamp":""', text).encode()
    found = {value: at for at, value in needles.found_in(held)}
    return sorted(f"a {values[value]}: {value[:3]}… near {_around(held, at, value)}" for value, at in found.items())


def _around(held: bytes, at: int, value: str) -> str:
    line = held[held.rfind(b"\n", 0, at) + 1 : at].decode(errors="replace")
    return repr(line[-120:].replace(value, "***"))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_log_of_every_function_says_something(logs, function):
    assert logs[function].strip(), f"{function} has logged nothing, so nothing can be said about its log"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_log_line_tells_a_secret_or_personal_data(logs, function):
    assert found_in(logs[function], sent_values.remembered()) == []


@pytest.mark.parametrize(
    "kind",
    [
        "slug",
        "API key",
        "signing secret",
        "header value",
        "required header",
        "phone number",
        "call data",
        "completion",
        "transcript",
        "prompt",
    ],
)
def test_the_search_knows_values_of_every_kind(logs, kind):
    assert kind in sent_values.remembered().values()


@pytest.mark.parametrize(
    "line",
    [
        "called Jannetje",
        "phone=%2B15558675309",
        '{"note":"VIP lead: prefers mornings"}',
        "to 5558675309.",
        "amFubmV0amVAcXVpbGxoYXZlbi5leGFtcGxl",
    ],
)
def test_the_search_would_find_a_leak(logs, line):
    assert found_in(line, sent_values.remembered())
