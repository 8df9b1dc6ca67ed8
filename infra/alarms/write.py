"""infra/alarms.yaml, from the list in alarms.py and from template.yaml: `make alarms`."""

import sys
from pathlib import Path

import yaml

# Both folders are those of programs: neither is a package.
sys.path += [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parents[1] / "local")]

from alarm import Alarm, Counted, Metric
from alarms import ACCEPTANCE, alarms, counted
from cloudformation import read_template

WRITTEN = Path(__file__).resolve().parents[1] / "alarms.yaml"
HEAD = """\
# Written by `make alarms` from infra/alarms/alarms.py and template.yaml: edits are lost. A parameter has the name that
# template.yaml gives to what it is about. While there is no data, nothing is wrong.
"""


class WithoutAliases(yaml.SafeDumper):
    """CloudFormation reads no aliases of YAML."""

    def ignore_aliases(self, data) -> bool:
        return True


DESCRIPTION = "Alarms of the webhook layer. Nested in template.yaml, and made only with its parameter AlarmTopicArn."


def written() -> str:
    described = document(read_template())
    return HEAD + yaml.dump(
        described, Dumper=WithoutAliases, sort_keys=False, width=120, allow_unicode=True, default_flow_style=None
    )


def document(template: dict) -> dict:
    filters = {filtered.name: metric_filter(filtered) for filtered in counted(template)}
    watched = {watching.name: alarm(watching) for watching in alarms(template)}
    resources = {**filters, **watched, "Acceptance": ACCEPTANCE}
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": DESCRIPTION,
        "Parameters": {name: {"Type": "String"} for name in sorted(parameters(resources) - resources.keys())},
        "Resources": resources,
    }


def alarm(watching: Alarm) -> dict:
    more = watching.more_than is not None
    properties = {
        "AlarmName": {"Fn::Sub": f"${{Stack}}-{watching.name}"},
        "AlarmDescription": f"{watching.says} docs/alarms.md#{watching.heading}",
        **({"AlarmActions": [{"Ref": "AlarmTopic"}]} if watching.tells else {}),
        **what_is_measured(watching),
        "EvaluationPeriods": watching.periods,
        "Threshold": watching.more_than if more else watching.at_least,
        "ComparisonOperator": "GreaterThanThreshold" if more else "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def what_is_measured(watching: Alarm) -> dict:
    if watching.expression is None:
        (metric,) = watching.metrics.values()
        percentile = metric.statistic.startswith("p")
        statistic = {"ExtendedStatistic" if percentile else "Statistic": metric.statistic}
        return {**identity(metric), **statistic, "Period": metric.seconds}
    measured = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": identity(metric), "Stat": metric.statistic, "Period": metric.seconds},
        }
        for name, metric in watching.metrics.items()
    ]
    return {"Metrics": [*measured, {"Id": "it", "Expression": watching.expression, "ReturnData": True}]}


def identity(metric: Metric) -> dict:
    dimensions = [
        {"Name": name, "Value": value[1:] if value.startswith("=") else {"Ref": value}}
        for name, value in metric.dimensions.items()
    ]
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        **({"Dimensions": dimensions} if dimensions else {}),
    }


def metric_filter(filtered: Counted) -> dict:
    counting = {"MetricNamespace": filtered.metric.namespace, "MetricName": filtered.metric.name, "MetricValue": "1"}
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": {"Ref": filtered.log_group},
            "FilterPattern": filtered.pattern,
            "MetricTransformations": [counting],
        },
    }


def parameters(value) -> set[str]:
    """What is referred to, anywhere inside; `Stack` is, by every name."""
    if isinstance(value, dict):
        here = {value["Ref"]} if "Ref" in value else set()
        return here.union({"Stack"}, *(parameters(inside) for inside in value.values()))
    if isinstance(value, list):
        return set().union(*(parameters(inside) for inside in value))
    return set()


if __name__ == "__main__":
    WRITTEN.write_text(written(), encoding="utf-8")
