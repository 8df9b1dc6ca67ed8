"""When each alarm tells: the worst that it bears, and the least that it does not."""

from fnmatch import fnmatchcase

import pytest

from alarm_states import is_in_alarm, metrics_of
from nested_stacks import ALARMS

MINUTE, FIVE_MINUTES, HOUR = 60, 300, 3_600
# By the alarm's name: over how many seconds, then what is borne and what is told. Of two that fit, the first counts.
# Values are those of the metrics in the order of the alarm.
LIMITS = [
    ("InboundThrottles", FIVE_MINUTES, (0,), (1,)),
    ("*Throttles", FIVE_MINUTES, (9,), (10,)),
    ("ServerErrors", FIVE_MINUTES, (4, 4), (5, 499)),
    ("ServerErrors", FIVE_MINUTES, (5, 500), (6, 599)),
    ("*LogsErrors", FIVE_MINUTES, (0,), (1,)),
    ("*Errors", FIVE_MINUTES, (0,), (1,)),
    ("*StoppedAsLoop", FIVE_MINUTES, (0,), (1,)),
    ("InboundSlow", FIVE_MINUTES, (3_000,), (3_001,)),
    ("InboundVerySlow", FIVE_MINUTES, (8_000,), (8_001,)),
    ("Concurrency", MINUTE, (799, 1), (800, 1)),
    ("RelayLateMinute", MINUTE, (59_999,), (60_000,)),
    ("RelayLateFiveMinutes", MINUTE, (299_999,), (300_000,)),
    ("RelayLateThreeHours", MINUTE, (10_799_999,), (10_800_000,)),
    ("RelayDropped", FIVE_MINUTES, (0,), (1,)),
    ("*NotEmpty", MINUTE, (0,), (1,)),
    ("DeliveriesQueue*", MINUTE, (119,), (120,)),
    ("SlowDeliveriesQueue*", MINUTE, (1_799,), (1_800,)),
    ("OperationalEventsQueueOld", MINUTE, (86_399,), (86_400,)),
    ("*QueueOld", MINUTE, (299,), (300,)),
    ("Schedules*", FIVE_MINUTES, (0,), (1,)),
    ("SlowAnswers", FIVE_MINUTES, (5_000,), (5_001,)),
    ("TooManyRequests", FIVE_MINUTES, (0,), (1,)),
    ("AcceptanceInFiveMinutes", FIVE_MINUTES, (144, 10_000), (145, 10_000)),
    ("AcceptanceInAnHour", HOUR, (144, 10_000), (145, 10_000)),
    ("*Throttled", FIVE_MINUTES, (0,), (1,)),
    ("Conflicts", MINUTE, (100,), (101,)),
]
TIMES = {"RelayErrors": 2}


def limits(name: str) -> list[tuple]:
    first = next(pattern for pattern, *_ in LIMITS if fnmatchcase(name, pattern))
    return [limit for limit in LIMITS if limit[0] == first]


def state(name: str, values: tuple) -> bool:
    alarm = ALARMS[name]
    by_metric = dict(zip(map(str, metrics_of(alarm).values()), values, strict=True))
    return is_in_alarm(alarm, lambda metric: by_metric[str(metric)], quota=1_000)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_bears_what_is_usual_and_tells_what_is_not(name):
    for _, _, borne, told in limits(name):
        assert not state(name, borne)
        assert state(name, told)


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_looks_at_the_time_that_its_limit_is_meant_for(name):
    alarm = ALARMS[name]
    periods = {alarm.get("Period"), *(each.get("MetricStat", {}).get("Period") for each in alarm.get("Metrics", []))}
    assert periods - {None} == {limits(name)[0][1]}
    assert alarm["EvaluationPeriods"] == TIMES.get(name, 1)


@pytest.mark.parametrize("name", ALARMS)
def test_what_is_not_measured_is_no_alarm(name):
    assert not is_in_alarm(ALARMS[name], lambda _: None)


def test_every_limit_is_some_alarms():
    assert {pattern for pattern, *_ in LIMITS} == {limits(name)[0][0] for name in ALARMS}
