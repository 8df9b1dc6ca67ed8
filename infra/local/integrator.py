"""The product's HTTP API, as an integrator calls it."""

import json
import time
import urllib.error
import urllib.request

from settings import Problem

PATIENCE_S = 30
LOG_POLL_S = 0.1


class Integrator:
    """One account's use of the API."""

    def __init__(self, api_url: str, api_key: str):
        self._url, self._key = api_url, api_key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def get(self, path: str) -> dict:
        return self._v1("GET", path, None)

    def post(self, path: str, body: dict | None = None) -> dict:
        return self._v1("POST", path, body)

    def patch(self, path: str, body: dict) -> dict:
        return self._v1("PATCH", path, body)

    def rows(self, path: str, count: int) -> list[dict]:
        """The rows of a log, newest first, once there are `count`: one is written a moment after what it tells of."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            rows = self.get(path)["items"]
            if len(rows) >= count:
                return rows
            time.sleep(LOG_POLL_S)
        raise Problem(f"GET /v1{path} does not list {count} rows within {PATIENCE_S} s.")

    def call(self, method: str, url: str, body: dict | None, headers: dict[str, str]) -> tuple[int, dict]:
        """Any request; its status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"content-type": "application/json", **headers}, method=method)
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {"answer": error.read().decode(errors="replace")}

    def _v1(self, method: str, path: str, body: dict | None) -> dict:
        status, answer = self.call(method, f"{self._url}/v1{path}", body, {"authorization": f"Bearer {self._key}"})
        if not 200 <= status < 300:
            raise Problem(f"{method} /v1{path} answered {status}: {answer}")
        return answer
