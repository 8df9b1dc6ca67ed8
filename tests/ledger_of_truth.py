"""What must be true once the dust has settled, read from the tables, the queues and the endpoints themselves."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from boto3.dynamodb.types import TypeDeserializer

from queues import Jobs, Message
from receiver import Receiver
from stack import Stack
from tables import everything_in

_read_value = TypeDeserializer().deserialize


def rows_of(stack: Stack, table: str) -> list[dict]:
    return [{name: _read_value(value) for name, value in item.items()} for item in everything_in(stack, table)]


@dataclass(eq=False)
class Story:
    """One main job: what was asked for, and what was answered."""

    account_id: str
    webhook_id: str
    topped_up: int
    cost: int
    endpoints: dict[str, tuple[str, Receiver]]  # webhook id and endpoint, by what they are called
    postponed: str  # the endpoint whose next attempt is scheduled for later than the test waits
    answers: list[int] = field(default_factory=list)
    call_id: str | None = None  # of the completion that was sent
    credits_after_refusal: list[int] = field(default_factory=list)

    @property
    def is_accepted(self) -> bool:
        return 201 in self.answers


class Truth:
    """Everything on record, read once, sorted by whose it is."""

    def __init__(self, stack: Stack):
        self.balances = {row["id"]: int(row["credits"]) for row in rows_of(stack, "Accounts")}
        self.ledger = _grouped(rows_of(stack, "Ledger"), "accountId")
        self.calls = _grouped(rows_of(stack, "Calls"), "accountId")
        self.attempts = _grouped(rows_of(stack, "DeliveryLogs"), "webhookId")
        self._scheduler = stack.client("scheduler")

    def has_arrived(self, story: Story) -> bool:
        """Whether each endpoint's log says how the delivery ended, or when it goes on."""
        return not list(self._missing_in_logs(story)) and not self._unmarked(story)

    def violations(self, story: Story, jobs: Jobs, dead: list[Message]) -> list[str]:
        found = [f"answered {story.answers}, never 201"] if not story.is_accepted else []
        found += self._violations_of_jobs(story, jobs)
        found += self._missing_in_logs(story)
        found += self._unmarked(story)
        found += _violations_at_endpoints(story)
        found += self._violations_of_credits(story)
        found += [f"in a dead-letter queue: {m.message_attributes}" for m in dead if story.account_id in m.body]
        return found

    def _violations_of_jobs(self, story: Story, jobs: Jobs) -> list[str]:
        sent = Counter(
            job["callId"]
            for message in jobs.matching(lambda message: story.webhook_id in message.body)
            for job in [message.json()]
        )
        accepted = [call for call in self.calls[story.account_id] if call["status"] == "finished"]
        if story.is_accepted and (len(sent) != 1 or sum(sent.values()) != 1):
            return [f"{len(sent)} calls have a job, of which there are {sum(sent.values())}; answers {story.answers}"]
        if {call["id"] for call in accepted} - set(sent):
            return ["a call has a result and never had a job"]
        if len(self.calls[story.account_id]) != 1:
            return [f"{len(self.calls[story.account_id])} calls on record for one request"]
        return []

    def _missing_in_logs(self, story: Story):
        for name, (webhook_id, _) in story.endpoints.items():
            rows = [row for row in self.attempts[webhook_id] if row.get("callId") == story.call_id]
            if not rows:
                yield f"nothing in the log of the {name} endpoint"
            elif name != story.postponed and not any(row["outcome"] == "succeeded" for row in rows):
                yield f"the log of the {name} endpoint has no success: {len(rows)} attempts"
            elif name == story.postponed:
                if not self.schedules_of(rows[0]["deliveryId"]):
                    yield f"the {name} endpoint's next attempt is not scheduled"

    def schedules_of(self, delivery_id: str) -> list[dict]:
        return self._scheduler.list_schedules(NamePrefix=f"{delivery_id}.")["Schedules"]

    def _unmarked(self, story: Story) -> list[str]:
        calls = [call for call in self.calls[story.account_id] if call["id"] == story.call_id]
        marks = ("settledAt", "fannedOutAt")
        return [f"the call lacks {mark}" for call in calls for mark in marks if not call.get(mark)]

    def _violations_of_credits(self, story: Story) -> list[str]:
        balance, lines = self.balances[story.account_id], self.ledger[story.account_id]
        total = sum(int(line["amount"]) for line in lines)
        found = []
        if balance != total:
            found.append(f"the balance is {balance}, the ledger's lines add up to {total}")
        expected = story.topped_up - story.cost if story.call_id else story.topped_up
        if balance != expected:
            found.append(f"the balance is {balance} and should be {expected}")
        for credits in story.credits_after_refusal:
            if credits != story.topped_up:
                found.append(f"a request that was answered 5xx left {story.topped_up - credits} credit reserved")
        return found


def _violations_at_endpoints(story: Story) -> list[str]:
    found = []
    for name, (_, endpoint) in story.endpoints.items():
        requests = endpoint.requests
        ids = {request.headers["webhook-id"] for request in requests}
        bodies = {request.body for request in requests}
        if story.call_id and (len(ids), len(bodies)) != (1, 1):
            found.append(f"the {name} endpoint saw {len(ids)} ids and {len(bodies)} bodies")
    return found


def _grouped(rows: list[dict], by: str) -> dict[str, list[dict]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.get(by)].append(row)
    return groups

