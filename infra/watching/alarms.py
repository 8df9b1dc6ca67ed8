"""The list of alarms. Each function, queue, table and index of the template has those of its kind: none is forgotten.

What an alarm means and what to do is in docs/alarms.md, under the heading that it has the anchor of.
"""

from collections.abc import Iterator

from alarm import Alarm, described, lines, one
from cloudformation import of_type
from metric import (
    Counted,
    Metric,
    api_metric,
    conflicts,
    gives_up,
    lambda_metric,
    queue_metric,
    schedule_metric,
)

# Where functions differ. A CRM sees what becomes of inbound's request; the relay tries again by itself.
ERROR_PERIODS = {"Relay": 2}
MOST_THROTTLES = {"Inbound": 1}
# How old a message may become, in seconds. Those of the slow lane may be delayed for 900.
AGES = {
    "CallJobsQueue": 300,
    "CallCompletionsQueue": 300,
    "FanOutRestsQueue": 300,
    "AccountEventsQueue": 300,
    "DeliveriesQueue": 120,
    "SlowDeliveriesQueue": 1_800,
    "OperationalEventsQueue": 86_400,
}
LANES = ("DeliveriesQueue", "SlowDeliveriesQueue")

# Milliseconds. Past five minutes the queue of jobs no longer drops a call's second job; after 23 hours it is given up.
RELAY_AGES = {"Minute": 60_000, "FiveMinutes": 300_000, "ThreeHours": 10_800_000}


# A message of a batch that fails is no error of its function: only the log tells.
def error_lines(function: str) -> Counted:
    return Counted(f"{function}ErrorLines", f"{function}Logs", '{ $.level = "ERROR" }')


# API Gateway has no metric of what it throttles. Its access log has each status as a text. Only the CRMs' route: on the
# others an account that asks for too many tests or resends is answered 429 by us, and could alarm the operator.
TOO_MANY = Counted("RefusedAsTooMany", "ApiAccessLogs", '{ $.status = "429" && $.routeKey = "ANY /{slug}" }')


def counted(template: dict) -> list[Counted]:
    return [*(error_lines(function) for function in of_type(template, "AWS::Serverless::Function")), TOO_MANY]


def alarms(template: dict) -> Iterator[Alarm]:
    for function, properties in of_type(template, "AWS::Serverless::Function").items():
        yield from of_function(function)
        if properties.get("RecursiveLoop") == "Allow":
            yield stopped_as_a_loop(function)
    yield from of_inbound_and_all()
    yield from of_relay()
    for queue in of_type(template, "AWS::SQS::Queue"):
        yield from of_queue(queue)
    yield from of_schedules()
    yield from of_api()
    for table, properties in of_type(template, "AWS::DynamoDB::Table").items():
        yield from of_table(table, [index["IndexName"] for index in properties.get("GlobalSecondaryIndexes", [])])
    yield of_accounts()


def of_function(function: str) -> Iterator[Alarm]:
    yield Alarm(
        f"{function}Errors",
        "errors",
        f"Invocations of {function} fail. What came from a queue or a stream comes again. Read the function's log.",
        one(lambda_metric(function, "Errors")),
        at_least=1,
        periods=ERROR_PERIODS.get(function, 1),
    )
    yield Alarm(
        f"{function}Throttles",
        "throttles",
        f"Lambda had no concurrency for {function}. Raise the quota, or lower the limits of the queues.",
        one(lambda_metric(function, "Throttles")),
        at_least=MOST_THROTTLES.get(function, 10),
    )
    yield Alarm(
        f"{function}LogsErrors",
        "error-lines",
        f"{function} has logged an error: something was not done, or comes again. Read the line.",
        lines(error_lines(function)),
        at_least=1,
    )


# Lambda counts this only where the setting is lost.
def stopped_as_a_loop(function: str) -> Alarm:
    return Alarm(
        f"{function}StoppedAsLoop",
        "stopped-as-a-loop",
        f"Lambda takes {function} for an endless loop and drops its messages. Set its RecursiveLoop to Allow again.",
        one(lambda_metric(function, "RecursiveInvocationsDropped")),
        at_least=1,
    )


def of_inbound_and_all() -> Iterator[Alarm]:
    yield Alarm(
        "InboundSlow",
        "slow-answers",
        "One request in a hundred takes inbound more than 3 s. See whether DynamoDB or SQS is slow.",
        one(lambda_metric("Inbound", "Duration", "p99")),
        more_than=3_000,
    )
    yield Alarm(
        "InboundVerySlow",
        "slow-answers",
        "A request has taken inbound more than 8 s. See whether DynamoDB or SQS answers at all.",
        one(lambda_metric("Inbound", "Duration", "Maximum")),
        more_than=8_000,
    )
    # Of all functions of the region. AWS tells the quota, so it may be raised without a deployment.
    yield Alarm(
        "Concurrency",
        "concurrency",
        "Four fifths of the region's Lambda concurrency are in use. At the quota CRMs get 500: raise it, or lower the "
        "limits of the queues.",
        {
            "used": Metric("AWS/Lambda", "ClaimedAccountConcurrency", "Maximum", 60),
            "executions": Metric("AWS/Lambda", "ConcurrentExecutions", "Maximum", 60),
        },
        expression="100 * used / SERVICE_QUOTA(executions)",
        at_least=80,
    )


def of_relay() -> Iterator[Alarm]:
    for late, milliseconds in RELAY_AGES.items():
        yield Alarm(
            f"RelayLate{late}",
            "the-relay-is-late",
            f"The relay is {milliseconds // 1000} s behind: calls whose job inbound could not send wait. Read its log.",
            one(lambda_metric("Relay", "IteratorAge", "Maximum", 60)),
            at_least=milliseconds,
        )
    # The same as DroppedEventCount where there is a queue for failures, and free.
    yield Alarm(
        "RelayDropped",
        "the-relay-has-dropped-calls",
        "The relay has given calls up, and the queue of its failures does not say which. Look for queued calls.",
        one(lambda_metric("Relay", "DestinationDeliveryFailures")),
        at_least=1,
    )


def of_queue(queue: str) -> Iterator[Alarm]:
    def metric(name: str) -> dict[str, Metric]:
        return one(queue_metric(queue, name))

    if gives_up(queue):
        yield Alarm(
            f"{queue}NotEmpty",
            "dead-letters",
            f"Something was given up and lies in {queue}, for 14 days. Read it, mend the cause, send it back.",
            metric("ApproximateNumberOfMessagesVisible"),
            at_least=1,
        )
        return
    yield Alarm(
        f"{queue}Old",
        "old-messages",
        f"A message of {queue} is older than it should be: whoever takes from it is slow, stopped or overloaded.",
        metric("ApproximateAgeOfOldestMessage"),
        at_least=AGES[queue],
    )
    # A quiet group is an account that has not made the backlog. In a fair queue it should not notice it.
    if queue in LANES:
        yield Alarm(
            f"{queue}Unfair",
            "quiet-accounts-wait",
            f"In {queue} even accounts wait that have not made the backlog: there is more work than concurrency.",
            metric("ApproximateAgeOfOldestMessageInQuietGroups"),
            at_least=AGES[queue],
        )


def of_schedules() -> Iterator[Alarm]:
    for name, failed in {
        "TargetErrorCount": "got an error from the queue",
        "InvocationDroppedCount": "was given up",
        "InvocationThrottleCount": "was throttled",
        "InvocationsFailedToBeSentToDeadLetterCount": "was given up, and is not in the dead letters either",
    }.items():
        yield Alarm(
            f"Schedules{name}",
            "schedules",
            f"A schedule that was to put an attempt back into the queue {failed}.",
            one(schedule_metric(name)),
            at_least=1,
        )


def of_api() -> Iterator[Alarm]:
    def errors_and_requests(seconds: int) -> dict[str, Metric]:
        return {"errors": api_metric("5xx", seconds=seconds), "requests": api_metric("Count", seconds=seconds)}

    yield Alarm(
        "ServerErrors",
        "server-errors",
        "More than one request in a hundred is answered with a 5xx, and five at least. Find who answers so.",
        errors_and_requests(300),
        expression="IF(errors >= 5, 100 * errors / requests, 0)",
        more_than=1,
    )
    yield Alarm(
        "SlowAnswers",
        "slow-answers",
        "One request in a hundred is answered after more than 5 s. See which route: a test waits for an endpoint.",
        one(api_metric("Latency", "p99")),
        more_than=5_000,
    )
    yield Alarm(
        "TooManyRequests",
        "too-many-requests",
        "A CRM's request was answered 429 by API Gateway's throttle. If the CRM does not repeat it, a lead is lost.",
        lines(TOO_MANY),
        at_least=1,
    )
    # 99.9 % of a month's requests are to be answered. Errors at 14.4 times the rate that this allows use up a fiftieth
    # of the month's share in an hour. Both windows: it has lasted, and it still goes on.
    for window, seconds in {"FiveMinutes": 300, "AnHour": 3_600}.items():
        yield Alarm(
            f"AcceptanceIn{window}",
            "acceptance",
            f"A part of the alarm Acceptance: over 1.44 % of the requests of {seconds} s were answered with a 5xx.",
            errors_and_requests(seconds),
            expression="100 * errors / requests",
            more_than=1.44,
            tells=False,
        )


ACCEPTANCE = {
    "Type": "AWS::CloudWatch::CompositeAlarm",
    "Properties": {
        "AlarmName": {"Fn::Sub": "${Stack}-Acceptance"},
        "AlarmDescription": described("So many requests fail that a month's 0.1 % lasts for two days.", "acceptance"),
        "AlarmActions": [{"Ref": "AlarmTopic"}],
        "AlarmRule": {"Fn::Sub": 'ALARM("${AcceptanceInFiveMinutes}") AND ALARM("${AcceptanceInAnHour}")'},
    },
}


# On demand, so what is throttled is one key that is asked for too often, or a rise that is too steep.
def of_table(table: str, indexes: list[str]) -> Iterator[Alarm]:
    for index in [None, *indexes]:
        dimensions = {"TableName": table} | ({"GlobalSecondaryIndexName": f"={index}"} if index else {})
        name = table + (index[0].upper() + index[1:] if index else "")
        for requests in ("Read", "Write"):
            yield Alarm(
                f"{name}{requests}Throttled",
                "throttled-tables",
                f"DynamoDB throttles what would {requests.lower()} {f'the index {index} of ' if index else ''}{table}.",
                one(Metric("AWS/DynamoDB", f"{requests}ThrottleEvents", "Sum", 300, dimensions)),
                at_least=1,
            )


def of_accounts() -> Alarm:
    return Alarm(
        "Conflicts",
        "conflicts",
        "Transactions collide at the item of an account more than a hundred times a minute: it has very many requests "
        "or completions at once.",
        one(conflicts()),
        more_than=100,
    )
