"""What an alarm is made of.

A parameter of infra/alarms.yaml has the name that template.yaml gives to what it is about: `Inbound` is the name of
that function, `InboundLogs` that of its log group.
"""

from dataclasses import dataclass, field

# What is counted in logs: of a stack by itself, since namespaces are shared by all stacks of an AWS account.
OURS = {"Fn::Sub": "Webhooks/${Stack}"}


@dataclass(frozen=True)
class Metric:
    namespace: str | dict
    name: str
    statistic: str
    seconds: int
    # Values by name; a value is a parameter of infra/alarms.yaml, or after `=` what it says.
    dimensions: dict[str, str] = field(default_factory=dict)


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


@dataclass(frozen=True)
class Counted:
    """Lines of a log that are counted as a metric of ours."""

    name: str
    log_group: str
    pattern: str

    @property
    def metric(self) -> Metric:
        return Metric(OURS, self.name, "Sum", 300)


def one(metric: Metric) -> dict[str, Metric]:
    return {"it": metric}
