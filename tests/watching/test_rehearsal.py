"""Alarms that are brought about on the stack: a function fails, is throttled, logs an error, a message is given up.

The emulator measures functions, and queues by their attributes. Requests and lines are counted here, as API Gateway and
CloudWatch would. What it has no metric for is told as a story in test_stories.py.
"""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import eventually
from alarm_states import composite_is_in_alarm
from alarm_stories import STORIES
from faults import reconfigured
from filter_patterns import matches
from infra.local.cloudformation import of_type, read_template
from measuring import CRMS_ROUTE, Measuring, access_line
from nested_stacks import ALARMS, ALARMS_TEMPLATE, FILTERS

TEMPLATE = read_template()
FUNCTIONS = list(of_type(TEMPLATE, "AWS::Serverless::Function"))
LOOPS = ["Fanout", "Deliver"]
# Those of completions are taken by the tests' own collector (the fixture dead_letters), all the time.
COMPLETIONS = "CallCompletionsDeadLetterQueue"
DEAD_LETTERS = [
    "CallJobsDeadLetterQueue",
    "RelayFailureQueue",
    "FanOutRestsDeadLetterQueue",
    "AccountEventsDeadLetterQueue",
    "DeliveriesDeadLetterQueue",
]
OF_FAILED_REQUESTS = ["ServerErrors", "AcceptanceInFiveMinutes", "AcceptanceInAnHour"]
ON_THE_STACK = [
    *(f"{function}{what}" for function in FUNCTIONS for what in ("Errors", "LogsErrors", "Throttles")),
    *(f"{function}StoppedAsLoop" for function in LOOPS),
    *(f"{queue}NotEmpty" for queue in (*DEAD_LETTERS, COMPLETIONS)),
    *OF_FAILED_REQUESTS,
    "Acceptance",
    "TooManyRequests",
]
NO_EVENT = b'"no event of AWS"'


def test_every_alarm_is_rehearsed_here_or_by_a_story():
    assert sorted([*ON_THE_STACK, *STORIES]) == sorted([*ALARMS, "Acceptance"])


@pytest.fixture
def measuring(stack) -> Measuring:
    return Measuring(stack)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_fails_brings_its_two_alarms_about(stack, measuring, function):
    answer = stack.client("lambda").invoke(FunctionName=stack.function_name(function), Payload=NO_EVENT)
    assert answer["FunctionError"]
    assert measuring.is_in_alarm(f"{function}Errors")
    eventually(lambda: measuring.is_in_alarm(f"{function}LogsErrors"), "the line is in the log")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_gets_no_concurrency_is_an_alarm(stack, measuring, function):
    functions, name = stack.client("lambda"), stack.function_name(function)
    assert not measuring.is_in_alarm(f"{function}Throttles")
    functions.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    try:
        # Side by side, since boto waits before it tries each a second time.
        with ThreadPoolExecutor(10) as pool:
            refused = list(pool.map(lambda _: _is_throttled(functions, name), range(10)))
    finally:
        functions.delete_function_concurrency(FunctionName=name)
    assert all(refused)
    assert measuring.is_in_alarm(f"{function}Throttles")


def _is_throttled(functions, name: str) -> bool:
    try:
        functions.invoke(FunctionName=name, Payload=NO_EVENT)
    except functions.exceptions.TooManyRequestsException:
        return True
    return False


@pytest.mark.parametrize("function", LOOPS)
def test_a_function_that_has_lost_the_leave_to_feed_itself_is_an_alarm(stack, measuring, function):
    functions, name = stack.client("lambda"), stack.function_name(function)
    # How the emulator counts the rounds.
    functions.meta.events.register(
        "before-call.lambda.Invoke", lambda params, **_: params["headers"].update({"X-Ministack-Invoke-Depth": "17"})
    )
    # It does not read the setting from the template.
    before = functions.get_function_recursion_config(FunctionName=name)["RecursiveLoop"]
    try:
        functions.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
        functions.invoke(FunctionName=name, Payload=NO_EVENT)
        assert not measuring.is_in_alarm(f"{function}StoppedAsLoop")
        functions.put_function_recursion_config(FunctionName=name, RecursiveLoop="Terminate")
        with pytest.raises(functions.exceptions.RecursiveInvocationException):
            functions.invoke(FunctionName=name, Payload=NO_EVENT)
    finally:
        functions.put_function_recursion_config(FunctionName=name, RecursiveLoop=before)
    assert measuring.is_in_alarm(f"{function}StoppedAsLoop")


@pytest.mark.parametrize("queue", DEAD_LETTERS)
def test_a_message_that_is_given_up_is_an_alarm_until_it_is_gone(stack, measuring, queue):
    sqs, name = stack.client("sqs"), measuring.parameters[queue]
    url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
    sqs.purge_queue(QueueUrl=url)
    assert not measuring.is_in_alarm(f"{queue}NotEmpty")
    group = {"MessageGroupId": "g", "MessageDeduplicationId": uuid.uuid4().hex} if name.endswith(".fifo") else {}
    sqs.send_message(QueueUrl=url, MessageBody="a rehearsal", **group)
    assert measuring.is_in_alarm(f"{queue}NotEmpty")
    sqs.purge_queue(QueueUrl=url)
    assert not measuring.is_in_alarm(f"{queue}NotEmpty")


def test_a_completion_that_cannot_be_used_is_an_alarm_until_it_is_gone(account, dialer, dead_letters, measuring):
    completion = {**completions.of_elsewhere(account), "version": 2}
    eventually(lambda: not measuring.is_in_alarm(f"{COMPLETIONS}NotEmpty"), "what others have left is gone")
    with dead_letters.paused():
        dialer.send(completion)
        eventually(lambda: measuring.is_in_alarm(f"{COMPLETIONS}NotEmpty"), "it is a dead letter")
    dead_letters.holding(completion["callId"])
    assert not measuring.is_in_alarm(f"{COMPLETIONS}NotEmpty")


def test_requests_that_are_answered_503_are_the_alarms_of_failed_requests(stack, account, measuring):
    webhook = account.bound_webhook()
    measuring.answers.append(account.trigger(webhook).status)
    assert not any(measuring.is_in_alarm(name) for name in OF_FAILED_REQUESTS)
    with reconfigured(stack, "Inbound", WEBHOOKS_TABLE="no-such-table"):
        measuring.answers.extend(account.trigger(webhook).status for _ in range(5))
    assert measuring.answers == [201] + 5 * [503]
    assert all(measuring.is_in_alarm(name) for name in OF_FAILED_REQUESTS)


@pytest.mark.parametrize(
    ("recent", "lasting", "tells"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_the_alarm_of_both_windows_tells_when_both_are_on(measuring, recent, lasting, tells):
    rule = measuring.resolved(ALARMS_TEMPLATE["Resources"]["Acceptance"]["Properties"]["AlarmRule"])
    windows = {"webhooks-AcceptanceInFiveMinutes": recent, "webhooks-AcceptanceInAnHour": lasting}
    assert composite_is_in_alarm(rule, windows) is tells


@pytest.mark.parametrize(("status", "is_counted"), [(429, True), (201, False), (503, False)])
def test_a_crms_request_that_is_throttled_is_counted_by_the_access_log(measuring, status, is_counted):
    line = access_line(status=str(status), requestId="429", routeKey=CRMS_ROUTE)
    assert json.loads(line)["status"] == str(status)
    assert matches(FILTERS["RefusedAsTooMany"]["FilterPattern"], line) is is_counted
    measuring.answers.append(status)
    assert measuring.is_in_alarm("TooManyRequests") is is_counted


def test_a_429_on_any_other_route_is_no_alarm():
    routes = {route["RouteKey"] for route in of_type(read_template(), "AWS::ApiGatewayV2::Route").values()}
    assert CRMS_ROUTE in routes
    lines = [access_line(status="429", routeKey=route) for route in routes - {CRMS_ROUTE}]
    assert [line for line in lines if matches(FILTERS["RefusedAsTooMany"]["FilterPattern"], line)] == []
