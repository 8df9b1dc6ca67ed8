"""What an alarm is made of, and its form in CloudFormation."""

from dataclasses import dataclass

from metric import OURS, Counted, Metric
from runbook import advice


@dataclass(frozen=True)
class Alarm:
    name: str
    heading: str
    says: str
    # By the names that `expression` knows them by. Without one there is a single metric.
    metrics: dict[str, Metric]
    at_least: float | None = None
    more_than: float | None = None
    expression: str | None = None
    periods: int = 1
    tells: bool = True


def one(metric: Metric) -> dict[str, Metric]:
    return {"it": metric}


def lines(counted: Counted) -> dict[str, Metric]:
    """How many there are."""
    return one(Metric(OURS, counted.name, "Sum", 300))


def described(says: str, heading: str) -> str:
    """What is wrong, and what the runbook says of it. It stands in the e-mail."""
    return f"{says}\n{advice(heading)}"


def alarm(watching: Alarm) -> dict:
    more = watching.more_than is not None
    properties = {
        "AlarmName": {"Fn::Sub": f"${{Stack}}-{watching.name}"},
        "AlarmDescription": described(watching.says, watching.heading),
        **({"AlarmActions": [{"Ref": "AlarmTopic"}]} if watching.tells else {}),
        **_what_is_measured(watching),
        "EvaluationPeriods": watching.periods,
        "Threshold": watching.more_than if more else watching.at_least,
        "ComparisonOperator": "GreaterThanThreshold" if more else "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _what_is_measured(watching: Alarm) -> dict:
    if watching.expression is None:
        (metric,) = watching.metrics.values()
        percentile = metric.statistic.startswith("p")
        statistic = {"ExtendedStatistic" if percentile else "Statistic": metric.statistic}
        return {**_identity(metric), **statistic, "Period": metric.seconds}
    measured = [
        {
            "Id": name,
            "ReturnData": False,
            "MetricStat": {"Metric": _identity(metric), "Stat": metric.statistic, "Period": metric.seconds},
        }
        for name, metric in watching.metrics.items()
    ]
    return {"Metrics": [*measured, {"Id": "it", "Expression": watching.expression, "ReturnData": True}]}


def _identity(metric: Metric) -> dict:
    dimensions = [
        {"Name": name, "Value": value[1:] if value.startswith("=") else {"Ref": value}}
        for name, value in metric.dimensions.items()
    ]
    return {
        "Namespace": {"Fn::Sub": OURS} if metric.namespace == OURS else metric.namespace,
        "MetricName": metric.name,
        **({"Dimensions": dimensions} if dimensions else {}),
    }
