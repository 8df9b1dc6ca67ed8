"""The emulator takes the stacks of alarms and of the dashboard."""

import json

from infra.local.cloudformation import of_type
from nested_stacks import (
    ALARMS,
    ALARMS_TEMPLATE,
    DASHBOARD_TEMPLATE,
    FILTERS_OF_ALARMS,
    FILTERS_OF_DASHBOARD,
    deployed,
    parameters,
    resolved,
)


def assert_counted(stack, filters: dict, given: dict) -> None:
    logs = stack.client("logs")
    for properties in filters.values():
        expected = resolved(properties, given)
        found = logs.describe_metric_filters(logGroupName=expected["LogGroupName"])["metricFilters"]
        (expected_metric,) = expected["MetricTransformations"]
        (metric,) = [
            each["metricTransformations"][0]
            for each in found
            if each["metricTransformations"][0]["metricName"] == expected_metric["MetricName"]
        ]
        assert metric["metricValue"] == expected_metric["MetricValue"]
        assert metric.get("dimensions", {}) == {
            each["Key"]: each["Value"] for each in expected_metric.get("Dimensions", [])
        }
        assert expected["FilterPattern"] in [each["filterPattern"] for each in found]


def test_the_emulator_takes_the_stack_of_alarms(stack):
    """All of it but what its CloudFormation lacks: expressions, and alarms of alarms."""
    given = parameters(stack, ALARMS_TEMPLATE)
    resources = {
        name: resource
        for name, resource in ALARMS_TEMPLATE["Resources"].items()
        if name in FILTERS_OF_ALARMS or "MetricName" in resource["Properties"]
    }
    with deployed(stack, {**ALARMS_TEMPLATE, "Resources": resources}, given):
        pages = stack.client("cloudwatch").get_paginator("describe_alarms").paginate()
        there = {alarm["AlarmName"]: alarm for page in pages for alarm in page["MetricAlarms"]}
        for name, alarm in ALARMS.items():
            if name in resources:
                expected = resolved(alarm, given)
                found = there[expected["AlarmName"]]
                assert {key: found.get(key) for key in expected} == expected, name
        assert_counted(stack, FILTERS_OF_ALARMS, given)


def test_the_emulator_takes_the_stack_of_the_dashboard(stack):
    given = parameters(stack, DASHBOARD_TEMPLATE)
    (dashboard,) = of_type(DASHBOARD_TEMPLATE, "AWS::CloudWatch::Dashboard").values()
    expected = resolved(dashboard, given)
    with deployed(stack, DASHBOARD_TEMPLATE, given):
        found = stack.client("cloudwatch").get_dashboard(DashboardName=expected["DashboardName"])
        assert json.loads(found["DashboardBody"]) == json.loads(expected["DashboardBody"])
        assert "${" not in found["DashboardBody"]
        assert_counted(stack, FILTERS_OF_DASHBOARD, given)
