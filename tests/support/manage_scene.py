"""What a command of the management API works on, and how to see what it has done."""

import json
import uuid

from standardwebhooks import Webhook as Verifier

import completions
from accounts import Account, Webhook, eventually
from api import Api
from queues import is_idle
from receiver import Http, Receiver
from tables import items_of

HEADERS = [{"name": "X-Key", "value": "k1"}]
PAYLOAD = {"json": {"call": "{{ call.id }}"}}
RULES = {"requiredHeader": {"name": "X-Crm-Key", "value": "sixteen-or-more-k2"}, "mapping": {"phoneNumber": "phone"}}


class Scene:
    """An account of its own, and what one command works on."""

    def __init__(self, stack, api: Api, dialer, receivers):
        self.stack, self.api, self._dialer = stack, api, dialer
        self.account = Account.open(api)
        self._receivers = receivers
        self.receiver: Receiver = receivers.receiver()
        self.webhook: Webhook | None = None
        self.campaign: dict | None = None
        self.delivery_id: str | None = None
        self.key_id: str | None = None
        self.call_id: str | None = None
        self.spare_api_key = ""
        self.link, self.session = "", ""
        self.sealed_before = ""
        self.name = f"scene{uuid.uuid4().hex}"  # of an account that is to be made

    @property
    def tokens(self) -> list[str]:
        """What names this scene in a call to AWS."""
        prefix, key_id, _ = self.account.api_key.split("_", 2)
        ids = [self.webhook and self.webhook.id, self.campaign and self.campaign["id"], self.delivery_id, self.key_id]
        return [self.account.id, key_id, f"{prefix}_{key_id}", self.name, *filter(None, ids)]

    # what a command may need

    def outbound(self) -> None:
        self.webhook = self.account.outbound(self.receiver.url, headers=HEADERS)

    def inbound(self) -> None:
        response = {"url": self.receiver.url, "headers": HEADERS, "payload": PAYLOAD}
        self.webhook = self.account.inbound(responseWebhook=response)

    def draft(self) -> None:
        self.campaign = self.account.campaign()

    def inbound_and_draft(self) -> None:
        self.inbound()
        self.draft()

    def bound(self) -> None:
        self.inbound()
        self.campaign = self.account.campaign(self.webhook)

    def guarded(self) -> None:
        """A webhook with a campaign that takes only what has its header, and reads it by its mapping."""
        self.webhook = self.account.inbound(**RULES)
        self.campaign = self.account.campaign(self.webhook)

    def invited(self) -> None:
        """A link into the portal."""
        self.link = self.account.portal_link()

    def signed_in(self) -> None:
        """A session in the portal."""
        self.invited()
        self.session = self.api.v1(None, "POST", "/portal-sessions", {"link": self.link}).json()["token"]

    def zap(self) -> None:
        answer = self.account.post("/zapier/hooks", {"targetUrl": self.receiver.url})
        self.webhook = Webhook(answer.json()["id"], "", {})

    def spare_key(self) -> None:
        made = self.api.operator("POST", f"/accounts/{self.account.id}/api-keys", {}).json()
        self.key_id, self.spare_api_key = made["id"], made["apiKey"]

    def one_of_each_allowed(self) -> None:
        self.account.limit(outboundWebhooks=1, inboundWebhooks=1, campaigns=1)

    def delivered(self) -> None:
        self.outbound()
        self._dialer.send(completions.of_elsewhere(self.account))
        self.delivery_id = self.receiver.await_request().headers["webhook-id"]
        self.account.attempts_of(self.webhook)

    def finished(self) -> None:
        """A call that is over."""
        self.delivered()
        self.call_id = self.account.attempts_of(self.webhook)[0]["callId"]

    def waiting(self) -> None:
        """A delivery whose next attempt is an hour away, whatever is sent."""
        self.receiver = self._receivers.receiver(Http(503, (("retry-after", "3600"),)))
        self.delivered()

    def undelivered(self) -> None:
        """A delivery that ended without an attempt, since its webhook was disabled; it is enabled again."""
        self.delivered()
        message = {
            "version": 1,
            "deliveryId": self.delivery_id,
            "accountId": self.account.id,
            "webhookId": self.webhook.id,
            "callId": self.account.attempts_of(self.webhook)[0]["callId"],
            "event": "call.finished",
            "attempt": 2,
        }
        self.account.edit(self.webhook.path, status="disabled")
        self.stack.client("sqs").send_message(
            QueueUrl=self.stack.deliveries_queue_url, MessageBody=json.dumps(message), MessageGroupId=self.account.id
        )
        self.account.attempts_of(self.webhook, 2)
        self.account.edit(self.webhook.path, status="enabled")

    # what may have been done

    def items(self) -> dict[str, list[dict]]:
        """All that is on record of the account, but the day on which a key was last used."""
        tables = ("Webhooks", "Campaigns", "Ledger", "PortalTokens")
        found = {table: items_of(self.stack, table, accountId=self.account.id) for table in tables}
        found["Payloads"] = items_of(self.stack, "Webhooks", accountId=f"{self.account.id}#payload")
        found["Rules"] = items_of(self.stack, "Webhooks", accountId=f"{self.account.id}#rules")
        found["Accounts"] = items_of(self.stack, "Accounts", id=self.account.id)
        found["ApiKeys"] = self.keys()
        return found

    def keys(self) -> list[dict]:
        keys = self.api.operator("GET", f"/accounts/{self.account.id}/api-keys").json()["items"]
        return [{name: value for name, value in key.items() if name != "lastUsedOn"} for key in keys]

    def shown(self) -> dict:
        return self.account.read(self.webhook.path)

    def count(self, path: str) -> int:
        return len(self.account.read(path, limit=100)["items"])

    def is_gone(self) -> bool:
        return self.account.get(self.webhook.path).status == 404

    def campaign_is_gone(self) -> bool:
        return self.account.get(f"/campaigns/{self.campaign['id']}").status == 404

    def sends(self, body: dict) -> bool:
        """Whether a Test of the webhook is this body."""
        before = len(self.receiver.requests)
        tested = self.account.post(f"{self.webhook.path}/test", {}).json()["success"]
        return tested and json.loads(self.receiver.await_requests(before + 1)[-1].body) == body

    def is_in_the_log(self) -> bool:
        return bool(self.account.read(f"{self.webhook.path}/deliveries")["items"])

    def tokens_of(self, kind: str) -> int:
        """How many links or sessions of the portal the account has."""
        tokens = items_of(self.stack, "PortalTokens", accountId=self.account.id)
        return sum(token["kind"]["S"] == kind for token in tokens)

    def takes_only_what_its_rules_say(self, webhook: Webhook) -> bool:
        """Whether a request is read by the mapping and needs the header. An environment knows them seconds later."""
        body = {"phone": "+15550001111"}

        def statuses() -> list[int]:
            sent = [None, {"x-crm-key": RULES["requiredHeader"]["value"]}]
            return [self.api.trigger(webhook.slug, body, headers=headers).status for headers in sent]

        return eventually(lambda: statuses() == [401, 201], "the rules are used")

    def stored_keys(self) -> list[dict]:
        """The rows of the API keys that were made, as far as there are any."""
        own = "key_" + self.account.api_key.split("_")[1]
        ids = [key_id for key_id in (own, self.key_id) if key_id]
        return [item for key_id in ids for item in items_of(self.stack, "ApiKeys", id=key_id)]

    def sealed_secret(self) -> str:
        items = items_of(self.stack, "Webhooks", accountId=self.account.id)
        return next(str(item["signingSecret"]) for item in items if item["id"]["S"] == self.webhook.id)

    def times_sent_again(self) -> int:
        sqs = self.stack.client("sqs")
        for queue_url in (self.stack.deliveries_queue_url, self.stack.slow_deliveries_queue_url):
            eventually(lambda url=queue_url: is_idle(sqs, url), "nothing is being delivered", timeout=60)
        return len(self.receiver.requests) - 1

    def accounts_of_its_name(self) -> int:
        found = self.stack.client("dynamodb").scan(
            TableName=self.stack.physical_ids["Accounts"],
            FilterExpression="#name = :name",
            ExpressionAttributeNames={"#name": "name"},
            ExpressionAttributeValues={":name": {"S": self.name}},
        )
        return len(found["Items"])

    def verifies(self, signing_secret: str, webhook_id: str) -> bool:
        """Whether what is sent to the endpoint now can be verified with this secret."""
        self.account.post(f"/webhooks/{webhook_id}/test", {})
        sent = self.receiver.requests[-1]
        try:
            Verifier(signing_secret).verify(sent.body, sent.headers)
        except Exception:  # noqa: BLE001 - the library has several
            return False
        return True
