"""infra/openapi.yaml says what the API does: every answer in it is given, and there is no route beside it."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

import completions
import openapi
from accounts import Account
from documented_refusals import NOT_ON_DEMAND, UNKNOWN_IDS, refused_request
from documented_successes import SUCCESSES
from infra.local.cloudformation import of_type, read_template
from openapi import assert_documented, errors_in, operation, operations
from portal_tokens import expire
from receiver import Http
from refusals import assert_refused
from sample_account import Request, SampleAccount

ALL = [one.id for one in operations()]
V1 = [one.id for one in operations() if {"apiKey", "portalSession"} & set(one.security)]
# A role is asked for by every route that takes a session.
FOR_SESSIONS = [one.id for one in operations() if one.security == ("apiKey", "portalSession")]
READS = [name for name in FOR_SESSIONS if operation(name).method == "GET"]
WITH_AN_ID = [name for name in V1 if "{" in operation(name).path]
WRONG_KEYS = ["missing", "malformed", "of_another_scheme", "of_another_secret", "never_issued", "revoked"]
WRONG_SESSIONS = ["a_link", "of_another_secret", "of_another_account", "never_issued", "expired", "signed_out", "ended"]
OPERATOR = [one.id for one in operations() if one.security == ("awsSigV4",)]
REFUSALS = [
    (one.id, status, code)
    for one in operations()
    for status, codes in one.error_codes.items()
    for code in codes
    if code not in NOT_ON_DEMAND
]
# API Gateway gives it, and the emulator does not throttle.
THROTTLED = "429"
PATHS = sorted({one.path for one in operations()})

# A request waits more than it works, so many are sent side by side.
SIDE_BY_SIDE = 8


def sent_side_by_side(send, keys) -> dict:
    """The outcome of `send` for each key, as a future, so that each test meets its own failure."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return {key: pool.submit(send, *key) for key in keys}


@pytest.fixture(scope="module")
def sample(api, jobs, dialer, receivers) -> SampleAccount:
    return SampleAccount(api, jobs, dialer, receivers)


@pytest.fixture(scope="module")
def succeeded(sample) -> dict:
    """Of each operation its requests that succeed, each with its answer."""

    def send(name):
        return [(request, sample.send(operation(name), request)) for request in SUCCESSES[name](sample)]

    return sent_side_by_side(send, [(name,) for name in ALL])


@pytest.fixture(scope="module")
def refused(sample) -> dict:
    """The answer to each request that is refused."""

    def send(name, _, code):
        return sample.send(operation(name), refused_request(sample, operation(name), code))

    return sent_side_by_side(send, REFUSALS)


@pytest.fixture(scope="module")
def knocked(api, sample) -> dict:
    """The answer of each /v1 operation to each wrong key."""
    made = sample.api_key()
    assert api.operator("DELETE", f"/accounts/{sample.account.id}/api-keys/{made['id']}").status == 204
    valid = sample.account.api_key
    wrong = {
        "missing": "",
        "malformed": "Bearer nonsense",
        "of_another_scheme": f"Basic {valid}",
        "of_another_secret": f"Bearer {valid[:-1]}{'A' if valid[-1] != 'A' else 'B'}",
        "never_issued": f"Bearer whk_{'0' * 32}_{'A' * 43}",
        "revoked": f"Bearer {made['apiKey']}",
    }

    def send(name, kind):
        one = operation(name)
        body = b"{}" if one.body else None
        return api.request(one.method, sample.path_of(one, UNKNOWN_IDS), body, {"authorization": wrong[kind]})

    return sent_side_by_side(send, [(name, kind) for name in V1 for kind in WRONG_KEYS])


@pytest.fixture(scope="module")
def knocked_with_sessions(api, stack, sample) -> dict:
    """The answer of each /v1 operation to each session that is none, or none any more."""
    account, other = Account.open(api), Account.open(api)
    valid, expired, signed_out, ended = account.session(), account.session(), account.session(), other.session()
    expire(stack, expired)
    assert api.v1(signed_out, "DELETE", "/portal-sessions/current").status == 204
    assert api.operator("DELETE", f"/accounts/{other.id}/portal-sessions").status == 204
    prefix, _, token, secret = valid.split("_", 3)
    wrong = {
        "a_link": account.portal_link(),
        "of_another_secret": f"{valid[:-2]}{'A' if valid[-2] != 'A' else 'B'}{valid[-1]}",
        "of_another_account": "_".join([prefix, other.id.removeprefix("acc_"), token, secret]),
        "never_issued": f"pst_{'0' * 32}_{'0' * 32}_{'A' * 43}",
        "expired": expired,
        "signed_out": signed_out,
        "ended": ended,
    }

    def send(name, kind):
        one = operation(name)
        body = b"{}" if one.body else None
        bearer = {"authorization": f"Bearer {wrong[kind]}"}
        return api.request(one.method, sample.path_of(one, UNKNOWN_IDS), body, bearer)

    answers = sent_side_by_side(send, [(name, kind) for name in V1 for kind in WRONG_SESSIONS])
    assert api.v1(valid, "GET", "/account").status == 200
    return answers


@pytest.fixture(scope="module")
def seen_by_a_viewer(sample) -> dict:
    """The answers of each operation that reads."""

    def send(name):
        requests = [replace(request, role="viewer") for request in SUCCESSES[name](sample)]
        return [sample.send(operation(name), request) for request in requests]

    return sent_side_by_side(send, [(name,) for name in READS])


@pytest.fixture(scope="module")
def done_by_an_editor(sample) -> dict:
    """The first request to each operation that succeeds with an API key."""

    def send(name):
        return sample.send(operation(name), replace(SUCCESSES[name](sample)[0], role="editor"))

    return sent_side_by_side(send, [(name,) for name in FOR_SESSIONS])


@pytest.fixture(scope="module")
def trespassed(api, sample) -> dict:
    """The answer of each operation with an id to another account's key, and under `()` what they changed."""
    stranger = Account.open(api)
    owned = [sample.inbound.path, sample.outbound.path, f"/campaigns/{sample.campaign['id']}"]

    def send(name):
        one = operation(name)
        path = sample.path_of(one, {}).removeprefix("/v1")
        body = refused_request(sample, one, "not_found").body
        return api.v1(stranger.api_key, one.method, path, body)

    before = [sample.account.read(path) for path in owned]
    answers = sent_side_by_side(send, [(name,) for name in WITH_AN_ID])
    after = [sample.account.read(path) for path in owned]
    return {**answers, (): (before, after)}


# the document


def test_the_document_is_valid_openapi_3_1():
    assert openapi.document()["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(openapi.document()).iter_errors()] == []


@pytest.mark.parametrize("place", [place for place, _, _ in openapi.examples()])
def test_every_example_agrees_with_its_schema(place):
    for at, schema, value in openapi.examples():
        if at == place:
            assert errors_in(schema, value) == []


def test_every_operation_has_a_name_of_its_own_and_says_what_it_is():
    assert len(set(ALL)) == len(ALL)
    described = [
        openapi.document()[section][one.path][one.method.lower()]
        for section in ("paths", "webhooks")
        for one in operations(section)
    ]
    assert all(operation["summary"] and len(operation["tags"]) == 1 for operation in described)
    assert {operation["tags"][0] for operation in described} == {tag["name"] for tag in openapi.document()["tags"]}


# its answers


@pytest.mark.parametrize("name", ALL)
def test_a_request_that_succeeds_is_answered_as_described(succeeded, name):
    one = operation(name)
    (status,) = one.successes
    for request, answer in succeeded[name,].result():
        if request.body is not None:
            assert errors_in(one.body, request.body) == []
        else:
            assert not one.body_required
        assert str(answer.status) == status, (request, answer)
        assert_documented(one, answer)
        if answer.body and isinstance(answer.json(), dict):
            assert answer.json().get("items") != [], "an empty list shows nothing of its items"


@pytest.mark.parametrize(("name", "status", "code"), REFUSALS)
def test_a_refusal_is_answered_as_described(refused, name, status, code):
    answer = refused[name, status, code].result()
    assert (str(answer.status), answer.error["code"]) == (status, code), answer
    assert_documented(operation(name), answer)


@pytest.mark.parametrize("name", ALL)
def test_every_answer_that_is_described_has_a_test(name):
    one = operation(name)
    for status in one.responses.keys() - {THROTTLED, *one.successes}:
        assert one.error_codes.get(status), f"{status} has no codes"


def test_what_endpoints_receive_is_as_described(sample, account, dialer, receivers):
    cancelled, paused = receivers.receiver(), account.inbound()
    account.campaign(paused, status="paused")
    account.outbound(cancelled.url, events=["call.cancelled"])
    account.trigger(paused)
    cancelled.await_requests(1)
    watcher = receivers.receiver()
    account.outbound(watcher.url, events=["webhook.disabled"])
    failing = receivers.receiver()
    account.outbound(failing.url, events=["webhook.failing"])
    account.outbound(receivers.receiver(Http(410)).url)
    flaky = account.outbound(receivers.receiver(Http(503, (("retry-after", "400"),))).url)
    for number in range(3):
        dialer.send(completions.of_elsewhere(account))
        account.attempts_of(flaky, number + 1)
    watcher.await_requests(1)
    failing.await_requests(1)
    received = {
        "receiveCallFinished": sample.endpoint,
        "receiveCallCompleted": sample.response,
        "receiveCallCancelled": cancelled,
        "receiveWebhookDisabled": watcher,
        "receiveWebhookFailing": failing,
    }
    for one in operations("webhooks"):
        request = received[one.id].requests[0]
        assert errors_in(one.body, json.loads(request.body)) == []
        for header in one.parameters:
            value = request.headers[header["name"]]
            schema = openapi.resolved(header["schema"])
            assert errors_in(schema, int(value) if schema["type"] == "integer" else value) == []


# who is let in


@pytest.mark.parametrize("kind", WRONG_KEYS)
@pytest.mark.parametrize("name", V1)
def test_with_a_wrong_key_every_route_is_a_401(knocked, name, kind):
    answer = knocked[name, kind].result()
    assert_refused(answer, 401, "unauthorized")
    assert_documented(operation(name), answer)


@pytest.mark.parametrize("kind", WRONG_SESSIONS)
@pytest.mark.parametrize("name", V1)
def test_with_a_wrong_session_every_route_is_a_401(knocked_with_sessions, name, kind):
    answer = knocked_with_sessions[name, kind].result()
    assert_refused(answer, 401, "unauthorized")
    assert_documented(operation(name), answer)


@pytest.mark.parametrize("name", FOR_SESSIONS)
def test_an_editor_may_do_what_an_api_key_may(done_by_an_editor, name):
    answer = done_by_an_editor[name,].result()
    assert str(answer.status) in operation(name).successes, answer
    assert_documented(operation(name), answer)


@pytest.mark.parametrize("name", FOR_SESSIONS)
def test_a_viewer_may_do_nothing_but_read(name):
    """That each refusal is given, the tests of the document's answers say."""
    assert (operation(name).error_codes.get("403") == ["read_only"]) == (name not in READS)


@pytest.mark.parametrize("name", READS)
def test_a_viewer_sees_no_slug_and_of_endpoints_the_origin(sample, seen_by_a_viewer, name):
    hidden = [sample.inbound.slug, *(urlsplit(url).path for url in (sample.endpoint.url, sample.response.url))]
    shown = sample.account.get(sample.inbound.path).body + sample.account.get(sample.outbound.path).body
    assert all(len(text) > 1 and text in shown.decode() for text in hidden), "an API key is shown them"
    for answer in seen_by_a_viewer[name,].result():
        assert answer.status == 200, answer
        assert_documented(operation(name), answer)
        assert [text for text in hidden if text in answer.body.decode()] == []


@pytest.mark.parametrize("name", WITH_AN_ID)
def test_another_accounts_id_is_a_404_on_every_route(trespassed, name):
    assert_refused(trespassed[name,].result(), 404, "not_found")


def test_another_accounts_key_changes_nothing(trespassed):
    before, after = trespassed[()]
    assert before == after


def test_every_v1_route_asks_for_an_api_key_or_a_session():
    assert [one.id for one in operations() if one.path.startswith("/v1/")] == V1


@pytest.mark.parametrize("name", OPERATOR)
def test_an_operator_route_without_an_aws_signature_is_a_403(api, account, sample, name):
    one = operation(name)
    answer = sample.send(one, Request(authorized=False))
    assert answer.status == 403
    assert_documented(one, answer)
    bearer = {"authorization": f"Bearer {account.api_key}"}
    answer = api.request(one.method, sample.path_of(one, UNKNOWN_IDS), b"{}", bearer)
    assert_documented(one, answer)
    assert_refused(answer, 403, "forbidden")


def test_every_operator_route_asks_for_an_aws_signature():
    assert [one.id for one in operations() if one.path.startswith("/operator/")] == OPERATOR


# no route beside it (that the functions have no other is a Rust test, in tests/architecture)


def test_api_gateway_has_no_route_that_is_not_described():
    """Each is a path of the document or the beginning of some. What they leave, `$default` gives to inbound."""
    template = read_template()
    keys = {route["RouteKey"] for route in of_type(template, "AWS::ApiGatewayV2::Route").values()}
    beginnings = {f"ANY /{path.split('/')[1]}/{{proxy+}}" for path in PATHS if path.count("/") > 1}
    ids = {"{webhookId}": "{id}", "{campaignId}": "{id}"}
    closer = {path for path in PATHS if path.endswith(("/test", "/test-call"))}
    for name, short in ids.items():
        closer = {path.replace(name, short) for path in closer}
    described = {"$default", "ANY /{slug}", *beginnings, *(f"ANY {path}" for path in closer)}
    # At the first there is nothing, and it says so as the API does. The others are the portal's page and files.
    assert keys == described | {"ANY /v1", "ANY /portal", "ANY /portal/{proxy+}"}


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_is_not_described_is_a_405_that_names_those_that_are(sample, path):
    described = {one.method: one for one in operations() if one.path == path}
    others = {"GET", "POST", "PUT", "PATCH", "DELETE"} - described.keys()
    request = Request(UNKNOWN_IDS, body={})
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        some = next(iter(described.values()))
        answers = pool.map(lambda method: sample.send(replace(some, method=method), request), others)
        for answer in answers:
            assert (answer.status, answer.error["code"]) == (405, "method_not_allowed")
            assert set(answer.headers["allow"].split(", ")) == described.keys()
