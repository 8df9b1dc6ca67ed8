"""What AWS publishes when all is well, and when an alarm is to tell: of every alarm whose metric the emulator lacks.

Samples are (second, value), the seconds before the moment at which the alarm is looked at.
"""

from dataclasses import dataclass

from infra.local.cloudformation import of_type, read_template
from metric_samples import Samples, spread

MINUTE, FIVE_MINUTES = 60, 300
TEMPLATE = read_template()


@dataclass(frozen=True)
class Story:
    """By the name of the metric."""

    usual: dict[str, Samples]
    wrong: dict[str, Samples]


# Lambda publishes the age of each batch that it takes from a stream, when it has ended.
def behind(milliseconds: int) -> Story:
    usual = spread(MINUTE, [900, milliseconds - 1, 1_100])
    return Story({"IteratorAge": usual}, {"IteratorAge": [*usual, (-1, milliseconds)]})


# A sample for each request. A percentile bears the few slow ones that the maximum does not.
def slow(metric: str, milliseconds: int) -> Story:
    fast, late = [30] * 198, [milliseconds + 1]
    return Story({metric: spread(FIVE_MINUTES, fast + late * 2)}, {metric: spread(FIVE_MINUTES, fast + late * 3)})


# SQS publishes ages once a minute.
def old(metric: str, seconds: int, **others: Samples) -> Story:
    return Story({metric: [(-30, seconds - 1)], **others}, {metric: [(-30, seconds)]})


# Published as 1 for each that happens; when nothing happens there is no sample.
def happens(metric: str) -> Story:
    return Story({}, {metric: [(-200, 1)]})


def of_queues() -> dict[str, Story]:
    age, quiet = "ApproximateAgeOfOldestMessage", "ApproximateAgeOfOldestMessageInQuietGroups"
    ages = {
        "CallJobsQueue": 300,
        "CallCompletionsQueue": 300,
        "FanOutRestsQueue": 300,
        "AccountEventsQueue": 300,
        "DeliveriesQueue": 120,
        "SlowDeliveriesQueue": 1_800,
        "OperationalEventsQueue": 86_400,
    }
    # An account with a backlog of its own, however old it is, is no quiet one.
    lanes = {
        f"{lane}Unfair": old(quiet, ages[lane], **{age: [(-30, 10 * ages[lane])]})
        for lane in ("DeliveriesQueue", "SlowDeliveriesQueue")
    }
    return {**{f"{queue}Old": old(age, seconds) for queue, seconds in ages.items()}, **lanes}


def of_tables() -> dict[str, Story]:
    """DynamoDB publishes nothing but throttled requests, of an index by its own name."""
    found = {}
    for table, properties in of_type(TEMPLATE, "AWS::DynamoDB::Table").items():
        indexes = [index["IndexName"] for index in properties.get("GlobalSecondaryIndexes", [])]
        for name in [table, *(table + index[0].upper() + index[1:] for index in indexes)]:
            found[f"{name}ReadThrottled"] = happens("ReadThrottleEvents")
            found[f"{name}WriteThrottled"] = happens("WriteThrottleEvents")
    return found


STORIES = {
    "InboundSlow": slow("Duration", 3_000),
    "InboundVerySlow": Story(
        {"Duration": spread(FIVE_MINUTES, [30] * 500 + [8_000])},
        {"Duration": spread(FIVE_MINUTES, [30] * 500 + [8_001])},
    ),
    "SlowAnswers": slow("Latency", 5_000),
    # Of a quota of 1,000. What a function has reserved is claimed whether it runs or not.
    "Concurrency": Story(
        {"ClaimedAccountConcurrency": spread(MINUTE, [400, 799]), "ConcurrentExecutions": spread(MINUTE, [400, 799])},
        {"ClaimedAccountConcurrency": spread(MINUTE, [400, 800]), "ConcurrentExecutions": spread(MINUTE, [0, 3])},
    ),
    "RelayLateMinute": behind(60_000),
    "RelayLateFiveMinutes": behind(300_000),
    "RelayLateThreeHours": behind(10_800_000),
    "RelayDropped": happens("DestinationDeliveryFailures"),
    **of_queues(),
    "SchedulesTargetErrorCount": happens("TargetErrorCount"),
    "SchedulesInvocationDroppedCount": happens("InvocationDroppedCount"),
    "SchedulesInvocationThrottleCount": happens("InvocationThrottleCount"),
    "SchedulesInvocationsFailedToBeSentToDeadLetterCount": happens("InvocationsFailedToBeSentToDeadLetterCount"),
    **of_tables(),
    # One for each item of a transaction that met another one. As many in two minutes are half as many in one.
    "Conflicts": Story(
        {"TransactionConflict": spread(2 * MINUTE, [1] * 200)}, {"TransactionConflict": spread(MINUTE, [1] * 101)}
    ),
}
