"""Endpoints that want the sender's time or memory. Each ends when the sender has hung up."""

import threading
from dataclasses import dataclass

from receiver import Bytes


@dataclass(frozen=True)
class HangUntilGone:
    """Never answers."""

    first: bytes = b""

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(self.first)
        handler.rfile.read(1)  # nothing more comes but the end


@dataclass(frozen=True)
class Dribble:
    """Begins like this, and goes on a byte a second: by itself it never comes to the end of its head."""

    first: bytes = b"HTTP/1.1 200 OK\r\nx-slow: "

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(self.first)
        while not closing.wait(1):
            handler.wfile.write(b"x")


@dataclass(frozen=True)
class Flood:
    """Begins like this, and says the rest again and again."""

    first: bytes
    rest: bytes

    def play(self, handler, closing: threading.Event) -> None:
        handler.close_connection = True
        handler.wfile.write(self.first)
        while not closing.is_set():
            handler.wfile.write(self.rest)


MANY_HEADERS = b"".join(b"x-%d: y\r\n" % number for number in range(10_000))
LARGE_HEADERS = b"".join(b"x-%d: %s\r\n" % (number, b"v" * 4_000) for number in range(99))

# what an endpoint answers -> status code or error code of an attempt
ANSWERS = {
    "a gigabyte": (Flood(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n", b"x" * 65536), "200"),
    "endless chunks": (Flood(b"HTTP/1.1 500 No\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n" * 9_000), "500"),
    "ten thousand headers": (Bytes(b"HTTP/1.1 200 OK\r\n" + MANY_HEADERS + b"\r\n"), "protocol"),
    "large headers": (Bytes(b"HTTP/1.1 500 No\r\n" + LARGE_HEADERS + b"content-length: 0\r\n\r\n"), "500"),
    "an endless header": (Flood(b"HTTP/1.1 200 OK\r\nx-y: ", b"z" * 65536), "protocol"),
    "endless 100 Continue": (Flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000), "timeout"),
    "a dribbled head": (Dribble(), "timeout"),
    "a dribbled body": (Dribble(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"), "200"),
    "silence": (HangUntilGone(), "timeout"),
    "half an answer": (Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"), "200"),
    "no HTTP": (Bytes(b"SSH-2.0-OpenSSH_9.6\r\n"), "protocol"),
}
