"""What is measured: by AWS, or by us in the lines of a log.

A parameter of infra/alarms.yaml and infra/dashboard.yaml has the name that template.yaml gives to what it is about:
`Inbound` is the name of that function, `InboundLogs` that of its log group.
"""

from dataclasses import dataclass, field

# What is counted in logs: of a stack by itself, since namespaces are shared by all stacks of an AWS account.
OURS = "Webhooks/${Stack}"


@dataclass(frozen=True)
class Metric:
    namespace: str
    name: str
    statistic: str
    seconds: int
    # Values by name; a value is a parameter, or after `=` what it says.
    dimensions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counted:
    """Lines of a log that become a metric of ours."""

    name: str
    log_group: str
    pattern: str
    # What a line counts for: 1, or a number in it.
    value: str = "1"
    # Texts in it, by the dimension that they become. Each different text is a metric that is paid for.
    dimensions: dict[str, str] = field(default_factory=dict)


def lambda_metric(function: str, name: str, statistic: str = "Sum", seconds: int = 300) -> Metric:
    return Metric("AWS/Lambda", name, statistic, seconds, {"FunctionName": function})


def api_metric(name: str, statistic: str = "Sum", seconds: int = 300) -> Metric:
    return Metric("AWS/ApiGateway", name, statistic, seconds, {"ApiId": "HttpApi"})


def queue_metric(queue: str, name: str) -> Metric:
    return Metric("AWS/SQS", name, "Maximum", 60, {"QueueName": queue})


def schedule_metric(name: str) -> Metric:
    return Metric("AWS/Scheduler", name, "Sum", 300, {"ScheduleGroup": "DeliverySchedules"})


def conflicts() -> Metric:
    return Metric("AWS/DynamoDB", "TransactionConflict", "Sum", 60, {"TableName": "Accounts"})


def metric_filter(counted: Counted) -> dict:
    transformation = {
        "MetricNamespace": {"Fn::Sub": OURS},
        "MetricName": counted.name,
        "MetricValue": counted.value,
    }
    if counted.dimensions:
        transformation["Dimensions"] = [{"Key": key, "Value": value} for key, value in counted.dimensions.items()]
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": counted.log_group},
            "FilterPattern": counted.pattern,
            "MetricTransformations": [transformation],
        },
    }


def gives_up(queue: str) -> bool:
    """Whether what comes into this queue has been given up, and waits for a person."""
    return queue == "RelayFailureQueue" or queue.endswith("DeadLetterQueue")
