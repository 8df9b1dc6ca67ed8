"""In the place of `sam`: records how it was called, and talks to the stack and to the endpoint as the function would.

RECORD is the file for what it saw. HANG=1: it then waits for a signal, which it records as well.
"""

import json
import os
import signal
import sys
import urllib.request
from itertools import pairwise
from pathlib import Path


def main() -> None:
    arguments = sys.argv[1:]
    options = dict(pairwise(arguments))
    event = json.loads(Path(options["--event"]).read_text())
    variables = json.loads(Path(options["--env-vars"]).read_text())
    seen = {"arguments": arguments, "event": event, "variables": variables, "region": os.environ["AWS_REGION"]}
    stack = in_a_container(variables[arguments[2]]["ENDPOINT_URL"], options)
    seen["stack"] = request(f"{stack}/_ministack/health")
    if told := os.environ.get("ENDPOINT_OF"):
        endpoint = in_a_container(endpoint_of(stack, event, told), options)
        seen["endpoint"] = request(endpoint, b'{"type": "call.finished"}')
    record(seen)
    if os.environ.get("HANG"):
        ended_by = signal.sigwait([signal.SIGINT, signal.SIGTERM])
        record({**seen, "ended by": signal.Signals(ended_by).name})
        sys.exit(1)
    print('{"batchItemFailures":[]}')


def in_a_container(url: str, options: dict[str, str]) -> str:
    name, _, address = options.get("--add-host", "host.docker.internal:127.0.0.1").partition(":")
    assert f"//{name}:" in url, url
    return url.replace(name, address)


def endpoint_of(stack: str, event: dict, api_path_and_key: str) -> str:
    """The URL of the event's webhook, as the API tells it."""
    path, key = api_path_and_key.split(" ")
    webhook = json.loads(event["Records"][0]["body"])["webhookId"]
    asked = urllib.request.Request(f"{stack}{path}/v1/webhooks/{webhook}", headers={"authorization": f"Bearer {key}"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        return json.load(answer)["url"]


def request(url: str, body: bytes | None = None) -> int:
    with urllib.request.urlopen(url, body, timeout=10) as answer:
        return answer.status


def record(seen: dict) -> None:
    path = Path(os.environ["RECORD"])
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(seen))
    unfinished.rename(path)


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT, signal.SIGTERM])
    main()
