"""What infra/alarms.yaml watches, held against template.yaml, CloudWatch's metrics and docs/alarms.md."""

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from alarm_states import metrics_of
from infra.local.cloudformation import of_type, read_template
from known_metrics import OURS, assert_exists
from markdown_pages import anchors
from nested_stacks import ALARMS, ALARMS_TEMPLATE, FILTERS_OF_ALARMS

CHECKOUT = Path(__file__).resolve().parents[2]
RUNBOOK = "docs/alarms.md"
TEMPLATE = read_template()


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_is_about_a_metric_and_a_resource_that_exist(name):
    for metric in metrics_of(ALARMS[name]).values():
        namespace = OURS if metric["Namespace"] == {"Fn::Sub": OURS} else metric["Namespace"]
        dimensions = {each["Name"]: each["Value"] for each in metric.get("Dimensions", [])}
        assert_exists(FILTERS_OF_ALARMS, namespace, metric["MetricName"], dimensions)


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
    counted = FILTERS_OF_ALARMS[f"{function}ErrorLines"]
    assert counted["LogGroupName"] == {"Ref": f"{function}Logs"}
    assert counted["FilterPattern"] == '{ $.level = "ERROR" }'
    assert ALARMS[f"{function}LogsErrors"]["MetricName"] == f"{function}ErrorLines"
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
    told = ALARMS_TEMPLATE["Resources"][name]["Properties"].get("AlarmActions", [])
    is_a_part = name.startswith("AcceptanceIn")
    assert told == ([] if is_a_part else [{"Ref": "AlarmTopic"}])


def test_acceptance_has_two_windows():
    composite = ALARMS_TEMPLATE["Resources"]["Acceptance"]["Properties"]["AlarmRule"]
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
        said = ALARMS_TEMPLATE["Resources"][name]["Properties"]["AlarmDescription"]
        found = re.search(r'\nMore: "(.+)" in docs/alarms\.md of the checkout that was deployed\.$', said)
        assert found, said
        named.setdefault(found[1].lower().replace(" ", "-"), []).append(name)
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


def read(markdown: str) -> list[str]:
    """Each paragraph and each item of a list as a reader sees it."""
    inlines = [token.children for token in MarkdownIt().parse(markdown) if token.type == "inline"]
    return ["".join(" " if part.type == "softbreak" else part.content for part in parts) for parts in inlines]


@pytest.mark.parametrize("heading", entries())
def test_an_alarm_says_in_its_email_what_its_entry_says_to_look_at_and_to_do(heading):
    advice = [item for item in read(entries()[heading]) if item.startswith(("Look at: ", "Do: "))]
    assert len(advice) == 2
    for name in headings()[heading]:
        said = ALARMS_TEMPLATE["Resources"][name]["Properties"]["AlarmDescription"]
        assert said.splitlines()[1:3] == advice, name
        assert len(said) <= 1024, "CloudWatch, PutMetricAlarm"


def test_an_entry_says_what_it_means_what_to_look_at_and_what_to_do():
    for heading, entry in entries().items():
        for part in ("**Means:**", "**Look at:**", "**Do:**"):
            assert part in entry, f"{heading} has no {part}"
