"""Three days of retries within seconds: what `deliver` puts off is sent at once, and what it asked for is kept."""

import json
import threading
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from fault_proxy import Answered, Call, Verdict
from message_edits import is_send, messages_of, send_delayed


@dataclass(frozen=True)
class Asked:
    """A later attempt that was asked for."""

    attempt: int
    asked_at: float  # unix seconds
    delay: int | None  # seconds that a queue was to wait
    moment: float | None  # when a schedule was to fire


class CompressedClock:
    """Judges the calls of `deliver`. Only deliveries of accounts that are named are hurried."""

    def __init__(self, stack):
        self._sqs = stack.client("sqs")
        self._accounts: set[str] = set()
        self._asked: dict[str, list[Asked]] = defaultdict(list)
        self._lock = threading.Lock()

    def hurry(self, account) -> None:
        self._accounts.add(account.id)

    def asked_of(self, delivery_id: str) -> list[Asked]:
        """The attempts of a delivery that were put off, in the order in which they were."""
        with self._lock:
            return list(self._asked[delivery_id])

    def judge(self, call: Call) -> Verdict:
        if is_send(call.operation):
            return self._send_now(call)
        if call.operation == "CreateSchedule":
            return self._send_instead(call)
        return None

    def _send_now(self, call: Call) -> Verdict:
        messages = messages_of(call.body)
        bodies = [json.loads(message["MessageBody"]) for message in messages]
        if not all(body.get("accountId") in self._accounts and "attempt" in body for body in bodies):
            return None
        for body, message in zip(bodies, messages, strict=True):
            self._note(body, delay=message.get("DelaySeconds", 0), moment=None)
        return Answered(send_delayed(self._sqs, call.operation, call.body, 0))

    def _send_instead(self, call: Call) -> Verdict:
        schedule = json.loads(call.body)
        target = schedule["Target"]
        body = json.loads(target["Input"])
        if body["accountId"] not in self._accounts:
            return None
        at = datetime.strptime(schedule["ScheduleExpression"], "at(%Y-%m-%dT%H:%M:%S)").replace(tzinfo=UTC)
        self._note(body, delay=None, moment=at.timestamp())
        queue_url = self._sqs.get_queue_url(QueueName=target["Arn"].split(":")[-1])["QueueUrl"]
        self._sqs.send_message(QueueUrl=queue_url, MessageBody=target["Input"])
        return Answered(json.dumps({"ScheduleArn": "arn:aws:scheduler:us-east-1:000000000000:schedule/x/y"}).encode())

    def _note(self, body: dict, delay: int | None, moment: float | None) -> None:
        with self._lock:
            self._asked[body["deliveryId"]].append(Asked(body["attempt"], time.time(), delay, moment))
