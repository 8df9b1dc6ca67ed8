"""An HTTP endpoint on loopback that keeps what it is sent, in the place of a customer's.

Run by itself it answers 200, or FAIL, on RECEIVER_PORT (default 4580) and prints what comes, until Ctrl-C.
"""

import json
import os
import queue
import signal
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from screen import line, show
from settings import Problem, report_problems

PORT = 4580
# Every client sends them. All others are printed, so that a custom header is seen.
USUAL_HEADERS = {"accept", "accept-encoding", "connection", "content-length", "content-type", "host", "user-agent"}


@dataclass(frozen=True)
class Received:
    method: str
    path: str  # with its query
    headers: dict[str, str]  # lower-case names
    body: bytes


class Receiver:
    def __init__(self, port: int = 0, status: int = 200):
        self._status = status
        self._received: queue.Queue[Received] = queue.Queue()
        self._failures: dict[str, tuple[int, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail_once(self, path: str, status: int, body: str) -> None:
        """The next request to this path is answered so; all others as ever."""
        self._failures[path] = (status, body)

    def next(self, patience_s: float | None) -> Received | None:
        """The next request, awaited; None when none comes in time."""
        try:
            return self._received.get(timeout=patience_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        received, failures, usual = self._received, self._failures, (self._status, "thank you")

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._take()

            def do_POST(self):
                self._take()

            def _take(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, answer = failures.pop(self.path, usual)
                self.send_response(status)
                self.send_header("content-type", "text/plain")
                self.end_headers()
                self.wfile.write(answer.encode())
                received.put(Received(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))

            def log_message(self, *_):
                pass

        return Handler


def main() -> int:
    port = os.environ.get("RECEIVER_PORT", "") or str(PORT)
    if not port.isdigit() or int(port) > 65535:
        raise Problem(f"RECEIVER_PORT is {port!r}; it must be a number up to 65535.")
    status = os.environ.get("FAIL", "") or "200"
    if not (status.isdigit() and 200 <= int(status) <= 599):
        raise Problem(f"FAIL is {status!r}; it must be a status from 200 to 599, such as 503.")
    try:
        receiver = Receiver(int(port), int(status))
    except OSError as error:
        raise Problem(f"port {port} cannot be had ({error.strerror}); choose another by RECEIVER_PORT.") from error
    # A shell that starts it in its background has Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    print(f"Deliveries to {receiver.url}/… are answered {status} and printed here; Ctrl-C ends.", flush=True)
    try:
        while True:
            tell(receiver.next(None))
    except KeyboardInterrupt:
        print()
    return 0


def tell(received: Received) -> None:
    print(f"\n{received.method} {received.path}", flush=True)
    for name, value in received.headers.items():
        if name not in USUAL_HEADERS:
            line(name, value)
    try:
        show(json.loads(received.body))
    except ValueError:
        print(received.body.decode(errors="replace"))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(report_problems(main))
