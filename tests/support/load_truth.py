"""What must be true when a load has passed, read from the tables, the queues and the endpoints."""

from collections import Counter
from dataclasses import dataclass

from boto3.dynamodb.types import TypeDeserializer

from deployed_stack import Stack
from load_plan import Share
from tables import everything_in

# Of an account's cancelled calls.
TOLD_IN_A_MINUTE = 60
_read_value = TypeDeserializer().deserialize
_QUEUE_COUNTS = {
    "due": "ApproximateNumberOfMessages",
    "in flight": "ApproximateNumberOfMessagesNotVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
}


def rows_of(stack: Stack, table: str, key: str, value: str, **index: str) -> list[dict]:
    """The rows of one partition of a table, or of its index."""
    pages = (
        stack.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=stack.physical_ids[table],
            KeyConditionExpression="#key = :value",
            ExpressionAttributeNames={"#key": key},
            ExpressionAttributeValues={":value": {"S": value}},
            **index,
        )
    )
    return [_plain(item) for page in pages for item in page["Items"]]


def attempts_at(stack: Stack, webhook_id: str) -> list[dict]:
    return rows_of(stack, "DeliveryLogs", "webhookId", webhook_id, IndexName="byWebhook")


def _plain(item: dict) -> dict:
    return {name: _read_value(value) for name, value in item.items()}


def came_to(row: dict) -> str:
    """An attempt's status code, or the error code when there was no answer."""
    return str(row["statusCode"]) if row.get("statusCode") else row["error"]["code"]


def queue_counts(stack: Stack) -> dict[str, dict[str, int]]:
    """How many messages each queue holds, in which state."""
    sqs = stack.client("sqs")
    counts = {}
    for url in sqs.list_queues()["QueueUrls"]:
        told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(_QUEUE_COUNTS.values()))["Attributes"]
        counts[url.rsplit("/", 1)[-1]] = {state: int(told[name]) for state, name in _QUEUE_COUNTS.items()}
    return counts


def is_working(counts: dict[str, dict[str, int]]) -> bool:
    """Whether a queue that a function reads has something due or under way; what is delayed is left alone."""
    others = ("dead-letters", "operational-events", "relay-failures", ".fifo")
    read = [states for name, states in counts.items() if not any(other in name for other in others)]
    return any(states["due"] or states["in flight"] for states in read)


def dead(counts: dict[str, dict[str, int]]) -> int:
    return sum(sum(states.values()) for name, states in counts.items() if "dead-letters" in name)


@dataclass(frozen=True)
class Truth:
    balances: dict[str, list[dict]]
    ledger: dict[str, list[dict]]
    calls: dict[str, list[dict]]
    attempts: dict[str, list[dict]]
    jobs: dict[str, list[dict]]

    @classmethod
    def read(cls, stack: Stack, shares: list[Share], jobs: list[dict]) -> "Truth":
        accounts = [share.account_id for share in shares]
        webhooks = [webhook_id for share in shares for webhook_id in share.endpoints]
        calls = [_plain(item) for item in everything_in(stack, "Calls")]  # no index has every mark
        return cls(
            balances={account: rows_of(stack, "Accounts", "id", account) for account in accounts},
            ledger={account: rows_of(stack, "Ledger", "accountId", account) for account in accounts},
            calls={account: [call for call in calls if call["accountId"] == account] for account in accounts},
            attempts={webhook_id: attempts_at(stack, webhook_id) for webhook_id in webhooks},
            jobs={account: [job for job in jobs if job["accountId"] == account] for account in accounts},
        )

    def violations(self, share: Share) -> list[str]:
        found = [*self._of_calls(share), *self._of_credits(share), *self._of_events(share)]
        for webhook_id, endpoint in share.endpoints.items():
            found += [f"{webhook_id}: {told}" for told in self._of_endpoint(share, webhook_id, endpoint)]
        return found

    def _of_calls(self, share: Share):
        """Every phone has one call, and every call that could be paid has one job."""
        calls = [call for call in self.calls[share.account_id] if call["source"] == "inbound"]
        called = Counter(call["recipient"]["phoneNumber"] for call in calls)
        if called != Counter(share.phones):
            yield f"{sum(called.values())} calls with {len(called)} phones for {len(share.phones)} requests"
        jobs = Counter(job["callId"] for job in self.jobs[share.account_id])
        dialled = {call["id"] for call in calls if call["status"] != "cancelled"}
        if set(jobs) != dialled or set(jobs.values()) - {1}:
            yield f"{sum(jobs.values())} jobs of {len(jobs)} calls, where {len(dialled)} calls are dialled"
        if len(dialled) != share.calls_funded:
            yield f"{len(dialled)} calls are dialled, {share.calls_funded} could be paid"
        unmarked = [
            call["id"]
            for call in self.calls[share.account_id]
            if call["status"] != "cancelled" and not (call.get("settledAt") and call.get("fannedOutAt"))
        ]
        if unmarked:
            yield f"{len(unmarked)} calls are not settled or not fanned out, {unmarked[0]} for one"

    def _of_credits(self, share: Share):
        (account,) = self.balances[share.account_id]
        balance, lines = int(account["credits"]), self.ledger[share.account_id]
        if balance != sum(int(line["amount"]) for line in lines):
            yield f"the balance is {balance}, the ledger's {len(lines)} lines add up to something else"
        if balance != share.topped_up - share.charged:
            yield f"the balance is {balance}, {share.topped_up} less {share.charged} is not"

    def _of_events(self, share: Share):
        """Who asks is told of calls that were cancelled, as many as a minute has at least; and of who is gone, once."""
        cancelled = {call["id"] for call in self.calls[share.account_id] if call["status"] == "cancelled"}
        if share.asking and share.asking.taken.keys() - cancelled:
            yield "who asks for cancelled calls is told of others"
        if share.asking and len(share.asking.taken) < min(TOLD_IN_A_MINUTE, len(cancelled)):
            yield f"{len(share.asking.taken)} cancelled calls were told, of {len(cancelled)}"
        if share.watching and list(share.watching.taken) != [share.gone]:
            yield f"{len(share.watching.taken)} endpoints were told to be gone"
        for endpoint in filter(None, (share.asking, share.watching)):
            if endpoint.differing:
                yield f"{endpoint.differing} repeats of an event had another webhook-id or other bytes"

    def _of_endpoint(self, share: Share, webhook_id: str, endpoint):
        due = endpoint.due(share)
        succeeded = Counter(row["callId"] for row in self.attempts[webhook_id] if row["outcome"] == "succeeded")
        if set(succeeded) != due or set(succeeded.values()) - {1}:
            yield f"{sum(succeeded.values())} successes of {len(succeeded)} calls in the log, of {len(due)}"
        if set(endpoint.taken) != due:
            yield f"{len(endpoint.taken)} calls of {len(due)} have arrived"
        if endpoint.differing:
            yield f"{endpoint.differing} repeats had another webhook-id or other bytes"

    def unsuccessful(self, shares: list[Share]) -> Counter:
        """Attempts that did not succeed, by what came of them."""
        rows = [row for share in shares for webhook_id in share.endpoints for row in self.attempts[webhook_id]]
        return Counter(came_to(row) for row in rows if row["outcome"] != "succeeded")
