"""The dashboard: what is counted for it in logs, and its graphs, from what a CRM sees to what lies inside.

The lines that are counted are written at `LogLevel` INFO.
"""

from cloudformation import of_type
from metric import (
    OURS,
    Counted,
    Metric,
    api_metric,
    conflicts,
    gives_up,
    lambda_metric,
    queue_metric,
    schedule_metric,
)
from widget import Line, Widget

MINUTE = 60
# What may wait in it waits for a person.
READ_BY_PEOPLE = "OperationalEventsQueue"
LANES = ("DeliveriesQueue", "SlowDeliveriesQueue")
CANCELLED_BECAUSE = ("insufficient_funds", "campaign_not_active")

COUNTED = [
    Counted("CallsAccepted", "InboundLogs", '{ $.outcome = "accepted" }'),
    Counted("CallsCancelled", "InboundLogs", '{ $.outcome = "cancelled" }', dimensions={"Reason": "$.reason"}),
    Counted("RequestsRejected", "InboundLogs", '{ $.outcome = "rejected" }'),
    Counted("AttemptsSucceeded", "DeliverLogs", '{ $.outcome = "succeeded" }'),
    Counted("AttemptsFailed", "DeliverLogs", '{ $.outcome = "failed" || $.outcome = "errored" }'),
    Counted("DeliveriesGivenUp", "DeliverLogs", '{ $.is_last IS TRUE && $.outcome != "succeeded" }'),
    Counted("EndpointsDisabled", "DeliverLogs", '{ $.reason = "gone" || $.reason = "failing" }'),
    Counted("AttemptDuration", "DeliverLogs", "{ $.duration_ms = * }", value="$.duration_ms"),
    Counted("FirstAttemptWait", "DeliverLogs", "{ $.waited_ms = * }", value="$.waited_ms"),
]


def widgets(template: dict) -> list[Widget]:
    queues = of_type(template, "AWS::SQS::Queue")
    given_up = [queue for queue in queues if gives_up(queue)]
    taken = [queue for queue in queues if queue not in (*given_up, READ_BY_PEOPLE)]
    return [
        *of_requests(),
        *of_queues(taken),
        *of_attempts(),
        Widget("Dead letters", [messages(queue) for queue in given_up]),
        Widget("Transactions that met another one at an account", [Line("conflicts", conflicts())]),
        Widget("How far the relay is behind (ms)", [Line("age", lambda_metric("Relay", "IteratorAge", "Maximum", 60))]),
    ]


def of_requests() -> list[Widget]:
    claimed = Metric("AWS/Lambda", "ClaimedAccountConcurrency", "Maximum", MINUTE)
    executions = Metric("AWS/Lambda", "ConcurrentExecutions", "Maximum", MINUTE)
    return [
        Widget(
            "Requests by status",
            [
                Line("all", api_metric("Count", seconds=MINUTE), id="requests", is_shown=False),
                Line("4xx", api_metric("4xx", seconds=MINUTE), id="rejected"),
                Line("5xx", api_metric("5xx", seconds=MINUTE), id="failed"),
            ],
            {"2xx and 3xx": "requests - rejected - failed"},
        ),
        Widget(
            "Latency (ms)",
            [
                Line("half of all answers", api_metric("Latency", "p50", MINUTE)),
                Line("99 of 100 answers", api_metric("Latency", "p99", MINUTE)),
                Line("99 of 100 of inbound", lambda_metric("Inbound", "Duration", "p99", MINUTE)),
            ],
        ),
        Widget(
            "Calls, and requests that were rejected",
            [
                Line("accepted", ours("CallsAccepted")),
                *(Line(f"cancelled: {why}", ours("CallsCancelled", Reason=f"={why}")) for why in CANCELLED_BECAUSE),
                Line("rejected", ours("RequestsRejected")),
            ],
        ),
        Widget(
            "Lambda concurrency of the region, and its quota",
            [Line("in use or reserved", claimed), Line("in use", executions, id="executions")],
            {"quota": "SERVICE_QUOTA(executions)"},
        ),
    ]


def of_queues(taken: list[str]) -> list[Widget]:
    oldest = [Line(queue, queue_metric(queue, "ApproximateAgeOfOldestMessage")) for queue in taken]
    quiet = [
        Line(f"{lane}, quiet accounts", queue_metric(lane, "ApproximateAgeOfOldestMessageInQuietGroups"))
        for lane in LANES
    ]
    noisy = [Line(lane, queue_metric(lane, "ApproximateNumberOfNoisyGroups")) for lane in LANES]
    return [
        Widget("Messages that wait", [messages(queue) for queue in taken]),
        Widget("Age of the oldest message (s)", [*oldest, *quiet]),
        Widget("Accounts that make a backlog", noisy),
        Widget(
            "Schedules",
            [
                Line("tried", schedule_metric("InvocationAttemptCount")),
                Line("got an error", schedule_metric("TargetErrorCount")),
                Line("throttled", schedule_metric("InvocationThrottleCount")),
                Line("given up", schedule_metric("InvocationDroppedCount")),
            ],
        ),
    ]


def of_attempts() -> list[Widget]:
    return [
        Widget(
            "Attempts, and how deliveries end",
            [
                Line("delivered", ours("AttemptsSucceeded")),
                Line("failed", ours("AttemptsFailed")),
                Line("given up", ours("DeliveriesGivenUp")),
                Line("endpoints disabled", ours("EndpointsDisabled")),
            ],
        ),
        Widget(
            "Nine in ten: an attempt, and the wait from the completion to the first one (ms)",
            [
                Line("attempt", ours("AttemptDuration", "p90")),
                Line("wait", ours("FirstAttemptWait", "p90")),
            ],
        ),
    ]


def messages(queue: str) -> Line:
    return Line(queue, queue_metric(queue, "ApproximateNumberOfMessagesVisible"))


def ours(name: str, statistic: str = "Sum", **dimensions: str) -> Metric:
    return Metric(OURS, name, statistic, MINUTE, dimensions)
