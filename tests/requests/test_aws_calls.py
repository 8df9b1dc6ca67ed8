"""Which calls to AWS a request makes: of a webhook without rules always these, and one more where there are some."""

import json
from contextlib import contextmanager

import pytest

from accounts import unused_phone
from fault_proxy import Call
from fault_stack import led_through_a_proxy
from sent_values import remember

VALUE = "the-required-value-of-test-aws-calls"
FIND = ["Query Webhooks", "GetItem Campaigns", "GetItem Accounts"]
# The commit, and what comes after it.
PLACE = ["TransactWriteItems", "SendMessage", "PutItem RequestLogs"]
LOG = ["PutItem RequestLogs"]
RULES = ["GetItem Webhooks"]
MAPPED = {"mapping": {"phoneNumber": "data.phoneNumber"}}
REQUIRED = {"requiredHeader": {"name": "X-Key", "value": VALUE}}

# what is set, headers of the request -> calls of the first request, and of the next one
TABLE = {
    "nothing": ({}, {}, FIND + PLACE, PLACE),
    "a_required_header": (REQUIRED, {"x-key": VALUE}, FIND + RULES + PLACE, PLACE),
    "a_mapping": (MAPPED, {}, FIND + RULES + PLACE, PLACE),
    "a_required_header_that_is_missing": (REQUIRED, {}, FIND + RULES + LOG, LOG),
}


class Calls:
    """The judge of a proxy before `inbound`: lets all pass, and keeps what was called."""

    def __init__(self, stack):
        self._tables = {physical: logical for logical, physical in stack.physical_ids.items()}
        self.made: list[str] = []

    def __call__(self, call: Call) -> None:
        table = self._tables.get(json.loads(call.body).get("TableName"), "")
        self.made.append(f"{call.operation} {table}".strip())


@pytest.fixture(scope="module")
def calls(stack):
    calls = Calls(stack)
    with led_through_a_proxy(stack, "Inbound", calls):
        yield calls


@contextmanager
def counted(calls: Calls, expected: list[str]):
    calls.made.clear()
    yield
    assert sorted(calls.made) == sorted(expected)


@pytest.mark.parametrize("case", TABLE)
def test_a_request_makes_these_calls_and_no_others(account, calls, case):
    rules, headers, first, next_one = TABLE[case]
    remember("required header", VALUE)
    # A new environment opens its connections once, before any request: by a webhook of its own.
    account.trigger(account.bound_webhook())
    webhook = account.bound_webhook(**rules)
    for expected in (first, next_one):
        with counted(calls, expected):
            account.trigger(webhook, {"phoneNumber": unused_phone()}, headers=headers)
