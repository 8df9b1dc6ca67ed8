"""What must be true once the dust has settled, judged by the tables, the queues and the endpoints themselves."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from boto3.dynamodb.types import TypeDeserializer

from deployed_stack import Stack
from queues import DeadLetters, Jobs, Message
from receiver import Receiver

_read_value = TypeDeserializer().deserialize

# Of a function: nothing happened. Other 5xx are the gateway's, whose function died; those say nothing.
TRY_AGAIN = 503


class Part(Enum):
    """What an endpoint has to be told, and how it takes it."""

    TAKES = "takes what became of the call"
    POSTPONES = "its next attempt is scheduled for later than the test waits"
    OWN = "takes the call's id and nothing else, by a payload of its own"
    LEFT_OUT = "is told nothing: by its filter, or because it does not ask"
    GONE = "answers that it is gone, and is disabled"
    WATCHES = "is told nothing but that the one that is gone was disabled"
    HEARS = "is told nothing but that another one fails"


# What they are told of, and no call.
EVENTS = {Part.WATCHES: "webhook.disabled", Part.HEARS: "webhook.failing"}


@dataclass(eq=False)
class Told:
    """An endpoint that is told how the call went, or what became of another one thereby."""

    webhook_id: str
    receiver: Receiver
    part: Part = Part.TAKES


@dataclass(eq=False)
class Story:
    """One main job: what was asked for, and what was answered."""

    account_id: str
    webhook_id: str
    topped_up: int
    cost: int
    endpoints: dict[str, Told]
    answers: list[int] = field(default_factory=list)
    call_id: str | None = None  # of the completion that was sent
    credits_after_refusal: list[int] = field(default_factory=list)
    never_logged: int = 0  # rows of the request log whose writing was spoiled for good
    is_cancelled: bool = False  # the call is recorded, and does not ring

    @property
    def is_accepted(self) -> bool:
        return 201 in self.answers


@dataclass(eq=False)
class Evidence:
    """Everything on record, sorted by whose it is."""

    balances: dict[str, int]
    ledger: dict[str, list[dict]]
    calls: dict[str, list[dict]]
    requests: dict[str, list[dict]]
    attempts: dict[str, list[dict]]
    schedules: set[str]  # names, which begin with a delivery's id
    jobs: dict[str, list[dict]]
    dead: list[Message]

    @classmethod
    def read(cls, stack: Stack, jobs: Jobs, dead_letters: DeadLetters, stories: list[Story]) -> "Evidence":
        """Of these stories' accounts, and of those that were made later: ids are sorted by time."""
        account, webhook = min(story.account_id for story in stories), min(story.webhook_id for story in stories)
        return cls(
            balances={row["id"]: int(row["credits"]) for row in _rows_of(stack, "Accounts", id=account)},
            ledger=_grouped(_rows_of(stack, "Ledger", accountId=account), "accountId"),
            calls=_grouped(_rows_of(stack, "Calls", accountId=account), "accountId"),
            requests=_grouped(_rows_of(stack, "RequestLogs", webhookId=webhook), "webhookId"),
            attempts=_grouped(_rows_of(stack, "DeliveryLogs", webhookId=webhook), "webhookId"),
            schedules=_schedules_of(stack),
            jobs=_grouped([message.json() for message in jobs.matching(lambda message: True)], "webhookId"),
            dead=dead_letters.matching(lambda message: True),
        )

    def has_arrived(self, story: Story) -> bool:
        """Whether each endpoint's log says how the delivery ended, or when it goes on."""
        return not [*missing_in_logs(story, self), *unmarked(story, self)]

    def violations(self, story: Story) -> list[str]:
        return [found for rule in RULES for found in rule(story, self)]


def accepted_at_last(story: Story, _: Evidence) -> Iterator[str]:
    if not story.is_accepted:
        yield f"answered {story.answers}, never 201"


def one_job(story: Story, evidence: Evidence) -> Iterator[str]:
    sent = [job["callId"] for job in evidence.jobs[story.webhook_id]]
    if story.is_accepted and len(sent) != (not story.is_cancelled):
        yield f"{len(sent)} jobs of {len(set(sent))} calls; answers {story.answers}"
    for call in evidence.calls[story.account_id]:
        if call["status"] == "finished" and call["id"] not in sent:
            yield "a call has a result and never had a job"


def one_call(story: Story, evidence: Evidence) -> Iterator[str]:
    calls = evidence.calls[story.account_id]
    if len(calls) != 1:
        yield f"{len(calls)} calls on record for one request"


def missing_in_logs(story: Story, evidence: Evidence) -> Iterator[str]:
    for name, told in story.endpoints.items():
        rows = [row for row in evidence.attempts[told.webhook_id] if is_of(story, told, row)]
        if told.part is Part.LEFT_OUT:
            continue
        if not rows:
            yield f"nothing in the log of the {name} endpoint"
        elif told.part is Part.GONE:
            continue  # a crash may leave it disabled, and the row of an end without an attempt
        elif told.part is Part.POSTPONES:
            if not any(schedule.startswith(f"{rows[0]['deliveryId']}.") for schedule in evidence.schedules):
                yield f"the {name} endpoint's next attempt is not scheduled"
        elif not any(row["outcome"] == "succeeded" for row in rows):
            yield f"the log of the {name} endpoint has no success: {len(rows)} attempts"


def is_of(story: Story, told: Told, row: dict) -> bool:
    """Whether a row of an endpoint's log is of what it has to be told."""
    if told.part in EVENTS:
        return row.get("event") == EVENTS[told.part]
    return row.get("callId") == story.call_id


def nothing_else(story: Story, evidence: Evidence) -> Iterator[str]:
    for name, told in story.endpoints.items():
        rows = evidence.attempts[told.webhook_id]
        if told.part is Part.LEFT_OUT and (rows or told.receiver.requests):
            yield f"the {name} endpoint is told, and should not be"
        if others := [row for row in rows if story.call_id and not is_of(story, told, row)]:
            yield f"the log of the {name} endpoint has {len(others)} rows of something else"
        if told.part is Part.OWN and {request.body for request in told.receiver.requests} - {
            f"{story.call_id}".encode()
        }:
            yield f"the {name} endpoint is sent something else than its payload says"


def whole_logs(story: Story, evidence: Evidence) -> Iterator[str]:
    for name, told in story.endpoints.items():
        made = sorted(int(row["attempt"]) for row in evidence.attempts[told.webhook_id])
        if made != list(range(1, len(made) + 1)):
            yield f"the log of the {name} endpoint has attempts {made}"


def unmarked(story: Story, evidence: Evidence) -> Iterator[str]:
    for call in evidence.calls[story.account_id]:
        for mark in ("settledAt", "fannedOutAt"):
            if call["id"] == story.call_id and not call.get(mark) and not story.is_cancelled:
                yield f"the call lacks {mark}"


def same_bytes(story: Story, evidence: Evidence) -> Iterator[str]:
    for name, told in story.endpoints.items():
        requests = told.receiver.requests
        ids = {request.headers["webhook-id"] for request in requests}
        # Of a failure that is told again after a crash, the time is another.
        bodies = {request.headers["webhook-id"] if told.part is Part.HEARS else request.body for request in requests}
        if story.call_id and told.part is not Part.LEFT_OUT and (len(ids), len(bodies)) != (1, 1):
            yield f"the {name} endpoint saw {len(ids)} ids and {len(bodies)} bodies"
        if logged := {row["deliveryId"] for row in evidence.attempts[told.webhook_id]} - ids:
            yield f"the log of the {name} endpoint has ids that it never saw: {logged}"


def exact_credits(story: Story, evidence: Evidence) -> Iterator[str]:
    balance, lines = evidence.balances[story.account_id], evidence.ledger[story.account_id]
    total = sum(int(line["amount"]) for line in lines)
    if balance != total:
        yield f"the balance is {balance}, the ledger's lines add up to {total}"
    expected = story.topped_up - story.cost if story.call_id else story.topped_up
    if balance != expected:
        yield f"the balance is {balance} and should be {expected}"
    settled = [line for line in lines if line["kind"] == "settled"]
    if len(settled) != (bool(story.call_id) and not story.is_cancelled):
        yield f"settled {len(settled)} times"
    for credits in story.credits_after_refusal:
        if credits != story.topped_up:
            yield f"a request that was answered {TRY_AGAIN} left {story.topped_up - credits} credit reserved"


def logged_requests(story: Story, evidence: Evidence) -> Iterator[str]:
    rows = evidence.requests[story.webhook_id]
    logged_as = "cancelled" if story.is_cancelled else "accepted"
    accepted = [row for row in rows if row["outcome"] == logged_as and int(row["statusCode"]) == 201]
    answered = story.answers.count(201)
    died = sum(status >= 500 and status != TRY_AGAIN for status in story.answers)
    least, most = answered - story.never_logged, answered + story.never_logged + died
    if not least <= len(accepted) <= most:
        yield f"{len(accepted)} requests are logged as {logged_as}, {answered} were; answers {story.answers}"
    if (refused := len(rows) - len(accepted) - story.answers.count(TRY_AGAIN) - died) > 0:
        yield f"{refused} requests are logged as refused that were not"
    if strange := {row.get("callId") for row in accepted} - {call["id"] for call in evidence.calls[story.account_id]}:
        yield f"the request log names calls that are not there: {strange}"


def no_dead_letters(story: Story, evidence: Evidence) -> Iterator[str]:
    for message in evidence.dead:
        if story.account_id in message.body:
            yield f"in a dead-letter queue: {message.message_attributes}"


RULES = (
    accepted_at_last,
    one_job,
    one_call,
    missing_in_logs,
    nothing_else,
    whole_logs,
    unmarked,
    same_bytes,
    exact_credits,
    logged_requests,
    no_dead_letters,
)


def _rows_of(stack: Stack, table: str, **first: str) -> list[dict]:
    """The rows whose attribute of that name is not less."""
    ((name, value),) = first.items()
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.physical_ids[table],
            FilterExpression="#name >= :first",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":first": {"S": value}},
        )
    )
    return [{name: _read_value(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def _schedules_of(stack: Stack) -> set[str]:
    # The emulator gives one page, as long as it is asked for.
    found = stack.client("scheduler").list_schedules(MaxResults=1_000_000)["Schedules"]
    return {schedule["Name"] for schedule in found}


def _grouped(rows: list[dict], by: str) -> dict[str, list[dict]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.get(by)].append(row)
    return groups
