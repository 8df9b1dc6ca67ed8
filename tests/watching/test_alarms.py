"""What infra/alarms.yaml watches, held against template.yaml, CloudWatch's metrics and docs/alarms.md."""

import re
from pathlib import Path

import pytest

from alarm_states import metrics_of
from infra.alarms import write
from infra.local.cloudformation import of_type, read_template
from markdown_pages import anchors

CHECKOUT = Path(__file__).resolve().parents[2]
RUNBOOK = "docs/alarms.md"
TEMPLATE = read_template()
NESTED = read_template(CHECKOUT / "infra" / "alarms.yaml")
ALARMS = of_type(NESTED, "AWS::CloudWatch::Alarm")
FILTERS = of_type(NESTED, "AWS::Logs::MetricFilter")
OURS = "Webhooks/${Stack}"
# By namespace: the dimensions by which AWS gives these metrics, with the resource that each value names.
# docs.aws.amazon.com: Lambda "Types of metrics", SQS "Available CloudWatch metrics", API Gateway "HTTP API metrics",
# EventBridge Scheduler "List of metrics", DynamoDB "Metrics and dimensions".
METRICS = {
    "AWS/Lambda": [
        (
            {
                "Errors",
                "Throttles",
                "Duration",
                "IteratorAge",
                "DestinationDeliveryFailures",
                "RecursiveInvocationsDropped",
            },
            {"FunctionName": "AWS::Serverless::Function"},
        ),
        ({"ClaimedAccountConcurrency", "ConcurrentExecutions"}, {}),
    ],
    "AWS/SQS": [
        (
            {
                "ApproximateNumberOfMessagesVisible",
                "ApproximateAgeOfOldestMessage",
                "ApproximateAgeOfOldestMessageInQuietGroups",
            },
            {"QueueName": "AWS::SQS::Queue"},
        ),
    ],
    "AWS/ApiGateway": [({"Count", "5xx", "Latency"}, {"ApiId": "AWS::ApiGatewayV2::Api"})],
    "AWS/Scheduler": [
        (
            {
                "TargetErrorCount",
                "InvocationDroppedCount",
                "InvocationThrottleCount",
                "InvocationsFailedToBeSentToDeadLetterCount",
            },
            {"ScheduleGroup": "AWS::Scheduler::ScheduleGroup"},
        )
    ],
    "AWS/DynamoDB": [
        ({"ReadThrottleEvents", "WriteThrottleEvents", "TransactionConflict"}, {"TableName": "AWS::DynamoDB::Table"}),
        (
            {"ReadThrottleEvents", "WriteThrottleEvents"},
            {"TableName": "AWS::DynamoDB::Table", "GlobalSecondaryIndexName": None},
        ),
    ],
}


def test_the_file_is_written_from_the_list_and_the_template():
    assert write.WRITTEN.read_text(encoding="utf-8") == write.written(), "make alarms"


def test_there_are_alarms_only_with_a_topic():
    nested = TEMPLATE["Resources"]["Alarms"]
    assert nested["Condition"] == "HasAlarms"
    assert TEMPLATE["Conditions"]["HasAlarms"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]}
    assert TEMPLATE["Parameters"]["AlarmTopicArn"]["Default"] == ""
    assert nested["Properties"]["TemplateURL"] == "infra/alarms.yaml"


@pytest.mark.parametrize("name", NESTED["Parameters"])
def test_a_parameter_is_what_the_template_calls_so(name):
    given = TEMPLATE["Resources"]["Alarms"]["Properties"]["Parameters"][name]
    others = {"Stack": {"Ref": "AWS::StackName"}, "AlarmTopic": {"Ref": "AlarmTopicArn"}}
    if name in of_type(TEMPLATE, "AWS::SQS::Queue"):
        assert given == {"Fn::GetAtt": [name, "QueueName"]}
    else:
        assert given == others.get(name, {"Ref": name})


def test_nothing_else_is_handed_down():
    assert TEMPLATE["Resources"]["Alarms"]["Properties"]["Parameters"].keys() == NESTED["Parameters"].keys()


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_about_a_metric_and_a_resource_that_exist(name):
    for metric in metrics_of(ALARMS[name]).values():
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        if metric["Namespace"] == {"Fn::Sub": OURS}:
            assert not dimensions
            assert metric["MetricName"] in counted()
            continue
        known = [kinds for names, kinds in METRICS[metric["Namespace"]] if metric["MetricName"] in names]
        (kinds,) = [kinds for kinds in known if kinds.keys() == dimensions.keys()]
        for dimension, value in dimensions.items():
            if dimension == "GlobalSecondaryIndexName":
                table = TEMPLATE["Resources"][dimensions["TableName"]["Ref"]]["Properties"]
                assert value in [index["IndexName"] for index in table["GlobalSecondaryIndexes"]]
            else:
                assert TEMPLATE["Resources"][value["Ref"]]["Type"] == kinds[dimension]


def counted() -> list[str]:
    """The metrics that a filter makes, in the stack's own namespace."""
    made = [made for properties in FILTERS.values() for made in properties["MetricTransformations"]]
    assert all(each["MetricNamespace"] == {"Fn::Sub": OURS} for each in made)
    return [each["MetricName"] for each in made]


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reads_a_log_group_of_the_template(name):
    assert FILTERS[name]["LogGroupName"]["Ref"] in of_type(TEMPLATE, "AWS::Logs::LogGroup")


def watched(namespace: str) -> set[tuple]:
    """(metric, values of its dimensions) of every alarm of this namespace."""
    return {
        (metric["MetricName"], *(each["Value"].get("Ref") if isinstance(each["Value"], dict) else each["Value"]
                                 for each in metric.get("Dimensions", [])))
        for alarm in ALARMS.values()
        for metric in metrics_of(alarm).values()
        if metric["Namespace"] == namespace
    }  # fmt: skip


@pytest.mark.parametrize("function", of_type(TEMPLATE, "AWS::Serverless::Function"))
def test_every_function_is_watched(function):
    assert {("Errors", function), ("Throttles", function)} <= watched("AWS/Lambda")
    logs = {properties["LogGroupName"]["Ref"]: properties for properties in FILTERS.values()}[f"{function}Logs"]
    assert logs["FilterPattern"] == '{ $.level = "ERROR" }'
    assert f"{function}LogsErrors" in ALARMS
    group = TEMPLATE["Resources"][function]["Properties"]["LoggingConfig"]["LogGroup"]
    assert group == {"Ref": f"{function}Logs"}


@pytest.mark.parametrize("queue", of_type(TEMPLATE, "AWS::SQS::Queue"))
def test_every_queue_is_watched(queue):
    messages, age = ("ApproximateNumberOfMessagesVisible", queue), ("ApproximateAgeOfOldestMessage", queue)
    ends_there = queue.endswith("DeadLetterQueue") or queue == "RelayFailureQueue"
    assert (messages if ends_there else age) in watched("AWS/SQS")


@pytest.mark.parametrize("table", of_type(TEMPLATE, "AWS::DynamoDB::Table"))
def test_every_table_and_every_index_is_watched(table):
    indexes = TEMPLATE["Resources"][table]["Properties"].get("GlobalSecondaryIndexes", [])
    for requests in ("ReadThrottleEvents", "WriteThrottleEvents"):
        expected = {(requests, table), *((requests, table, index["IndexName"]) for index in indexes)}
        assert expected <= watched("AWS/DynamoDB")


@pytest.mark.parametrize("name", ALARMS)
def test_no_data_is_no_alarm(name):
    assert ALARMS[name]["TreatMissingData"] == "notBreaching"


@pytest.mark.parametrize("name", [*ALARMS, "Acceptance"])
def test_an_alarm_tells_the_topic(name):
    told = NESTED["Resources"][name]["Properties"].get("AlarmActions", [])
    is_a_part = name.startswith("AcceptanceIn")
    assert told == ([] if is_a_part else [{"Ref": "AlarmTopic"}])


def test_acceptance_has_two_windows():
    composite = NESTED["Resources"]["Acceptance"]["Properties"]["AlarmRule"]
    assert composite == {"Fn::Sub": 'ALARM("${AcceptanceInFiveMinutes}") AND ALARM("${AcceptanceInAnHour}")'}
    windows = {
        name: {each["MetricStat"]["Period"] for each in ALARMS[name]["Metrics"] if "MetricStat" in each}
        for name in ("AcceptanceInFiveMinutes", "AcceptanceInAnHour")
    }
    assert windows == {"AcceptanceInFiveMinutes": {300}, "AcceptanceInAnHour": {3_600}}


def headings() -> dict[str, list[str]]:
    """The runbook's entry that each alarm names, with the alarms that name it."""
    named: dict[str, list[str]] = {}
    for name in [*ALARMS, "Acceptance"]:
        said = NESTED["Resources"][name]["Properties"]["AlarmDescription"]
        found = re.search(r"(?<=\. )docs/alarms\.md#([a-z-]+)$", said)
        assert found, said
        named.setdefault(found[1], []).append(name)
    return named


def entries() -> dict[str, str]:
    """The text below each heading of the runbook's second level, by its anchor."""
    text = (CHECKOUT / RUNBOOK).read_text(encoding="utf-8")
    return {
        heading.lower().replace(" ", "-"): entry
        for heading, entry in re.findall(r"^### (.+)\n((?:(?!#).*\n)*)", text, flags=re.MULTILINE)
    }


def test_every_alarm_has_its_entry_in_the_runbook_and_every_entry_an_alarm():
    assert headings().keys() == entries().keys()
    assert headings().keys() <= set(anchors(RUNBOOK))


def test_an_entry_says_what_it_means_what_to_look_at_and_what_to_do():
    for heading, entry in entries().items():
        for part in ("**Means:**", "**Look at:**", "**Do:**"):
            assert part in entry, f"{heading} has no {part}"
