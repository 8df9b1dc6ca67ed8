"""Whether values of metrics put an alarm of CloudWatch into the state ALARM, as far as infra/alarms.yaml needs it."""

import ast
import operator
import re
from collections.abc import Callable

OPERATORS = {
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.GtE: operator.ge,
}
COMPARISONS = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}
# A value of a metric: of what an alarm's property Metrics calls Metric. None is no data.
Measured = Callable[[dict], float | None]


def is_in_alarm(alarm: dict, measured: Measured, quota: float = 1_000) -> bool:
    """As if every period had the same value. `quota` is what SERVICE_QUOTA answers."""
    value = _value(alarm, measured, quota)
    if value is None:
        assert alarm["TreatMissingData"] == "notBreaching"
        return False
    return COMPARISONS[alarm["ComparisonOperator"]](value, alarm["Threshold"])


def composite_is_in_alarm(rule: str, states: dict[str, bool]) -> bool:
    """Of an alarm of alarms, whose rule asks for all of some; `states` by name."""
    parts = [re.fullmatch(r'ALARM\("(.+)"\)', part) for part in rule.split(" AND ")]
    return all(states[part[1]] for part in parts)


def metrics_of(alarm: dict) -> dict[str, dict]:
    """Each metric as a Metric, by the name that the alarm's expression has for it."""
    if "MetricName" in alarm:
        return {"it": {name: alarm[name] for name in ("Namespace", "MetricName", "Dimensions") if name in alarm}}
    return {each["Id"]: each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each}


def _value(alarm: dict, measured: Measured, quota: float) -> float | None:
    values = {name: measured(metric) for name, metric in metrics_of(alarm).items()}
    if None in values.values():
        return None
    if "MetricName" in alarm:
        return values["it"]
    (expression,) = [each["Expression"] for each in alarm["Metrics"] if "Expression" in each]
    return _evaluated(ast.parse(expression, mode="eval").body, values, quota)


def _evaluated(node: ast.expr, values: dict[str, float], quota: float) -> float:
    match node:
        case ast.Constant():
            return node.value
        case ast.Name():
            return values[node.id]
        case ast.BinOp():
            left, right = (_evaluated(side, values, quota) for side in (node.left, node.right))
            return OPERATORS[type(node.op)](left, right)
        case ast.Compare(ops=[sign], comparators=[right]):
            return OPERATORS[type(sign)](_evaluated(node.left, values, quota), _evaluated(right, values, quota))
        case ast.Call(func=ast.Name("IF"), args=[condition, then, otherwise]):
            return _evaluated(then if _evaluated(condition, values, quota) else otherwise, values, quota)
        case ast.Call(func=ast.Name("SERVICE_QUOTA"), args=[ast.Name()]):
            return quota
    raise ValueError(f"not known of CloudWatch's expressions: {ast.unparse(node)}")
