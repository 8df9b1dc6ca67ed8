"""Requests that nobody thought of, made by schemathesis from infra/openapi.yaml: no 5xx, each answer as described."""

import re
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
import schemathesis
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from requests import PreparedRequest
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.openapi.checks import RejectedPositiveData
from schemathesis.pytest._test_builder import build_operation_test

from api import Answer
from openapi import assert_documented, operation, operations
from sample_account import SampleAccount
from schemathesis_document import NOBODY, schemathesis_document

# For each operation: its examples, that many random requests, and that many of those at the edges of its schema, of
# which there are up to 160. All are the same in every run.
RANDOM = 8
AT_THE_EDGES = 20
SIDE_BY_SIDE = 8

CONFIG = {
    "generation": {
        "max-examples": RANDOM,
        "deterministic": True,
        "with-security-parameters": False,  # every request is let in; who is not has tests of its own
        "allow-extra-parameters": False,  # an unknown query parameter is ignored
    },
    "phases": {"stateful": {"enabled": False}},
    "checks": {
        "ignored_auth": {"enabled": False},
        # 422: what the request names is not there, or its key was used.
        # 429: thirty tests were made, sixty deliveries resent.
        "positive_data_acceptance": {"expected-statuses": ["2xx", "404", "409", "422", "429"]},
        "negative_data_rejection": {"expected-statuses": ["400", "404", "405", "409", "413", "422", "429"]},
    },
    "operations": [
        # Lenient by design: what is not as described is dropped, and the call is placed.
        {"include-operation-id": "triggerCall", "checks": {"negative_data_rejection": {"enabled": False}}},
        # A link that cannot be used is a 401, whatever it lacks.
        {
            "include-operation-id": "createPortalSession",
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", "401"]},
                "negative_data_rejection": {"expected-statuses": ["400", "401", "413"]},
            },
        },
    ],
    "output": {"sanitization": {"enabled": False}},
}
# Two headers may not have one name, and together they may not be too long: no schema says that.
BEYOND_A_SCHEMA = re.compile(r"headers(\[\d+\]\.name)?$")
# A change of a webhook is for one direction or the other; which webhook has it, no schema says either.
INBOUND_ONLY = {"campaignId", "responseWebhook", "requiredHeader", "mapping"}


@pytest.fixture(scope="module")
def sample(api, jobs, dialer, receivers) -> SampleAccount:
    return SampleAccount(api, jobs, dialer, receivers)


@pytest.fixture(scope="module")
def outbound(sample) -> str:
    """A webhook to change."""
    return sample.account.outbound(NOBODY).id


@pytest.fixture(scope="module")
def described(sample, outbound):
    return schemathesis.openapi.from_dict(
        schemathesis_document(sample, outbound), config=schemathesis.Config.from_dict(CONFIG)
    )


@pytest.fixture(scope="module")
def send(sample, outbound):
    """Sends a case as whoever may."""
    inbound = sample.account.inbound(responseWebhook={"url": NOBODY}).id

    def authorize(request: PreparedRequest) -> PreparedRequest:
        if "/operator/" in request.url:
            return signed(request, sample)
        request.headers["authorization"] = f"Bearer {sample.account.api_key}"
        return request

    def send(case: schemathesis.Case) -> schemathesis.Response:
        asks_for_inbound = isinstance(case.body, dict) and INBOUND_ONLY & case.body.keys()
        if asks_for_inbound and case.path_parameters.get("webhookId") == outbound:
            case.path_parameters["webhookId"] = inbound
        return case.call(sample.api.url, headers={"connection": "close"}, auth=authorize, timeout=30)

    return send


def signed(request: PreparedRequest, sample: SampleAccount) -> PreparedRequest:
    stack = sample.api.stack
    aws = AWSRequest(request.method, request.url, data=request.body)
    SigV4Auth(Credentials(stack.access_key_id, stack.secret_access_key), "execute-api", stack.region).add_auth(aws)
    request.headers.update(dict(aws.headers.items()))
    return request


def cases_of(one) -> list[schemathesis.Case]:
    """What schemathesis would send to the operation.

    Its own way is to send each case before it makes the next, and a request waits more than it works. So this takes
    the test that its pytest plugin would run, and has it keep the cases. (The builder is not a public name: look here
    first when another version of schemathesis breaks this module.)
    """
    cases: list[schemathesis.Case] = []

    def keep(case: schemathesis.Case) -> None:
        # A list in the place of an id is written without escaping its texts: what stands behind a # would not be sent.
        if "#" not in case.formatted_path:
            cases.append(case)

    config = one.schema.config
    build_operation_test(config=config, operation=one, test_func=keep, given_kwargs={}, feedback=FeedbackSources())()
    at_the_edges = [case for case in cases if phase_of(case) == "coverage"]
    chosen = Random(one.label).sample(at_the_edges, min(AT_THE_EDGES, len(at_the_edges)))
    return [case for case in cases if phase_of(case) != "coverage"] + chosen


def phase_of(case: schemathesis.Case) -> str:
    return case.meta.phase.name.value


@pytest.mark.parametrize("name", [one.id for one in operations()])
def test_whatever_is_sent_the_answer_is_as_described(described, send, name):
    cases = cases_of(described.find_operation_by_id(name))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = list(pool.map(send, cases))
    findings = [finding for case, answer in zip(cases, answers, strict=True) if (finding := disagreement(case, answer))]
    assert findings == [], "\n\n".join(findings)


def disagreement(case: schemathesis.Case, answer: schemathesis.Response) -> str | None:
    """What schemathesis finds wrong, or an answer that is described and has a field that is not."""
    try:
        case.validate_response(answer)
    except FailureGroup as group:
        if not all(isinstance(one, RejectedPositiveData) and is_beyond_a_schema(answer) for one in group.exceptions):
            return str(group)
    one = operation(case.operation.definition.raw["operationId"])
    if case.method == one.method:
        headers = {name: values[0] for name, values in answer.headers.items()}
        assert_documented(one, Answer(answer.status_code, headers, answer.content))
    return None


def is_beyond_a_schema(answer: schemathesis.Response) -> bool:
    return BEYOND_A_SCHEMA.search(answer.json().get("error", {}).get("field", "")) is not None
