"""An account whose logs are as long as wanted: what the product has written of one call, again and again, each time a
moment older."""

import uuid
from collections.abc import Callable

import completions
from accounts import Account
from deployed_stack import Stack
from receiver import Http

# 100,000 attempts are a week of them. The logs keep thirty days.
STEP_MS = 6_000
AT_ONCE = 25  # of BatchWriteItem
MOMENTS = ("timestamp", "createdAt", "finishedAt", "settledAt", "fannedOutAt")
# How an attempt may end, in turn: what its row has then, and what it lacks.
ENDINGS = [
    ({"outcome": {"S": "succeeded"}, "statusCode": {"N": "200"}}, ("error", "responseBody", "nextAttemptAt")),
    (
        {"outcome": {"S": "failed"}, "statusCode": {"N": "500"}, "responseBody": {"S": "the database is down"}},
        ("error", "nextAttemptAt"),
    ),
    (
        {
            "outcome": {"S": "errored"},
            "error": {"M": {"code": {"S": "timeout"}, "message": {"S": "no answer within 10 seconds"}}},
        },
        ("statusCode", "responseBody", "nextAttemptAt"),
    ),
]


class LongAccount:
    """One call, whose result an outbound webhook has taken and a response webhook has refused."""

    def __init__(self, stack: Stack, account: Account, jobs, dialer, receivers):
        self._stack, self._dynamodb = stack, stack.client("dynamodb")
        self.account = account
        self.outbound = account.outbound(receivers.receiver().url)
        self.inbound = account.inbound(responseWebhook={"url": receivers.receiver(Http(500)).url})
        self.campaign = account.campaign(self.inbound)
        assert account.trigger(self.inbound).status == 201
        (job,) = jobs.of(self.inbound)
        self.call = job["callId"]
        dialer.send(completions.of_job(job, **completions.RESULTS))
        self.delivery = account.attempts_of(self.outbound)[0]["deliveryId"]
        self.response = account.attempts_of(self.inbound)[0]["deliveryId"]
        account.requests_to(self.inbound)

    def lengthen(self, attempts: int, others: int) -> None:
        """Adds so many attempts at the outbound webhook; and so many at the response webhook, as many requests, calls
        and entries of the ledger."""
        for webhook, n in ((self.outbound, attempts), (self.inbound, others)):
            self._repeat("DeliveryLogs", self._newest("DeliveryLogs", "webhookId", webhook.id, "byWebhook"), attempt, n)
        self._repeat("RequestLogs", self._newest("RequestLogs", "webhookId", self.inbound.id), request, others)
        self._repeat("Calls", self._newest("Calls", "id", self.call), call, others)
        self._repeat("Ledger", self._newest("Ledger", "accountId", self.account.id), entry, others)

    def pages(self) -> dict[str, str]:
        """An address for every page of the portal, by its route; a page that shows several lists has one for each."""
        inbound, outbound = f"/inbound/{self.inbound.id}", f"/outbound/{self.outbound.id}"
        return {
            "/": "/",
            "/inbound": "/inbound",
            "/inbound/new": "/inbound/new",
            "/inbound/:id": inbound,
            "/inbound/:id?log=deliveries": f"{inbound}?log=deliveries",
            "/inbound/:id/edit": f"{inbound}/edit",
            "/inbound/:id/mapping": f"{inbound}/mapping",
            "/inbound/:id/deliveries/:deliveryId": f"{inbound}/deliveries/{self.response}",
            "/outbound": "/outbound",
            "/outbound/new": "/outbound/new",
            "/outbound/:id": outbound,
            "/outbound/:id?outcome=failed": f"{outbound}?outcome=failed",
            "/outbound/:id?callId=": f"{outbound}?callId={self.call}",
            "/outbound/:id/edit": f"{outbound}/edit",
            "/outbound/:id/deliveries/:deliveryId": f"{outbound}/deliveries/{self.delivery}",
            "/campaigns": "/campaigns",
            "/campaigns/new": "/campaigns/new",
            "/campaigns/:id": f"/campaigns/{self.campaign['id']}",
            "/results": "/results",
            "/calls/:id": f"/calls/{self.call}",
            "/credits": "/credits",
            "/reference": "/reference",
            "/reference/:topic": "/reference/deliveries",
        }

    def _newest(self, table: str, key: str, value: str, index: str | None = None) -> dict:
        found = self._dynamodb.query(
            TableName=self._stack.physical_ids[table],
            **({"IndexName": index} if index else {}),
            KeyConditionExpression=f"{key} = :value",
            ExpressionAttributeValues={":value": {"S": value}},
            ScanIndexForward=False,
            Limit=1,
        )
        return found["Items"][0]

    def _repeat(self, table: str, item: dict, twin: Callable[[dict, int], dict], n: int) -> None:
        name = self._stack.physical_ids[table]
        for first in range(1, n + 1, AT_ONCE):
            some = range(first, min(first + AT_ONCE, n + 1))
            puts = [{"PutRequest": {"Item": twin(earlier(item, STEP_MS * nth), nth)}} for nth in some]
            left = self._dynamodb.batch_write_item(RequestItems={name: puts})["UnprocessedItems"]
            assert not left, left


def earlier(item: dict, by_ms: int) -> dict:
    return item | {name: {"N": str(int(item[name]["N"]) - by_ms)} for name in MOMENTS if name in item}


def new_id(prefix: str, at: str) -> str:
    """As the product makes them: the moment, then chance."""
    return f"{prefix}_{int(at):012x}7{uuid.uuid4().hex[:19]}"


def attempt(item: dict, nth: int) -> dict:
    at = item["timestamp"]["N"]
    delivery = new_id("msg", at)
    has, lacks = ENDINGS[nth % len(ENDINGS)]
    order = f"{int(at):013}#{delivery}#{item['attemptKey']['S']}"
    kept = {name: value for name, value in item.items() if name not in lacks}
    return kept | has | {"deliveryId": {"S": delivery}, "logOrder": {"S": order}}


def request(item: dict, nth: int) -> dict:
    return item | {"id": {"S": new_id("req", item["timestamp"]["N"])}}


def call(item: dict, nth: int) -> dict:
    at = item["createdAt"]["N"]
    id_ = new_id("call", at)
    return item | {"id": {"S": id_}, "campaignOrder": {"S": f"{int(at):013}#{id_}"}}


def entry(item: dict, nth: int) -> dict:
    return item | {"id": {"S": new_id("led", item["timestamp"]["N"])}}
