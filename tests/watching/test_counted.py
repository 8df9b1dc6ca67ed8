"""What is counted in logs for the dashboard: which lines, how often, and what they measure."""

import json
import re
import uuid

import pytest

import completions
from accounts import eventually
from faults import gone, reconfigured
from filter_patterns import matches, value_of
from log_lines import having, lines_of
from nested_stacks import DASHBOARD_TEMPLATE, FILTERS_OF_DASHBOARD

REASONS = ["insufficient_funds", "campaign_not_active"]
OF_ATTEMPTS = ["AttemptsSucceeded", "AttemptsFailed", "DeliveriesGivenUp", "AttemptDuration", "FirstAttemptWait"]


@pytest.fixture
def counted(stack):
    """The lines about something that a metric counts, in the run so far."""

    def counted(metric: str, name: str, value: str) -> list[dict]:
        properties = FILTERS_OF_DASHBOARD[metric]
        lines = lines_of(stack, properties["LogGroupName"]["Ref"].removesuffix("Logs"))
        return having([line for line in lines if matches(properties["FilterPattern"], line)], name, value)

    return counted


@pytest.fixture
def counted_of_attempts(counted):
    """Which metrics count the attempts at a webhook, and how many."""

    def counted_of_attempts(webhook) -> dict[str, int]:
        numbers = {metric: len(counted(metric, "webhook.id", webhook.id)) for metric in OF_ATTEMPTS}
        return {metric: number for metric, number in numbers.items() if number}

    return counted_of_attempts


def test_a_call_that_is_accepted_is_counted_once_however_often_it_is_asked_for(account, jobs, counted):
    webhook, key = account.bound_webhook(), uuid.uuid4().hex
    data = {"phoneNumber": "+15551234567"}
    for _ in range(2):
        assert account.trigger(webhook, data, headers={"Idempotency-Key": key}).status == 201
    (job,) = jobs.of(webhook)
    assert account.trigger(webhook).status == 201
    eventually(lambda: len(counted("CallsAccepted", "webhook.id", webhook.id)) == 2, "both calls are counted")
    assert len(counted("CallsAccepted", "call.id", job["callId"])) == 1


def test_a_call_whose_job_is_left_to_the_relay_is_counted_as_accepted(account, stack, jobs, counted):
    webhook = account.bound_webhook()
    with reconfigured(stack, "Inbound", CALL_JOBS_QUEUE_URL=gone(stack.call_jobs_queue_url)):
        assert account.trigger(webhook).status == 201
    (job,) = jobs.of(webhook)
    lines = eventually(lambda: having(lines_of(stack, "Inbound"), "call.id", job["callId"])[1:], "the job was not sent")
    assert [line["level"] for line in lines] == ["WARN"]
    assert len(counted("CallsAccepted", "call.id", job["callId"])) == 1


@pytest.mark.parametrize("reason", REASONS)
def test_a_call_that_is_cancelled_is_counted_by_its_reason(day, counted, reason):
    (line,) = counted("CallsCancelled", "call.id", day.cancelled[reason])
    (made,) = FILTERS_OF_DASHBOARD["CallsCancelled"]["MetricTransformations"]
    (dimension,) = made["Dimensions"]
    assert value_of(dimension["Value"], json.dumps(line)) == reason


def test_no_call_is_cancelled_for_a_reason_that_the_dashboard_does_not_show(stack, day):
    body = DASHBOARD_TEMPLATE["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    shown = re.findall(r'"CallsCancelled", "Reason", "(\w+)"', body)
    reasons = {line["reason"] for line in having(lines_of(stack, "Inbound"), "outcome", "cancelled")}
    assert reasons == set(shown) == set(REASONS)


def test_a_request_that_is_wrong_is_counted_as_rejected_and_one_that_fails_on_our_side_is_not(account, stack, counted):
    webhook = account.bound_webhook()
    before = len(counted("RequestsRejected", "code", "temporarily_unavailable"))
    with reconfigured(stack, "Inbound", WEBHOOKS_TABLE="no-such-table"):
        assert account.trigger(webhook).status == 503
    rejected = len(counted("RequestsRejected", "code", "method_not_allowed"))
    assert account.trigger(webhook, method="GET").status == 405
    eventually(lambda: len(counted("RequestsRejected", "code", "method_not_allowed")) > rejected, "it is counted")
    assert len(counted("RequestsRejected", "code", "temporarily_unavailable")) == before == 0


def test_a_delivery_that_is_taken_at_once_is_counted_and_measured(day, counted, counted_of_attempts):
    assert counted_of_attempts(day.delivered) == {"AttemptsSucceeded": 1, "AttemptDuration": 1, "FirstAttemptWait": 1}
    assert counted("EndpointsDisabled", "webhook.id", day.delivered.id) == []


def test_an_endpoint_that_is_gone_is_a_failed_attempt_a_delivery_given_up_and_an_endpoint_disabled(
    day, counted, counted_of_attempts
):
    assert counted_of_attempts(day.gone) == {
        "AttemptsFailed": 1,
        "DeliveriesGivenUp": 1,
        "AttemptDuration": 1,
        "FirstAttemptWait": 1,
    }
    assert len(counted("EndpointsDisabled", "webhook.id", day.gone.id)) == 1


def test_a_delivery_that_ends_without_an_attempt_is_no_attempt(stack, day, counted_of_attempts):
    failed, ended = having(lines_of(stack, "Deliver"), "webhook.id", day.deleted.id)
    assert (failed["outcome"], failed["is_last"], ended["error"]) == ("failed", False, "webhook_deleted")
    assert counted_of_attempts(day.deleted) == {"AttemptsFailed": 1, "AttemptDuration": 1, "FirstAttemptWait": 1}


def test_only_the_first_attempt_of_a_delivery_has_waited_since_the_completion(
    account, dialer, receivers, counted, counted_of_attempts
):
    webhook = account.outbound(receivers.receiver().url)
    dialer.send(completions.of_elsewhere(account))
    (attempt,) = account.attempts_of(webhook)
    assert account.post(f"{webhook.path}/deliveries/{attempt['deliveryId']}/resend", {}).status == 202
    eventually(lambda: counted_of_attempts(webhook).get("AttemptsSucceeded") == 2, "it is sent again")
    (line,) = counted("FirstAttemptWait", "webhook.id", webhook.id)
    assert line["attempt"] == 1


@pytest.mark.parametrize("metric", ["AttemptDuration", "FirstAttemptWait"])
def test_what_is_measured_is_a_number_that_is_not_negative(stack, day, metric):
    """CloudWatch has no percentiles of a metric with a negative value."""
    properties = FILTERS_OF_DASHBOARD[metric]
    (made,) = properties["MetricTransformations"]
    lines = [line for line in lines_of(stack, "Deliver") if matches(properties["FilterPattern"], line)]
    values = [value_of(made["MetricValue"], line) for line in lines]
    assert values and all(isinstance(value, int) and value >= 0 for value in values)
