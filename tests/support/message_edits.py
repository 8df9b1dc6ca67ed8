"""The messages of a call to SQS, sent otherwise than was asked: later, at once."""

import json

SENDS = ("SendMessage", "SendMessageBatch")


def is_send(operation: str) -> bool:
    return operation in SENDS


def goes_to_fifo(body: str) -> bool:
    return json.loads(body)["QueueUrl"].endswith(".fifo")


def messages_of(body: str) -> list[dict]:
    """The messages of a SendMessage or a SendMessageBatch."""
    asked = json.loads(body)
    return asked.get("Entries", [asked])


def send_delayed(sqs, operation: str, body: str, seconds: int, only_first: bool = False) -> bytes:
    """The same call with its messages (or only the first) delayed by that many seconds; its answer.

    It is a call of the test's own: what the function signed must not be changed.
    """
    asked = json.loads(body)
    messages = asked.get("Entries", [asked])
    for message in messages[:1] if only_first else messages:
        message["DelaySeconds"] = seconds
    answer = sqs.send_message(**asked) if operation == "SendMessage" else sqs.send_message_batch(**asked)
    return json.dumps({name: value for name, value in answer.items() if name != "ResponseMetadata"}).encode()
