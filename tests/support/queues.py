"""The dialer's side of the two queues: jobs are collected, completions are sent, dead letters are collected."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sent_values

PATIENCE = 30.0


@dataclass(frozen=True)
class Message:
    body: str
    attributes: dict[str, str]  # MessageGroupId, MessageDeduplicationId, ...
    message_attributes: dict[str, str]

    def json(self):
        return json.loads(self.body)


class Collector(threading.Thread):
    """Drains one queue for the whole run and hands out what came by to whoever awaits it."""

    def __init__(self, sqs, queue_url: str):
        super().__init__(daemon=True)
        self._sqs, self._queue_url = sqs, queue_url
        self._seen: list[Message] = []
        self._changed = threading.Condition()
        self._receiving = threading.Lock()
        self._may_receive = threading.Event()
        self._may_receive.set()
        self._stopping = False
        self._failure: Exception | None = None

    def run(self) -> None:
        try:
            while self._may_receive.wait() and not self._stopping:
                with self._receiving:
                    self._receive()
        except Exception as failure:  # noqa: BLE001 - told to whoever waits, instead of a silent end of the thread
            with self._changed:
                self._failure = failure
                self._changed.notify_all()

    def _receive(self) -> None:
        received = self._sqs.receive_message(
            QueueUrl=self._queue_url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=1,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not received:
            return
        entries = [{"Id": str(i), "ReceiptHandle": m["ReceiptHandle"]} for i, m in enumerate(received)]
        self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)
        messages = [
            Message(
                m["Body"],
                m.get("Attributes", {}),
                {k: v.get("StringValue") for k, v in m.get("MessageAttributes", {}).items()},
            )
            for m in received
        ]
        with self._changed:
            self._seen.extend(messages)
            self._changed.notify_all()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop()

    def stop(self) -> None:
        self._stopping = True
        self.join(timeout=5)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What comes meanwhile stays on the queue."""
        self._may_receive.clear()
        try:
            with self._receiving:
                yield
        finally:
            self._may_receive.set()

    def matching(self, matches: Callable[[Message], bool]) -> list[Message]:
        with self._changed:
            return [m for m in self._seen if matches(m)]

    def await_messages(
        self, matches: Callable[[Message], bool], n: int = 1, timeout: float = PATIENCE
    ) -> list[Message]:
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                found = [m for m in self._seen if matches(m)]
                if len(found) >= n:
                    return found
                if self._failure:
                    raise AssertionError(f"the collector of {self._queue_url} ended: {self._failure!r}")
                if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                    raise AssertionError(f"{len(found)} of {n} messages within {timeout:.0f} s: {found}")


class Jobs(Collector):
    """What the dialer is asked to do."""

    def of(self, webhook, n: int = 1, timeout: float = PATIENCE) -> list[dict]:
        """The jobs of one webhook, once there are `n`."""
        return [m.json() for m in self.await_messages(_names("webhookId", webhook.id), n, timeout)]

    def of_call(self, call_id: str) -> dict:
        return self.await_messages(_names("callId", call_id))[0].json()

    def all_of_call(self, call_id: str) -> list[dict]:
        """Every job of one call that is on the queue by now."""
        self._await_what_is_there()
        return [m.json() for m in self.matching(_names("callId", call_id))]

    def message_of(self, webhook) -> Message:
        return self.await_messages(_names("webhookId", webhook.id))[0]

    def to(self, webhook, field: str, value: str) -> dict:
        """The job of one webhook whose recipient carries `value`."""

        def matches(message):
            job = message.json()
            return job.get("webhookId") == webhook.id and job["recipient"].get(field) == value

        return self.await_messages(matches)[0].json()

    def all_of(self, webhook) -> list[dict]:
        """Every job of one webhook that is on the queue by now."""
        self._await_what_is_there()
        return [m.json() for m in self.matching(_names("webhookId", webhook.id))]

    def _await_what_is_there(self) -> None:
        """A message of our own, sent now, comes after what is on the queue."""
        fence = f"fence-{uuid.uuid4()}"
        self._sqs.send_message(
            QueueUrl=self._queue_url,
            MessageBody=json.dumps({"callId": fence, "recipient": {}}),
            MessageGroupId=fence,
            MessageDeduplicationId=fence,
        )
        self.await_messages(_names("callId", fence))


class DeadLetters(Collector):
    """Completions that could not be understood."""

    def holding(self, text: str, timeout: float = PATIENCE) -> Message:
        return self.await_messages(lambda m: text in m.body, 1, timeout)[0]


def _names(key: str, value: str) -> Callable[[Message], bool]:
    def matches(message: Message) -> bool:
        try:
            return message.json().get(key) == value
        except (ValueError, AttributeError):
            return False

    return matches


class Dialer:
    """Reports completions."""

    def __init__(self, sqs, queue_url: str):
        self._sqs, self._queue_url = sqs, queue_url

    def send(self, *bodies) -> None:
        """Sends completions, up to ten in one batch; a text is sent as it is."""
        for body in bodies:
            if isinstance(body, dict):
                _remember(body)
        texts = [body if isinstance(body, str) else json.dumps(body) for body in bodies]
        if len(texts) == 1:
            self._sqs.send_message(QueueUrl=self._queue_url, MessageBody=texts[0])
            return
        entries = [{"Id": str(i), "MessageBody": text} for i, text in enumerate(texts)]
        answer = self._sqs.send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        assert not answer.get("Failed"), answer


def is_idle(sqs, queue_url: str) -> bool:
    """Nothing in the queue is due, and nothing of it is being worked on; what is delayed does not count."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return all(int(counts[name]) == 0 for name in names)


def _remember(completion: dict) -> None:
    sent_values.remember(
        "completion", [completion.get(k) for k in ("summary", "recording", "actionItems", "extracted")]
    )
    analysis = completion.get("analysis")
    if isinstance(analysis, dict):
        sent_values.remember("completion", analysis.get("justification"))
    turns = completion.get("transcript")
    for turn in turns if isinstance(turns, list) else []:
        if isinstance(turn, dict):
            sent_values.remember("transcript", turn.get("what"))
    recipient = completion.get("recipient")
    if isinstance(recipient, dict):
        sent_values.remember_phone(recipient.get("phoneNumber", ""))
        sent_values.remember("recipient", [v for k, v in recipient.items() if k != "phoneNumber"])
