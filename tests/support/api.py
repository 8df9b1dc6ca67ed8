"""Plain HTTP to the deployed API: the inbound URL, /v1 with an API key, /operator signed with SigV4."""

import json
from dataclasses import dataclass
from urllib.parse import urlencode

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

import sent_values
from deployed_stack import Stack


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # lower-case names
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> dict:
        return self.json()["error"]


class Api:
    def __init__(self, stack: Stack):
        self.stack = stack
        self.url = stack.api_url
        # A fresh connection each time: a kept one may be closed under a POST, which must not be repeated blindly.
        self._http = urllib3.PoolManager(num_pools=4, maxsize=32, retries=False, timeout=60.0)

    def request(self, method: str, path: str, body: bytes | None = None, headers: dict | None = None, **how) -> Answer:
        """`how` is urllib3's: `decode_content=False` leaves a compressed body as it came."""
        sent = {"connection": "close", "user-agent": "tests", **(headers or {})}
        answer = self._http.request(method, self.url + path, body=body, headers=sent, redirect=False, **how)
        return Answer(answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.data)

    def trigger(
        self, slug: str, body, method: str = "POST", headers: dict | None = None, path: str | None = None
    ) -> Answer:
        """One request at an inbound URL; `body` is bytes as they are, or a value to be written as JSON."""
        sent_values.remember("slug", slug)
        if not isinstance(body, (bytes, type(None))):
            remember_request(body)
            body = json.dumps(body).encode()
            headers = {"content-type": "application/json", **(headers or {})}
        return self.request(method, path or f"/{slug}", body, headers)

    def v1(
        self,
        api_key: str | None,
        method: str,
        path: str,
        body=None,
        query: dict | None = None,
        headers: dict | None = None,
    ) -> Answer:
        headers = dict(headers or {})
        if api_key is not None:
            headers["authorization"] = f"Bearer {api_key}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is not None:
            headers["content-type"] = "application/json"
        target = path + ("?" + urlencode(query) if query else "")
        return self.request(method, "/v1" + target, body, headers)

    def operator(self, method: str, path: str, body=None, signed: bool = True) -> Answer:
        """A route of the product's own back end, signed as AWS_IAM asks."""
        url = f"{self.url}/operator{path}"
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = AWSRequest(method=method, url=url, data=data, headers={"content-type": "application/json"})
        if signed:
            credentials = Credentials(self.stack.access_key_id, self.stack.secret_access_key)
            SigV4Auth(credentials, "execute-api", self.stack.region).add_auth(request)
        return self.request(method, f"/operator{path}", data, dict(request.headers.items()))


def remember_request(body) -> None:
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        return
    for name, value in data.items():
        if name in ("phoneNumber", "phone_number"):
            sent_values.remember_phone(value)
        else:
            sent_values.remember("call data", value)
