"""An HTTP endpoint on loopback that keeps what it is sent, in the place of a customer's."""

import queue
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Received:
    path: str
    headers: dict[str, str]  # lower-case names
    body: bytes


class Receiver:
    def __init__(self):
        self._received: queue.Queue[Received] = queue.Queue()
        self._failures: dict[str, tuple[int, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fail_once(self, path: str, status: int, body: str) -> None:
        """The next request to this path is answered so; all others with 200."""
        self._failures[path] = (status, body)

    def next(self, patience_s: float) -> Received | None:
        """The next request, awaited; None when none comes."""
        try:
            return self._received.get(timeout=patience_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        received, failures = self._received, self._failures

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                status, answer = failures.pop(self.path, (200, "thank you"))
                self.send_response(status)
                self.send_header("content-type", "text/plain")
                self.end_headers()
                self.wfile.write(answer.encode())
                received.put(Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body))

            def log_message(self, *_):
                pass

        return Handler
