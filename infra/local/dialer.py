"""A simulated dialer: takes call jobs, "calls", and reports completions, as the real one does over the two queues.

What becomes of a call depends on the last digit of the phone number: 8 is not answered (missed), 9 fails, any other
is a conversation. Run by itself it works for the stack of STATE_DIR until Ctrl-C.
"""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError

from settings import Problem, Settings, read_json, report_problems

LONG_POLL_S = 2
CALL_S = 142


def completion_of(job: dict, now_ms: int) -> dict:
    """What the dialer reports of a call that ended at `now_ms`."""
    reported = {
        "version": 1,
        "type": "call.completion",
        "callId": job["callId"],
        "accountId": job["accountId"],
        "source": job.get("source", "inbound"),
        "finishedAt": now_ms,
        "campaign": {key: job["campaign"][key] for key in ("id", "name")},
        "recipient": {"phoneNumber": job["recipient"]["phoneNumber"]},
    }
    last_digit = job["recipient"]["phoneNumber"][-1]
    if last_digit == "9":
        return {**reported, "status": "failed", "tokensConsumed": 0}
    if last_digit == "8":
        return {**reported, "status": "missed", "summary": "Nobody answered.", "duration": 0, "tokensConsumed": 1}
    return {**reported, "status": "finished", "tokensConsumed": 1, **_conversation(job, now_ms)}


def _conversation(job: dict, now_ms: int) -> dict:
    name = job["recipient"].get("firstName")
    began_ms = now_ms - CALL_S * 1000

    def turn(who: str, what: str, after_s: int) -> dict:
        when = datetime.fromtimestamp(began_ms / 1000 + after_s, UTC)
        return {"who": who, "what": what, "when": when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{began_ms % 1000:03}Z"}

    return {
        "summary": f"{name or 'The person called'} expressed interest in the enterprise plan and asked about pricing.",
        "transcript": [
            turn("assistant", f"Hi, is this {name}?" if name else "Hi, am I speaking with the right person?", 3),
            turn("user", "Yes, speaking.", 5),
            turn("assistant", "You asked about our enterprise plan. Is now a good time?", 8),
            turn("user", "Sure. What does it cost for fifty seats?", 13),
        ],
        "recording": f"https://recordings.example.com/{job['callId']}.mp3",
        "duration": CALL_S,
        "analysis": {
            "sentiment": "positive",
            "lead_warmth": "hot",
            "justification": "Expressed immediate interest and asked specific pricing questions.",
        },
        "actionItems": ["Send the price list for fifty seats"],
    }


class Dialer:
    """Answers the jobs of one stack."""

    def __init__(self, stack: dict, on_answer: Callable[[dict, dict], None]):
        """`on_answer` sees each job with the completion that was sent for it."""
        self._sqs = boto3.client(
            "sqs",
            endpoint_url=stack["endpointUrl"],
            region_name=stack["region"],
            aws_access_key_id=stack["accessKeyId"],
            aws_secret_access_key=stack["secretAccessKey"],
        )
        self._jobs, self._completions = stack["callJobsQueueUrl"], stack["callCompletionsQueueUrl"]
        self._on_answer = on_answer

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            received = self._sqs.receive_message(
                QueueUrl=self._jobs, MaxNumberOfMessages=10, WaitTimeSeconds=LONG_POLL_S
            )
            for message in received.get("Messages", []):
                self._answer(message)

    def _answer(self, message: dict) -> None:
        job = json.loads(message["Body"])
        completion = completion_of(job, int(time.time() * 1000))
        # Reported first, then deleted: a crash between the two reports it again, which changes nothing.
        self._sqs.send_message(QueueUrl=self._completions, MessageBody=json.dumps(completion))
        self._sqs.delete_message(QueueUrl=self._jobs, ReceiptHandle=message["ReceiptHandle"])
        self._on_answer(job, completion)


def main() -> int:
    stack = read_json(Settings.from_environment().stack_file)
    if stack is None:
        raise Problem("no stack is running; `make up` starts one.")
    print("Waiting for call jobs; Ctrl-C ends.", flush=True)

    def tell(job: dict, completion: dict) -> None:
        print(
            f"{job['callId']}  {job['recipient']['phoneNumber']}  {job['campaign']['name']}: {completion['status']}",
            flush=True,
        )

    stopping = threading.Event()

    def stop(*_) -> None:
        stopping.set()  # should the exception be lost, as one in a callback of the SDK is
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        Dialer(stack, tell).run(stopping)
    except KeyboardInterrupt:
        print()
    except BotoCoreError as error:
        raise Problem(f"the stack does not answer any more: {error}") from error
    return 0


if __name__ == "__main__":
    sys.exit(report_problems(main))
