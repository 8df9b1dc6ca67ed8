"""The two stacks that template.yaml nests: that they are written anew, what is handed down to them, what they count."""

import re

import pytest

from filter_patterns import parsed
from infra.local.cloudformation import of_type, read_template
from infra.watching import write
from known_metrics import OURS
from nested_stacks import ALARMS_TEMPLATE, DASHBOARD_TEMPLATE, FILTERS, FILTERS_OF_ALARMS, FILTERS_OF_DASHBOARD

TEMPLATE = read_template()
# By the resource that nests it: its file, its condition, what that asks, the parameter's default, and what is nested.
NESTED = {
    "Alarms": (
        "infra/alarms.yaml",
        "HasAlarms",
        {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]},
        ("AlarmTopicArn", ""),
        ALARMS_TEMPLATE,
    ),
    "DashboardStack": (
        "infra/dashboard.yaml",
        "HasDashboard",
        {"Fn::Equals": [{"Ref": "Dashboard"}, "yes"]},
        ("Dashboard", "no"),
        DASHBOARD_TEMPLATE,
    ),
}


@pytest.mark.parametrize("nested", write.nested_stacks(), ids=lambda nested: nested.path.name)
def test_a_file_is_written_from_the_lists_and_the_template(nested):
    assert nested.path.read_text(encoding="utf-8") == nested.written(), "make alarms"


@pytest.mark.parametrize("name", NESTED)
def test_a_nested_stack_is_made_only_when_it_is_asked_for(name):
    path, condition, asks, (parameter, default), _ = NESTED[name]
    nested = TEMPLATE["Resources"][name]
    assert (nested["Properties"]["TemplateURL"], nested["Condition"]) == (path, condition)
    assert TEMPLATE["Conditions"][condition] == asks
    assert TEMPLATE["Parameters"][parameter]["Default"] == default


@pytest.mark.parametrize("name", NESTED)
def test_what_is_handed_down_is_what_the_template_calls_so(name):
    *_, nested = NESTED[name]
    given = TEMPLATE["Resources"][name]["Properties"]["Parameters"]
    others = {"Stack": {"Ref": "AWS::StackName"}, "AlarmTopic": {"Ref": "AlarmTopicArn"}}
    queues = {queue: {"Fn::GetAtt": [queue, "QueueName"]} for queue in of_type(TEMPLATE, "AWS::SQS::Queue")}
    assert given == {each: {**others, **queues}.get(each, {"Ref": each}) for each in nested["Parameters"]}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_reads_a_log_group_of_the_template_by_a_pattern_that_is_understood(name):
    assert FILTERS[name]["LogGroupName"]["Ref"] in of_type(TEMPLATE, "AWS::Logs::LogGroup")
    parsed(FILTERS[name]["FilterPattern"])


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_makes_a_metric_of_the_stacks_own_namespace_and_of_its_own_name(name):
    (made,) = FILTERS[name]["MetricTransformations"]
    assert (made["MetricNamespace"], made["MetricName"]) == ({"Fn::Sub": OURS}, name)
    assert re.fullmatch(r"1|\$\.\w+", made["MetricValue"])


def test_the_two_stacks_count_nothing_twice():
    assert not FILTERS_OF_ALARMS.keys() & FILTERS_OF_DASHBOARD.keys()
