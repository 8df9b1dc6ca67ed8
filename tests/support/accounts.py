"""A tenant of the product, as an integrator drives it: webhooks, campaigns, calls, logs."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import sent_values
from api import Answer, Api

_numbers = itertools.count(1)

# Deadline for what happens behind a queue. Generous: it is only ever spent by a failing test.
PATIENCE = 30.0


def eventually(probe: Callable, what: str, timeout: float = PATIENCE, pause: float = 0.05):
    """The first truthy answer of `probe`, asked again until the deadline."""
    deadline = time.monotonic() + timeout
    while True:
        answer = probe()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"within {timeout:.0f} s: {what}; last seen: {answer!r}")
        time.sleep(pause)


def unused_phone() -> str:
    """A phone number no other call of this run has."""
    return f"+1555{next(_numbers):07d}"


def remembered_token(token: str) -> str:
    """A portal token, and its secret part, for whoever looks for them in tables and logs."""
    sent_values.remember("portal token", [token, token.split("_", 3)[3]])
    return token


@dataclass(frozen=True)
class Webhook:
    """A webhook as its creation answered it: the only time its signing secret is told."""

    id: str
    signing_secret: str
    body: dict

    @property
    def slug(self) -> str:
        return self.body["slug"]

    @property
    def path(self) -> str:
        """Where the API has it."""
        return f"/webhooks/{self.id}"


class Account:
    def __init__(self, api: Api, account_id: str, api_key: str):
        self.api, self.id, self.api_key = api, account_id, api_key
        sent_values.remember("API key", api_key)

    @classmethod
    def open(cls, api: Api, credits: int = 100, name: str = "Quillhaven Realty") -> "Account":
        answer = api.operator("POST", "/accounts", {"name": name, "credits": credits})
        assert answer.status == 201, answer
        return cls(api, answer.json()["id"], answer.json()["apiKey"])

    def get(self, path: str, **query) -> Answer:
        return self.api.v1(self.api_key, "GET", path, query=query)

    def post(self, path: str, body, **headers: str) -> Answer:
        return self.api.v1(self.api_key, "POST", path, body, headers=headers)

    def patch(self, path: str, body) -> Answer:
        return self.api.v1(self.api_key, "PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.api.v1(self.api_key, "DELETE", path)

    def read(self, path: str, **query) -> dict:
        answer = self.get(path, **query)
        assert answer.status == 200, (path, answer)
        return answer.json()

    def edit(self, path: str, **changes) -> dict:
        """The thing at `path` once it is changed."""
        answer = self.patch(path, changes)
        assert answer.status == 200, (path, answer)
        return answer.json()

    # the portal

    def portal_link(self, **asked) -> str:
        """The token of a new link."""
        answer = self.post("/portal-links", asked)
        assert answer.status == 201, answer
        return remembered_token(answer.json()["url"].partition("#link=")[2])

    def portal_session(self, role: str = "editor") -> dict:
        """A new session, as the portal keeps it."""
        answer = self.api.v1(None, "POST", "/portal-sessions", {"link": self.portal_link(role=role)})
        assert answer.status == 201, answer
        remembered_token(answer.json()["token"])
        return answer.json()

    def session(self, role: str = "editor") -> str:
        """The token of a new session."""
        return self.portal_session(role)["token"]

    # what an integrator creates

    def webhook(self, **body) -> Webhook:
        for headers in (body.get("headers"), (body.get("responseWebhook") or {}).get("headers")):
            sent_values.remember("header value", [header["value"] for header in headers or []])
        sent_values.remember("required header", (body.get("requiredHeader") or {}).get("value"))
        answer = self.post("/webhooks", body)
        assert answer.status == 201, answer
        created = answer.json()
        sent_values.remember("signing secret", created["signingSecret"])
        sent_values.remember("slug", created.get("slug"))
        return Webhook(created["id"], created["signingSecret"], created)

    def inbound(self, **more) -> Webhook:
        return self.webhook(direction="inbound", name="From the CRM", **more)

    def outbound(self, url: str, **more) -> Webhook:
        return self.webhook(direction="outbound", name="To the CRM", url=url, **more)

    def campaign(self, webhook: Webhook | None = None, **settings) -> dict:
        body = {
            "name": "Q4 Outreach",
            "status": "active",
            "prompt": "You are Alex, calling for Quillhaven.",
            **settings,
        }
        if webhook:
            body["webhookId"] = webhook.id
        for told in ("prompt", "voicemailMessage", "callForwarding", "followUps"):
            sent_values.remember(told, body.get(told))
        answer = self.post("/campaigns", {k: v for k, v in body.items() if v is not None})
        assert answer.status == 201, answer
        return answer.json()

    def bound_webhook(self, **more) -> Webhook:
        """An inbound webhook whose active campaign has a prompt: a request to it rings."""
        webhook = self.inbound(**more)
        self.campaign(webhook)
        return webhook

    def trigger(self, webhook: Webhook, data: dict | None = None, **how) -> Answer:
        data = {"phoneNumber": unused_phone()} if data is None else data
        return self.api.trigger(webhook.slug, {"type": "calls.execute", "data": data}, **how)

    def test_call(self, campaign: dict, data: dict | None = None, **headers: str) -> Answer:
        data = {"phoneNumber": unused_phone()} if data is None else data
        sent_values.remember_phone(str(data.get("phoneNumber", "")))
        sent_values.remember("recipient", [value for name, value in data.items() if name != "phoneNumber"])
        return self.post(f"/campaigns/{campaign['id']}/test-call", data, **headers)

    # what the operator allows

    def preset(self, preset_id: str) -> dict:
        """What a preset has to copy: a payload, or a mapping."""
        (preset,) = (preset for preset in self.read("/presets")["items"] if preset["id"] == preset_id)
        return preset[preset["kind"]]

    def limit(self, **limits) -> Answer:
        return self.api.operator("PATCH", f"/accounts/{self.id}", {"limits": limits})

    # what an integrator reads

    def credits(self) -> int:
        return self.read("/account")["credits"]

    def call(self, call_id: str) -> dict:
        return self.read(f"/calls/{call_id}")

    def calls_of(self, campaign: dict) -> list[dict]:
        return self.read(f"/campaigns/{campaign['id']}/calls", limit=100)["items"]

    def requests_to(self, webhook: Webhook, n: int = 1) -> list[dict]:
        """The request log, newest first, once it holds `n` rows."""
        path = f"/webhooks/{webhook.id}/requests"

        def rows():
            items = self.read(path, limit=100)["items"]
            return items if len(items) >= n else None

        items = eventually(rows, f"{n} requests in the log")
        assert len(items) == n, items
        return items

    def last_request_to(self, webhook: Webhook) -> dict:
        return self.requests_to(webhook, 1)[0]

    def attempts_of(self, webhook: Webhook, n: int = 1, timeout: float = PATIENCE) -> list[dict]:
        """The delivery log, newest first, once it holds `n` attempts or more."""
        path = f"/webhooks/{webhook.id}/deliveries"

        def rows():
            items = self.read(path, limit=100)["items"]
            return items if len(items) >= n else None

        return eventually(rows, f"{n} attempts in the log of {webhook.id}", timeout)

    def settled(self, call_id: str) -> dict:
        """The call once its completion has been taken in."""
        return eventually(
            lambda: (call := self.call(call_id))["status"] != "queued" and call,
            f"{call_id} has a result",
        )
