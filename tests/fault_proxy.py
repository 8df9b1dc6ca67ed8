"""An HTTP proxy between a function and AWS: it forwards calls, and spoils those that a plan names."""

import http.client
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Longer than one try of the functions' SDK, which gives up after 2.5 s.
HANG_SECONDS = 3.5

# Of one connection; not the proxy's business.
_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "server", "date"}


class Kind(StrEnum):
    """What may happen to a call."""

    THROTTLE = "throttled"
    SERVER_ERROR = "answered 500"
    HANG = "hangs"
    DROP_BEFORE = "dropped before its effect"
    DROP_AFTER = "dropped after its effect"


@dataclass(frozen=True)
class Call:
    """One try of one call to AWS."""

    function: str
    service: str  # "DynamoDB_20120810", "AmazonSQS", "TrentService", "Scheduler"
    operation: str
    body: str
    invocation: str  # the same for all tries of a call
    attempt: int  # 1, 2, 3

    @classmethod
    def read(cls, function: str, method: str, path: str, headers, body: bytes) -> "Call":
        service, _, operation = headers.get("x-amz-target", "").partition(".")
        if not operation:  # REST: Scheduler's schedules
            scheduled = re.match(r"/schedules/[^/?]+", path)
            service = "Scheduler"
            operation = "CreateSchedule" if scheduled and method == "POST" else f"{method} {path}"
        tries = re.search(r"attempt=(\d+)", headers.get("amz-sdk-request", ""))
        invocation = headers.get("amz-sdk-invocation-id", "")
        text = body.decode("utf-8", "replace")
        return cls(function, service, operation, text, invocation, int(tries[1]) if tries else 1)


# Decides over each try. It is told about every one, also about those that it lets pass.
Judge = Callable[[Call], Kind | None]


class FaultProxy(ThreadingHTTPServer):
    """Stands before the emulator for one function."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, function: str, upstream: str, judge: Judge):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.function, self.upstream, self.judge = function, urlsplit(upstream), judge
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # the SDK hangs up on what hangs

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(
            self.server.upstream.hostname, self.server.upstream.port, timeout=60
        )

    def finish(self) -> None:
        self._upstream.close()
        super().finish()

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        call = Call.read(self.server.function, self.command, self.path, self.headers, body)
        match self.server.judge(call):
            case None:
                self._answer(*self._forward(body))
            case Kind.THROTTLE:
                self._fail(429 if call.service == "Scheduler" else 400, "ThrottlingException")
            case Kind.SERVER_ERROR:
                self._fail(500, "InternalServerError")
            case Kind.HANG:
                self.close_connection = True
                self.server.closing.wait(HANG_SECONDS)
            case Kind.DROP_BEFORE:
                self.close_connection = True
            case Kind.DROP_AFTER:
                self._forward(body)
                self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        try:
            self._upstream.request(self.command, self.path, body, headers)
            answer = self._upstream.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):  # an idle connection that the emulator closed
            self._upstream.close()
            self._upstream.request(self.command, self.path, body, headers)
            answer = self._upstream.getresponse()
        return answer.status, answer.getheaders(), answer.read()

    def _fail(self, status: int, error: str) -> None:
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amzn-errortype", error)]
        self._answer(status, headers, json.dumps({"__type": error, "message": "a fault of the test"}).encode())

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _HOP_BY_HOP]
        lines += [f"content-length: {len(body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + body)

    def log_message(self, format, *args):  # noqa: A002 - the base class names it so
        pass
