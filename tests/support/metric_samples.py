"""CloudWatch's side of an alarm whose metric the emulator lacks: samples of the metric become data points.

The samples of a period are one data point, by the alarm's statistic. An alarm is on when each of its periods up to a
moment has a data point past the threshold.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

import math
from collections.abc import Iterable

from alarm_states import is_in_alarm

# (second, value)
Samples = list[tuple[float, float]]


def percentile_99(values: list[float]) -> float:
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


STATISTICS = {"Sum": sum, "Maximum": max, "p99": percentile_99}


def spread(seconds: int, values: Iterable[float]) -> Samples:
    """So many samples in the last seconds, evenly."""
    values = list(values)
    return [(-seconds + seconds * index / len(values), value) for index, value in enumerate(values)]


def is_in_alarm_at(alarm: dict, samples: dict[str, Samples], moment: float = 0, quota: float = 1_000) -> bool:
    """`samples` by the name of their metric; `quota` is what SERVICE_QUOTA answers."""
    ends = [moment - number * _period(alarm) for number in range(alarm["EvaluationPeriods"])]

    def at(end: float) -> bool:
        return is_in_alarm(alarm, lambda metric: _data_point(alarm, metric["MetricName"], samples, end), quota)

    return all(at(end) for end in ends)


def _data_point(alarm: dict, name: str, samples: dict[str, Samples], end: float) -> float | None:
    values = [value for second, value in samples.get(name, []) if end - _period(alarm) <= second < end]
    return STATISTICS[_measured(alarm)[name]["Stat"]](values) if values else None


def _period(alarm: dict) -> int:
    (period,) = {each["Period"] for each in _measured(alarm).values()}
    return period


def _measured(alarm: dict) -> dict[str, dict]:
    """Statistic and period, by the name of the metric."""
    if "MetricName" in alarm:
        statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
        return {alarm["MetricName"]: {"Stat": statistic, "Period": alarm["Period"]}}
    stats = [each["MetricStat"] for each in alarm["Metrics"] if "MetricStat" in each]
    return {stat["Metric"]["MetricName"]: stat for stat in stats}
