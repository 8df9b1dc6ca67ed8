"""An account with one of everything, and requests to any operation of the document with ids that are there."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

import completions
import sent_values
from accounts import Account, Webhook, eventually, remembered_token, unused_phone
from api import Answer, Api
from openapi import Operation
from receiver import Http

URL = "https://example.com/hook"
SECRETS = {"apiKey": "API key", "signingSecret": "signing secret", "slug": "slug"}


@dataclass(frozen=True)
class Request:
    """What is sent. An id that is not given is one of the sample account's."""

    ids: dict[str, str] = field(default_factory=dict)
    query: dict[str, object] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: object = None
    authorized: bool = True
    api_key: str | None = None  # of another account
    role: str | None = None  # of a session of its own, instead of the API key


class SampleAccount:
    """One call is over, and both endpoints, the response webhook and the outbound webhook's, were told of it."""

    def __init__(self, api: Api, jobs, dialer, receivers):
        self.api, self._jobs, self._dialer = api, jobs, dialer
        self.account = Account.open(api, credits=10_000)
        account = self.account
        self.response, self.endpoint = receivers.receiver(), receivers.receiver()
        self._failing = receivers.receiver(Http(503, (("retry-after", "12"),)))
        self.inbound = account.inbound(responseWebhook={"url": self.response.url})
        self.outbound = account.outbound(self.endpoint.url)
        self.campaign = account.campaign(self.inbound)
        call_id = self._finish_a_call(self.inbound)
        (attempt,) = account.attempts_of(self.inbound)
        (self.attempt_at_outbound,) = account.attempts_of(self.outbound)
        self.ids = {
            "slug": self.inbound.slug,
            "webhookId": self.inbound.id,
            "deliveryId": attempt["deliveryId"],
            "campaignId": self.campaign["id"],
            "callId": call_id,
            "accountId": account.id,
        }

    def _finish_a_call(self, webhook: Webhook) -> str:
        self.account.trigger(webhook, {**completions.RECIPIENT, "phoneNumber": unused_phone()})
        (job,) = self._jobs.of(webhook)
        self._dialer.send(completions.of_job(job, **completions.RESULTS))
        return job["callId"]

    def a_call_that_is_over(self) -> str:
        completion = completions.of_elsewhere(self.account)
        self._dialer.send(completion)
        eventually(lambda: self.account.get(f"/calls/{completion['callId']}").status == 200, "the call is recorded")
        return completion["callId"]

    def a_delivery_to(self, webhook: Webhook) -> str:
        """The id of one to the response webhook of this webhook."""
        self._finish_a_call(webhook)
        return self.account.attempts_of(webhook)[0]["deliveryId"]

    def a_pending_delivery(self) -> dict[str, str]:
        """The ids of one that has failed once, and of its webhook."""
        webhook = self.account.bound_webhook(responseWebhook={"url": self._failing.url})
        return {"webhookId": webhook.id, "deliveryId": self.a_delivery_to(webhook)}

    def a_zap(self) -> str:
        return self.account.post("/zapier/hooks", {"targetUrl": URL}).json()["id"]

    def api_key(self) -> dict:
        """A further key of the account: `id` and `apiKey`."""
        answer = self.api.operator("POST", f"/accounts/{self.account.id}/api-keys", {"name": "spare"})
        _remember_secrets(answer)
        return answer.json()

    def an_api_key(self) -> str:
        return self.api_key()["id"]

    def a_disabled_webhook(self) -> Webhook:
        webhook = self.account.outbound(URL)
        self.account.edit(webhook.path, status="disabled")
        return webhook

    def a_test_delivery(self) -> str:
        """The id of one to the inbound webhook's response webhook."""
        self.account.post(f"{self.inbound.path}/test", {})
        rows = self.account.attempts_of(self.inbound)
        return next(row["deliveryId"] for row in rows if row["test"])

    def path_of(self, operation: Operation, given: dict[str, str]) -> str:
        """Its path with these ids, and one of the sample account's where none is given."""
        made = {"hookId": self.a_zap, "keyId": self.an_api_key}  # for the occasion: it may be taken away
        missing = [name for name in made if f"{{{name}}}" in operation.path and name not in given]
        return operation.path.format(**{**self.ids, **{name: made[name]() for name in missing}, **given})

    def _bearer_of(self, request: Request) -> str | None:
        if not request.authorized:
            return None
        return self.account.session(request.role) if request.role else request.api_key or self.account.api_key

    def send(self, operation: Operation, request: Request) -> Answer:
        target = self.path_of(operation, request.ids)
        if request.query:
            target += "?" + urlencode(request.query)
        body = request.body
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if operation.path.startswith("/operator"):
            target = target.removeprefix("/operator")
            answer = self.api.operator(operation.method, target, body, signed=request.authorized)
        elif operation.path.startswith("/v1"):
            key = self._bearer_of(request)
            answer = self.api.v1(key, operation.method, target.removeprefix("/v1"), body, headers=request.headers)
        else:
            answer = self.api.request(operation.method, target, body, request.headers)
        _remember_secrets(answer)
        return answer


def _remember_secrets(answer: Answer) -> None:
    told = json.loads(answer.body) if answer.body else None
    if isinstance(told, dict):
        for name, kind in SECRETS.items():
            sent_values.remember(kind, told.get(name))
        if "token" in told:
            remembered_token(told["token"])
        if "#link=" in str(told.get("url")):
            remembered_token(told["url"].partition("#link=")[2])
