"""Bad input to edits and commands: every field with a wrong type, an empty value, an over-long value."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import Account
from bodies import BARE, ROUTES, Route
from edits import custom
from refusals import assert_refused

FIELDS = [(name, field) for name, route in ROUTES.items() for field in route.fields]
OPTIONAL_BODY = (
    "rotate_secret",
    "an_operators_api_key",
    "a_portal_link",
    "an_operators_portal_link",
    "a_portal_session",
)


@pytest.fixture(scope="module")
def things(api, dialer, receivers) -> dict:
    """One of everything that the routes are about."""
    account, receiver = Account.open(api), receivers.receiver()
    outbound = account.outbound(receiver.url, headers=custom("X-Key"))
    inbound = account.inbound(responseWebhook={"url": receiver.url, "headers": custom("X-Key")})
    dialer.send(completions.of_elsewhere(account))
    delivery = account.attempts_of(outbound)[0]["deliveryId"]
    return {
        "owner": account,
        "account": account.id,
        "inbound": inbound.id,
        "outbound": outbound.id,
        "campaign": account.campaign()["id"],
        "delivery": delivery,
    }


def send(things: dict, method: str, path: str, body):
    path = path.format(**things)
    if path.startswith("/operator"):
        return things["owner"].api.operator(method, path.removeprefix("/operator"), body)
    return things["owner"].api.v1(things["owner"].api_key, method, path, body)


def send_all(things: dict, method: str, path: str, bodies: list) -> list:
    """The answers, in order. A request waits more than it works, so they are sent side by side."""
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda body: send(things, method, path, body), bodies))


def body_with(taken: dict, field: str, value) -> dict:
    outer, _, inner = field.partition(".")
    return {**taken, outer: {**taken[outer], inner: value} if inner else value}


def shown(things: dict, route: Route) -> dict | None:
    """What the route would edit, as it is now."""
    return things["owner"].read(route.path.format(**things)) if route.method == "PATCH" else None


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{field}_of_{name}" for name, field in FIELDS])
def test_a_bad_value_is_refused_with_the_name_of_the_field_and_changes_nothing(things, name, field):
    route = ROUTES[name]
    before = shown(things, route)
    values = route.fields[field]
    bodies = [body_with(route.taken, field, value) for value in values]
    for value, answer in zip(values, send_all(things, route.method, route.path, bodies), strict=True):
        assert answer.status == 400, (field, str(value)[:80], answer)
        assert_refused(answer, 400, None, field)
        assert answer.error["code"] in ("invalid_field", "missing_field", "unknown_field"), (value, answer)
    assert shown(things, route) == before


@pytest.mark.parametrize("name", [name for name in ROUTES if name != "zapiers_subscription"])
def test_a_field_that_is_not_there_is_refused_by_name(things, name):
    route = ROUTES[name]
    fields = ["surprise", "Name", "💥"]
    bodies = [{**route.taken, field: 1} for field in fields]
    for field, answer in zip(fields, send_all(things, route.method, route.path, bodies), strict=True):
        assert_refused(answer, 400, "unknown_field", field)


@pytest.mark.parametrize("path", BARE)
def test_a_command_without_fields_refuses_every_field_by_name(things, path):
    assert_refused(send(things, "POST", path, {"surprise": 1}), 400, "unknown_field", "surprise")


@pytest.mark.parametrize(
    ("method", "path"), [*((route.method, route.path) for route in ROUTES.values()), *(("POST", path) for path in BARE)]
)
def test_a_body_that_is_no_json_object_is_refused(things, method, path):
    bodies = [b"{", b"\xff\xfe", b"[]", b"null", b'{"name":"a",}', b"[" * 100_000]
    for answer in send_all(things, method, path, bodies):
        assert_refused(answer, 400, "invalid_json")
    padding = json.dumps({"name": "x", "padding": "x" * 300_000}).encode()
    assert_refused(send(things, method, path, padding), 413, "body_too_large")


@pytest.mark.parametrize("name", [name for name in ROUTES if name not in OPTIONAL_BODY])
def test_a_body_that_is_needed_cannot_be_left_out(things, name):
    route = ROUTES[name]
    assert_refused(send(things, route.method, route.path, b""), 400, "invalid_json")


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("recover", "since"),
        ("an_unsaved_test", "url"),
        ("zapiers_subscription", "targetUrl"),
        ("an_operators_account", "name"),
        ("an_operators_account", "credits"),
        ("an_operators_credits", "amount"),
    ],
)
def test_a_field_that_is_needed_is_asked_for_by_name(things, name, field):
    route = ROUTES[name]
    body = {key: value for key, value in route.taken.items() if key != field}
    assert_refused(send(things, route.method, route.path, body), 400, "missing_field", field)


@pytest.mark.parametrize("identifier", ["nonsense", "💥", "wh_", "cmp_1", "../accounts", "0" * 200])
@pytest.mark.parametrize(
    ("path", "field"), [("/webhooks/{inbound}", "campaignId"), ("/campaigns/{campaign}", "webhookId")]
)
def test_an_id_that_names_nothing_is_refused_by_the_name_of_the_field(things, path, field, identifier):
    answer = send(things, "PATCH", path, {field: identifier})
    assert answer.status in (400, 422), answer
    assert_refused(answer, answer.status, None, field)


def test_a_refusal_does_not_repeat_a_headers_value(things):
    for headers in (
        [{"name": "Host", "value": "hdr-never-repeated-4417"}],
        [{"name": "X-A", "value": "hdr-never-repeated-4417\n"}],
        [{"name": "X-A", "value": ["hdr-never-repeated-4417"]}],
    ):
        answer = send(things, "PATCH", "/webhooks/{outbound}", {"headers": headers})
        assert answer.status == 400 and b"never-repeated" not in answer.body
