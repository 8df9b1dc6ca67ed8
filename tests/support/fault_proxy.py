"""An HTTP proxy between a function and AWS: it forwards calls, and spoils those that a judge names."""

import http.client
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from killer import Killer
from message_edits import send_delayed

# Longer than one try of the functions' SDK, which gives up after 2.5 s.
HANG_SECONDS = 3.5

# Later than what a message causes, and what follows from that: a retry comes after 5 s.
LATE_SECONDS = 8

# Later than other messages of its call, which overtake it.
OVERTAKEN_SECONDS = 2

# Of one connection; not the proxy's business.
_HOP_BY_HOP = {"connection", "transfer-encoding", "keep-alive", "content-length", "server", "date"}


class Kind(StrEnum):
    """What may happen to a call."""

    THROTTLE = "throttled"
    SERVER_ERROR = "answered 500"
    HANG = "hangs"
    DROP_BEFORE = "dropped before its effect"
    DROP_AFTER = "dropped after its effect"
    KILL_BEFORE = "its process is killed before its effect"
    KILL_AFTER = "its process is killed after its effect"
    TWICE = "messages sent twice"
    LATE_TWIN = "messages sent again seconds later"
    OVERTAKEN = "first message overtaken by the others"

    @property
    def has_effect(self) -> bool:
        """Whether AWS does what was asked."""
        return self in (Kind.DROP_AFTER, Kind.KILL_AFTER, *OF_MESSAGES)

    @property
    def kills(self) -> bool:
        return self in KILLS


KILLS = (Kind.KILL_BEFORE, Kind.KILL_AFTER)
OF_MESSAGES = (Kind.TWICE, Kind.LATE_TWIN, Kind.OVERTAKEN)


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


@dataclass(frozen=True)
class Answered:
    """Nothing is forwarded: this is the answer."""

    body: bytes


Verdict = Kind | Answered | None

# Decides over each try. It is told about every one, also about those that it lets pass.
Judge = Callable[[Call], Verdict]


class FaultProxy(ThreadingHTTPServer):
    """Stands before the emulator for one function."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, function: str, upstream: str, judge: Judge, sqs, killer: Killer | None = None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sqs = sqs
        self.function, self.upstream, self.judge, self.killer = function, urlsplit(upstream), judge, killer
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.closing = threading.Event()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # the SDK hangs up on what hangs, and so do the dead

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
            case Answered(answer):
                self._answer_json(answer)
            case Kind() as kind if kind in OF_MESSAGES:
                self._spoil_messages(kind, call, body)
            case Kind() as kind if kind.has_effect:
                self._spoil_the_end(kind, body)
            case Kind() as kind:
                self._spoil_the_beginning(kind, call)

    do_GET = do_POST = do_PUT = do_DELETE = _pass_on

    def _spoil_the_beginning(self, kind: Kind, call: Call) -> None:
        match kind:
            case Kind.THROTTLE:
                self._fail(429 if call.service == "Scheduler" else 400, "ThrottlingException")
            case Kind.SERVER_ERROR:
                self._fail(500, "InternalServerError")
            case Kind.HANG:
                self.close_connection = True
                self.server.closing.wait(HANG_SECONDS)
            case Kind.DROP_BEFORE:
                self.close_connection = True
            case Kind.KILL_BEFORE:
                self.close_connection = True
                self.server.killer.kill_peer(self.connection)

    def _spoil_the_end(self, kind: Kind, body: bytes) -> None:
        match kind:
            case Kind.DROP_AFTER:
                self._forward(body)
                self.close_connection = True
            case Kind.KILL_AFTER:
                self._forward(body)
                self.close_connection = True
                self.server.killer.kill_peer(self.connection)

    def _spoil_messages(self, kind: Kind, call: Call, body: bytes) -> None:
        match kind:
            case Kind.TWICE:
                self._forward(body)
                self._answer(*self._forward(body))
            case Kind.LATE_TWIN:
                send_delayed(self.server.sqs, call.operation, call.body, LATE_SECONDS)
                self._answer(*self._forward(body))
            case Kind.OVERTAKEN:
                only_first = call.operation == "SendMessageBatch"
                sent = send_delayed(self.server.sqs, call.operation, call.body, OVERTAKEN_SECONDS, only_first)
                self._answer_json(sent)

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

    def _answer_json(self, body: bytes) -> None:
        self._answer(200, [("content-type", "application/x-amz-json-1.0")], body)

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, '')}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() not in _HOP_BY_HOP]
        lines += [f"content-length: {len(body)}", "", ""]
        self.wfile.write("\r\n".join(lines).encode("latin-1") + body)

    def log_message(self, format, *args):  # noqa: A002 - the base class names it so
        pass
