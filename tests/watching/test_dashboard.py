"""What infra/dashboard.yaml shows, held against template.yaml and CloudWatch's metrics."""

import json
import re

import pytest

from infra.local.cloudformation import of_type, read_template
from known_metrics import OURS, assert_exists
from nested_stacks import DASHBOARD_TEMPLATE, FILTERS_OF_DASHBOARD

TEMPLATE = read_template()
(DASHBOARD,) = of_type(DASHBOARD_TEMPLATE, "AWS::CloudWatch::Dashboard").values()
WIDGETS = {
    widget["properties"]["title"]: widget["properties"]
    for widget in json.loads(DASHBOARD["DashboardBody"]["Fn::Sub"])["widgets"]
}
# CloudWatch: the first three dashboards of an AWS account are free with so many metrics. docs/cost.md says so.
FREE = 50


def measured(lines: list) -> list[tuple[str, str, dict, dict]]:
    """Namespace, metric, dimensions (a resource as `{"Ref": …}`) and how it is shown, of each that is no expression."""
    return [
        (namespace, name, {key: named(value) for key, value in zip(texts[::2], texts[1::2], strict=True)}, how)
        for namespace, name, *texts, how in (line for line in lines if len(line) > 1)
    ]


def named(value: str) -> str | dict:
    found = re.fullmatch(r"\$\{(\w+)\}", value)
    return {"Ref": found[1]} if found else value


def computed(lines: list) -> list[dict]:
    return [line[0] for line in lines if len(line) == 1]


@pytest.mark.parametrize("title", WIDGETS)
def test_a_widget_shows_metrics_and_resources_that_exist(title):
    shown = measured(WIDGETS[title]["metrics"])
    assert shown
    for namespace, name, dimensions, _ in shown:
        assert_exists(FILTERS_OF_DASHBOARD, namespace, name, dimensions)
        for value in dimensions.values():
            assert isinstance(value, str) or value["Ref"] in DASHBOARD_TEMPLATE["Parameters"]


@pytest.mark.parametrize("title", WIDGETS)
def test_a_widget_says_where_and_how_it_measures(title):
    assert WIDGETS[title]["region"] == "${AWS::Region}"
    for *_, how in measured(WIDGETS[title]["metrics"]):
        assert how["label"] and how["stat"] and how["period"] in (60, 300)


@pytest.mark.parametrize("title", WIDGETS)
def test_an_expression_computes_with_what_its_widget_has(title):
    lines = WIDGETS[title]["metrics"]
    ids = [how["id"] for *_, how in measured(lines) if "id" in how] + [each["id"] for each in computed(lines)]
    assert len(ids) == len(set(ids))
    for each in computed(lines):
        assert set(re.findall(r"\b[a-z]\w*\b", each["expression"])) <= set(ids)


def test_everything_that_is_counted_for_the_dashboard_is_shown():
    shown = {
        name for each in WIDGETS.values() for namespace, name, *_ in measured(each["metrics"]) if namespace == OURS
    }
    assert shown == FILTERS_OF_DASHBOARD.keys()


@pytest.mark.parametrize("queue", of_type(TEMPLATE, "AWS::SQS::Queue"))
def test_every_queue_is_shown_but_the_one_that_people_read(queue):
    messages = ("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": {"Ref": queue}})
    shown = [each[:3] for widget in WIDGETS.values() for each in measured(widget["metrics"])]
    assert shown.count(messages) == (queue != "OperationalEventsQueue")


def test_it_has_the_name_of_its_stack_and_no_more_metrics_than_are_free():
    assert DASHBOARD["DashboardName"] == {"Ref": "Stack"}
    assert sum(len(measured(widget["metrics"])) for widget in WIDGETS.values()) <= FREE
