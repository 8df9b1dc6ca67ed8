"""The sample events of events/, with their placeholders filled in for a running stack."""

import json
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import boto3

from integrator import PATIENCE_S, Integrator
from settings import CHECKOUT, Problem

EVENTS = CHECKOUT / "events"
# Under this name webhooks and a campaign are made in the stack's account, and found again the next time.
NAME = "make local-invoke"
ENDPOINT = "https://yourendpoint.example/"
POLL_S = 0.1


def names() -> list[str]:
    return sorted(path.stem for path in EVENTS.glob("*.json"))


def read(name: str) -> str:
    return Path(EVENTS / f"{name}.json").read_text(encoding="utf-8")


def needs_endpoint(text: str) -> bool:
    return "wh_yourwebhook" in text or ENDPOINT in text


@dataclass
class Sample:
    """What the placeholders stand for on this stack; what is not there is made when an event asks for it."""

    stack: dict
    calls_table: str
    # The origin of the event's endpoint; None when the event needs none.
    endpoint: str | None
    # A delivery tells of a call that is over; a job and a completion are of one that is queued.
    call_is_over: bool

    def __post_init__(self):
        self.integrator = Integrator(self.stack["apiUrl"], self.stack["apiKey"])
        self.needs_outbound = False

    def fill(self, text: str) -> tuple[str, dict[str, str]]:
        """The event, and what each of its placeholders became; to be closed whether it comes to an end or not."""
        self.needs_outbound = "wh_yourwebhook" in text
        placeholders = {
            "acc_youraccount": lambda: self.stack["accountId"],
            "YOUR-API-KEY": lambda: self.stack["apiKey"],
            "yourinboundslug": lambda: self._inbound()["slug"],
            "call_bulk789": new_call_id,
            # Before the webhook, which would otherwise be sent the result of this call by the stack itself.
            "call_yourcall": self._finished_call if self.call_is_over else self._queued_call,
            "wh_yourwebhook": self._enabled_outbound,
            "msg_yourdelivery": lambda: f"msg_{uuid.uuid4().hex}",
            ENDPOINT: lambda: f"{self.endpoint}/test",
        }
        filled = {}
        for placeholder, value in placeholders.items():
            if placeholder in text:
                filled[placeholder] = value()
                text = text.replace(placeholder, filled[placeholder])
        return text, filled

    def close(self) -> None:
        """The address of the endpoint is good for one container: nothing else should try it afterwards."""
        if self.needs_outbound and (webhook := self._webhook("outbound")):
            self.integrator.patch(f"/webhooks/{webhook['id']}", {"status": "disabled"})

    def attempt(self, webhook_id: str, delivery_id: str) -> dict | None:
        """The row of the delivery log that the function wrote."""
        rows = self.integrator.get(f"/webhooks/{webhook_id}/deliveries")["items"]
        return next((row for row in rows if row["deliveryId"] == delivery_id), None)

    def _webhook(self, direction: str) -> dict | None:
        cursor = ""
        while cursor is not None:
            page = self.integrator.get(f"/webhooks?direction={direction}&limit=100{cursor}")
            for webhook in page["items"]:
                if webhook["name"] == NAME:
                    return webhook
            cursor = page["nextCursor"] and f"&cursor={page['nextCursor']}"
        return None

    def _inbound(self) -> dict:
        """An inbound webhook whose requests are dialled."""
        webhook = self._webhook("inbound")
        if webhook is None:
            webhook = self.integrator.post("/webhooks", {"direction": "inbound", "name": NAME})
        if webhook["campaignId"] is None:
            self.integrator.post(
                "/campaigns",
                {
                    "name": NAME,
                    "webhookId": webhook["id"],
                    "status": "active",
                    "prompt": "Ask how it went.",
                },
            )
        return webhook

    def _enabled_outbound(self) -> str:
        webhook = self._webhook("outbound")
        if webhook is None:
            made = {"direction": "outbound", "name": NAME, "url": f"{self.endpoint}/call-finished"}
            return self.integrator.post("/webhooks", made)["id"]
        changed = {"url": f"{self.endpoint}/call-finished", "status": "enabled"}
        return self.integrator.patch(f"/webhooks/{webhook['id']}", changed)["id"]

    def _queued_call(self) -> str:
        webhook = self._inbound()
        log = f"/webhooks/{webhook['id']}/requests?limit=1"
        before = self.integrator.get(log)["items"]
        sent = json.loads(read("inbound-accepted"))["body"]
        status, answer = self.integrator.call("POST", webhook["url"], json.loads(sent), {})
        if status != 201:
            raise Problem(f"a request for a call was answered {status}: {answer}")
        request = eventually(
            lambda: [row for row in self.integrator.get(log)["items"] if row not in before],
            "the request log has the request",
        )[0]
        if request["outcome"] != "accepted":
            raise Problem(f"a request for a call was {request['outcome']}: {request['reason']}")
        return request["callId"]

    def _finished_call(self) -> str:
        """A call of elsewhere, reported as the dialer does."""
        call_id, dynamodb = new_call_id(), self._client("dynamodb")
        completion = json.loads(read("completion-bulk"))["Records"][0]["body"]
        completion = completion.replace("call_bulk789", call_id).replace("acc_youraccount", self.stack["accountId"])
        self._client("sqs").send_message(QueueUrl=self.stack["callCompletionsQueueUrl"], MessageBody=completion)

        # Only then all its deliveries are queued; the API does not tell.
        def is_fanned_out() -> bool:
            recorded = dynamodb.get_item(TableName=self.calls_table, Key={"id": {"S": call_id}}, ConsistentRead=True)
            return "fannedOutAt" in recorded.get("Item", {})

        eventually(is_fanned_out, "the completion of a call is fanned out")
        return call_id

    def _client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.stack["endpointUrl"],
            region_name=self.stack["region"],
            aws_access_key_id=self.stack["accessKeyId"],
            aws_secret_access_key=self.stack["secretAccessKey"],
        )


def new_call_id() -> str:
    return f"call_{uuid.uuid4().hex}"


def eventually(probe, what: str):
    """The first truthy answer of `probe`."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = probe()
        if answer:
            return answer
        time.sleep(POLL_S)
    raise Problem(f"not within {PATIENCE_S} s: {what}. What the functions say: `make logs`.")
