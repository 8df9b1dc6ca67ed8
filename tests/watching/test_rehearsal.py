"""Alarms that are brought about on the stack: a function fails, logs an error, a message is given up.

The emulator measures functions, and queues by their attributes. Lines are counted here, as CloudWatch would. What it
has no metric for is rehearsed with values in test_thresholds.py.
"""

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from accounts import eventually
from alarm_states import is_in_alarm
from filter_patterns import matches
from infra.local.cloudformation import of_type, read_template
from log_lines import lines_of
from nested_stacks import ALARMS, ALARMS_TEMPLATE, FILTERS, deployed, parameters, resolved

TEMPLATE = read_template()
FUNCTIONS = list(of_type(TEMPLATE, "AWS::Serverless::Function"))
# Those of completions are taken by the tests' own collector (the fixture dead_letters), all the time.
DEAD_LETTERS = [name.removesuffix("NotEmpty") for name in ALARMS if name.endswith("NotEmpty")]
DEAD_LETTERS.remove("CallCompletionsDeadLetterQueue")


class Measuring:
    """A metric's value on the stack, of what has happened since a moment."""

    def __init__(self, stack):
        self._since = datetime.now(UTC)
        self.parameters = parameters(stack, ALARMS_TEMPLATE)
        self._stack, self._cloudwatch, self._sqs = stack, stack.client("cloudwatch"), stack.client("sqs")

    def is_in_alarm(self, name: str) -> bool:
        return is_in_alarm(resolved(ALARMS[name], self.parameters), self._value)

    def _value(self, metric: dict) -> float | None:
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        match metric:
            case {"Namespace": "AWS/Lambda"}:
                return self._of_a_function(metric)
            case {"Namespace": "AWS/SQS", "MetricName": "ApproximateNumberOfMessagesVisible"}:
                url = self._sqs.get_queue_url(QueueName=dimensions["QueueName"])["QueueUrl"]
                asked = {"QueueUrl": url, "AttributeNames": ["ApproximateNumberOfMessages"]}
                return float(self._sqs.get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"])
            case {"Namespace": "Webhooks/webhooks"}:
                return self._lines_for(metric["MetricName"])
        raise NotImplementedError(metric)

    def _of_a_function(self, metric: dict) -> float | None:
        answer = self._cloudwatch.get_metric_statistics(
            Namespace=metric["Namespace"],
            MetricName=metric["MetricName"],
            Dimensions=metric["Dimensions"],
            StartTime=self._since,
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=3_600,
            Statistics=["Sum"],
        )
        return sum(point["Sum"] for point in answer["Datapoints"]) if answer["Datapoints"] else None

    def _lines_for(self, metric: str) -> float:
        """How often the filter of this metric finds something in the log of its function."""
        (filtered,) = [
            properties
            for properties in FILTERS.values()
            if properties["MetricTransformations"][0]["MetricName"] == metric
        ]
        function = filtered["LogGroupName"]["Ref"].removesuffix("Logs")
        return sum(matches(filtered["FilterPattern"], line) for line in lines_of(self._stack, function, self._since))


@pytest.fixture
def measuring(stack) -> Measuring:
    return Measuring(stack)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_fails_brings_its_two_alarms_about(stack, measuring, function):
    answer = stack.client("lambda").invoke(FunctionName=stack.function_name(function), Payload=b'"no event of AWS"')
    assert answer["FunctionError"]
    assert measuring.is_in_alarm(f"{function}Errors")
    eventually(lambda: measuring.is_in_alarm(f"{function}LogsErrors"), "the line is in the log")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_that_is_not_throttled_is_no_alarm(measuring, function):
    assert not measuring.is_in_alarm(f"{function}Throttles")


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


def access_line(**values: str) -> str:
    """A line as API Gateway writes it, by the format of the template. The emulator writes none."""
    written = TEMPLATE["Resources"]["DefaultStage"]["Properties"]["AccessLogSettings"]["Format"]
    return re.sub(r"\$context\.(\w+)", lambda found: values.get(found[1], "-"), written)


@pytest.mark.parametrize(("status", "is_counted"), [("429", True), ("201", False), ("503", False)])
def test_a_request_that_is_throttled_is_counted_by_the_access_log(status, is_counted):
    line = access_line(status=status, requestId="429", routeKey="ANY /{slug}")
    assert json.loads(line)["status"] == status
    assert matches(FILTERS["RefusedAsTooMany"]["FilterPattern"], line) is is_counted


def test_the_emulator_takes_the_stack_of_alarms(stack, measuring):
    """All of it but what its CloudFormation lacks: expressions, and alarms of alarms."""
    given = measuring.parameters
    resources = {
        name: resource
        for name, resource in ALARMS_TEMPLATE["Resources"].items()
        if name in FILTERS or "MetricName" in resource["Properties"]
    }
    with deployed(stack, {**ALARMS_TEMPLATE, "Resources": resources}, given):
        cloudwatch, logs = stack.client("cloudwatch"), stack.client("logs")
        pages = cloudwatch.get_paginator("describe_alarms").paginate()
        there = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
        for name, alarm in ALARMS.items():
            if name in resources:
                expected = resolved(alarm, given)
                found = there[expected["AlarmName"]]
                assert {key: found.get(key) for key in expected} == expected, name
        for properties in FILTERS.values():
            expected = resolved(properties, given)
            found = logs.describe_metric_filters(logGroupName=expected["LogGroupName"])["metricFilters"]
            assert expected["FilterPattern"] in [each["filterPattern"] for each in found]
