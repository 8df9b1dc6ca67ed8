"""Alarms whose metrics the emulator lacks, rehearsed with what AWS would publish."""

import pytest

from alarm_stories import STORIES
from metric_samples import is_in_alarm_at, percentile_99, spread
from nested_stacks import ALARMS

HOUR = 3_600


@pytest.mark.parametrize("name", STORIES)
def test_an_alarm_bears_a_usual_hour_tells_a_bad_one_and_ends_with_it(name):
    alarm, story = ALARMS[name], STORIES[name]
    assert not is_in_alarm_at(alarm, story.usual)
    assert is_in_alarm_at(alarm, story.wrong)
    assert not is_in_alarm_at(alarm, story.wrong, moment=HOUR)


# The one with two periods. On the stack, where it fails once, test_rehearsal.py sees its metric.
def test_the_relay_fails_once_without_an_alarm_and_twice_in_a_row_with_one():
    once, twice = {"Errors": [(-10, 1)]}, {"Errors": [(-310, 1), (-10, 1)]}
    assert not is_in_alarm_at(ALARMS["RelayErrors"], once)
    assert is_in_alarm_at(ALARMS["RelayErrors"], twice)


@pytest.mark.parametrize("quota", [10, 1_000])
def test_concurrency_is_a_part_of_the_quota_whatever_that_is(quota):
    def claimed(share: float) -> dict:
        return {"ClaimedAccountConcurrency": [(-10, share * quota)], "ConcurrentExecutions": [(-10, 1)]}

    assert not is_in_alarm_at(ALARMS["Concurrency"], claimed(0.7), quota=quota)
    assert is_in_alarm_at(ALARMS["Concurrency"], claimed(0.8), quota=quota)


def test_a_percentile_is_the_value_that_so_many_are_not_above():
    assert percentile_99(list(range(1, 101))) == 99
    assert percentile_99([7]) == 7


def test_samples_are_spread_over_the_seconds_before_the_moment():
    assert spread(60, [1, 2, 3]) == [(-60, 1), (-40, 2), (-20, 3)]
