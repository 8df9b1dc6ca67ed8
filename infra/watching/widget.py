"""What a graph of the dashboard is made of, and the dashboard's form in CloudFormation.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
from dataclasses import dataclass, field

from metric import Metric

# Two in a row of 24 columns.
WIDTH, HEIGHT = 12, 6


@dataclass(frozen=True)
class Line:
    label: str
    metric: Metric
    # By which an expression knows it.
    id: str | None = None
    is_shown: bool = True


@dataclass(frozen=True)
class Widget:
    title: str
    lines: list[Line]
    # By label. They are told apart by the names e1, e2 and so on.
    expressions: dict[str, str] = field(default_factory=dict)


def dashboard(widgets: list[Widget]) -> dict:
    # A line for each line of a graph, so that a change is seen as what it is.
    body = ",\n".join(_written(widget) for widget in widgets)
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": {"Ref": "Stack"},
            "DashboardBody": {"Fn::Sub": f'{{"widgets": [\n{body}\n]}}\n'},
        },
    }


def _written(widget: Widget) -> str:
    head = {"type": "metric", "width": WIDTH, "height": HEIGHT}
    properties = {"title": widget.title, "region": "${AWS::Region}"}
    computed = [
        [{"expression": expression, "label": label, "id": f"e{number}"}]
        for number, (label, expression) in enumerate(widget.expressions.items(), 1)
    ]
    lines = [*map(_line, widget.lines), *computed]
    metrics = ",\n".join(f"    {json.dumps(line)}" for line in lines)
    return f'{json.dumps(head)[:-1]}, "properties":\n  {json.dumps(properties)[:-1]}, "metrics": [\n{metrics}\n  ]}}}}'


def _line(line: Line) -> list:
    metric = line.metric
    named = [
        text
        for name, value in metric.dimensions.items()
        for text in (name, value[1:] if value.startswith("=") else f"${{{value}}}")
    ]
    how = {
        "label": line.label,
        "stat": metric.statistic,
        "period": metric.seconds,
        **({"id": line.id} if line.id else {}),
        **({} if line.is_shown else {"visible": False}),
    }
    return [metric.namespace, metric.name, *named, how]
