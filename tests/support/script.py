"""The script that the simulation plays, too (tests/sim/same), on the local stack; and items without ids and times."""

import json
import re
from collections import Counter
from urllib.parse import urlsplit

import completions
from accounts import eventually
from api import Api
from receiver import Http, Receiver, ReceiverServer

# What each kind of endpoint answers, as in the simulation's receivers.
ANSWERS = {"healthy": Http(body=b"thanks"), "once": Http(500, body=b"thanks"), "gone": Http(410, body=b"thanks")}


class Once(Receiver):
    """Fails the first request of each delivery."""

    def take(self, request):
        seen = {earlier.headers["webhook-id"] for earlier in self.requests}
        super().take(request)
        return ANSWERS["healthy" if request.headers["webhook-id"] in seen else "once"]


class Player:
    def __init__(self, api: Api, receivers: ReceiverServer, dialer, settled: list[dict]):
        self.api, self.stack, self.receivers, self.dialer = api, api.stack, receivers, dialer
        # How many attempts and calls there are at each point where everything settles.
        self.to_settle = iter(settled)
        self.kept: dict[str, str] = {}
        self.endpoints: dict[str, str] = {}

    def play(self, step: dict) -> None:
        if "settles" in step:
            expected = next(self.to_settle)
            eventually(lambda: self.counted() == expected, f"{expected}", timeout=120, pause=0.2)
        elif "completes" in step:
            self.dialer.send({**completions.of_job(step["completes"]), **self.filled(step["completes"])})
        else:
            self.ask(step)

    def ask(self, step: dict) -> None:
        method = next(method for method in ("GET", "POST", "PATCH", "DELETE") if method in step)
        path, body = self.filled(step[method]), self.filled(step.get("body"))
        match step["as"]:
            case "operator":
                answer = self.api.operator(method, path.removeprefix("/operator"), body)
            case "owner":
                answer = self.api.v1(self.kept["apiKey"], method, path.removeprefix("/v1"), body)
            case "crm":
                answer = self.api.trigger(path[1:], body, headers=step.get("headers"))
        assert answer.status == step["is"], (method, path, answer.body)
        for name, place in step.get("keep", {}).items():
            found = answer.json()
            for part in place.split("."):
                found = found[int(part) if part.isdigit() else part]
            self.kept[name] = found

    def filled(self, value):
        match value:
            case str():
                text = re.sub(r"<(\w+)>", lambda name: self.kept[name[1]], value)
                return re.sub(r"^<(\w+-\w+)>$", lambda name: self.endpoint(name[1]), text)
            case list():
                return [self.filled(item) for item in value]
            case dict():
                return {name: self.filled(item) for name, item in value.items()}
        return value

    def endpoint(self, name: str) -> str:
        kind = name.partition("-")[0]
        url = self.endpoints[name] = self.receivers.receiver(ANSWERS[kind]).url
        if kind == "once":
            self.receivers.receivers[urlsplit(url).path] = Once(url)
        return url

    def counted(self) -> dict:
        has = {"attempts": ("DeliveryLogs", "outcome"), "told": ("Calls", "fannedOutAt")}
        return {what: sum(name in item for item in self.items(table)) for what, (table, name) in has.items()}

    def items(self, table: str) -> list[dict]:
        """What belongs to this account: an item that names it, or something of it."""
        dynamodb = self.stack.client("dynamodb")
        pages = dynamodb.get_paginator("scan").paginate(TableName=self.stack.physical_ids[table], ConsistentRead=True)
        ids = [value for value in self.kept.values() if "_" in value]
        texts = ((item, json.dumps(item, default=repr)) for page in pages for item in page["Items"])
        return [item for item, text in texts if any(one in text for one in ids)]


# Members whose values are drawn, sealed, hashed, measured, or a moment.
# (A body's digest is that of its white space, too.)
DRAWN = {"slug", "hash", "bodyDigest", "durationMs", "minute", "lastUsedOn"}
ID = re.compile(r"\b([a-z]{2,4})_[0-9a-f]{32}\b")
# Milliseconds or seconds since 1970, in this century.
TIME = re.compile(r"\b1[5-9]\d{8}(\d{3})?\b")
STATISTICS = re.compile(r"stats#<time>#")


def plain(items: list[dict], kept: dict[str, str], endpoints: dict[str, str]) -> Counter:
    """Items as texts that two worlds share: kept ids by their names, others by their kind, no times, no secrets."""
    words = {url: f"<{name}>" for name, url in endpoints.items()}
    words |= {f"{urlsplit(url).scheme}://{urlsplit(url).netloc}": "<origin>" for url in endpoints.values()}
    words |= {value: f"<{name}>" for name, value in sorted(kept.items(), key=lambda one: -len(one[1]))}
    texts, statistics = Counter(), Counter()
    for item in (_plain(item, words) for item in items):
        key = item.get("attemptKey", {}).get("S", "")
        if STATISTICS.match(key):
            # An hour may end on the way.
            statistics.update({(key, name): int(item[name]["N"]) for name in ("succeeded", "failed") if name in item})
        else:
            texts[json.dumps(item, sort_keys=True)] += 1
    return texts + statistics


def _plain(value, words: dict[str, str]):
    match value:
        case dict():
            return {
                _text(name, words): "drawn" if name in DRAWN or name == "B" else _plain(item, words)
                for name, item in value.items()
            }
        case list():
            return [_plain(item, words) for item in value]
        case str():
            return _text(value, words)
        case int() if TIME.fullmatch(str(value)):
            return "<time>"
    return value


def _text(text: str, words: dict[str, str]) -> str:
    for value, word in words.items():
        text = text.replace(value, word)
    return TIME.sub("<time>", ID.sub(r"<\1>", text))
