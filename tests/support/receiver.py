"""Real HTTP endpoints on loopback with scripted answers: what customers' servers do, and what hostile ones do."""

import base64
import itertools
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATIENCE = 30.0


@dataclass(frozen=True)
class Request:
    method: str
    target: str  # path and query exactly as on the request line
    header_list: tuple[tuple[str, str], ...]
    body: bytes
    at: float  # unix seconds
    connection: int  # the caller's port: the same for all that came by one connection

    @property
    def headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.header_list}

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Http:
    """An ordinary answer, after `delay` seconds."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b"ok"
    delay: float = 0.0

    def play(self, handler, closing: threading.Event) -> None:
        if self.delay:
            closing.wait(self.delay)
        handler.send_response(self.status)
        for name, value in self.headers:
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(self.body)))
        handler.end_headers()
        handler.wfile.write(self.body)


@dataclass(frozen=True)
class Hang:
    """Reads the request and never answers."""

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        closing.wait(60)


@dataclass(frozen=True)
class HangAfterHead:
    """Says 200 and never sends the body it announced."""

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart")
        handler.wfile.flush()
        closing.wait(60)


@dataclass(frozen=True)
class Bytes:
    """Whatever these bytes are, then the end of the connection."""

    raw: bytes

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(self.raw)


@dataclass(frozen=True)
class Echo:
    """Repeats the headers that it was sent, as public echo services do, and a Basic one's credentials in clear."""

    def play(self, handler, closing: threading.Event) -> None:
        lines = [f"{name.lower()}: {value}\n" for name, value in handler.headers.items()]
        scheme, _, credentials = (handler.headers.get("authorization") or "").partition(" ")
        if scheme == "Basic":
            lines.append(f"decoded: {base64.b64decode(credentials).decode()}\n")
        Http(body="".join(lines).encode()).play(handler, closing)


OK = Http()


class Receiver:
    """One endpoint: answers by its script, the last answer again and again, and keeps what it was sent."""

    def __init__(self, url: str, *script):
        self.url = url
        self._script = list(script) or [OK]
        self._requests: list[Request] = []
        self._changed = threading.Condition()

    def take(self, request: Request):
        with self._changed:
            self._requests.append(request)
            self._changed.notify_all()
            return self._script[min(len(self._requests), len(self._script)) - 1]

    @property
    def requests(self) -> list[Request]:
        with self._changed:
            return list(self._requests)

    def await_requests(self, n: int = 1, timeout: float = PATIENCE) -> list[Request]:
        deadline = time.monotonic() + timeout
        with self._changed:
            while len(self._requests) < n:
                if not self._changed.wait(deadline - time.monotonic()) and time.monotonic() >= deadline:
                    raise AssertionError(f"{len(self._requests)} of {n} requests at {self.url} within {timeout:.0f} s")
            return list(self._requests)

    def await_request(self, timeout: float = PATIENCE) -> Request:
        return self.await_requests(1, timeout)[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        request = Request(
            self.command, self.path, tuple(self.headers.items()), body, time.time(), self.client_address[1]
        )
        receiver = self.server.receivers.get(self.path.partition("?")[0])
        answer = receiver.take(request) if receiver else Http(404)
        answer.play(self, self.server.closing)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _take

    def log_message(self, format, *args):  # noqa: A002 - the base class names it so
        pass


class ReceiverServer(ThreadingHTTPServer):
    """Holds receivers, each at a path of its own."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, tls: ssl.SSLContext | None = None):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.receivers: dict[str, Receiver] = {}
        self.closing = threading.Event()
        self._paths = itertools.count(1)
        self._scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def receiver(self, *script, query: str = "") -> Receiver:
        path = f"/endpoint-{next(self._paths)}"
        receiver = Receiver(f"{self._scheme}://127.0.0.1:{self.server_port}{path}{query}", *script)
        self.receivers[path] = receiver
        return receiver

    def handle_error(self, request, client_address):
        pass  # callers that hang up are part of the tests

    def close(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


def unused_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
