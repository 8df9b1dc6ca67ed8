"""`make demo` as a newcomer runs it: in a stack of its own, in a terminal, with a look at the portal before it ends."""

import os
import pty
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from example_shell import NOT_OF_A_TERMINAL, UP_PATIENCE_S, free_port
from markdown_pages import CHECKOUT
from portal_tokens import opens_the_portal

STATE = ".local/demo"


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OF_A_TERMINAL)}
    return {**kept, "STATE_DIR": STATE, "PORT": str(free_port())}


@contextmanager
def demo() -> Iterator[tuple[subprocess.Popen, int]]:
    """The demo while it runs, and where its Enter key is."""
    surroundings = environment()
    down = ["make", "down"]
    subprocess.run(down, cwd=CHECKOUT, env=surroundings, check=True)  # of a run that was killed
    keyboard, terminal = pty.openpty()
    running = subprocess.Popen(
        ["make", "demo"],
        cwd=CHECKOUT,
        env=surroundings,
        text=True,
        start_new_session=True,
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    patience = threading.Timer(UP_PATIENCE_S, lambda: _end(running))
    patience.start()
    try:
        yield running, keyboard
    finally:
        patience.cancel()
        _end(running)
        os.close(keyboard)
        os.close(terminal)
        subprocess.run(down, cwd=CHECKOUT, env=surroundings, check=True)


def _end(running: subprocess.Popen) -> None:
    if running.poll() is None:
        os.killpg(running.pid, signal.SIGKILL)  # with all that it started
        running.wait()


def read_until(output, words: str) -> str:
    said = ""
    while words not in said:
        character = output.read(1)
        assert character, f"it ended without {words!r}:\n{said}"
        said += character
    return said


def test_the_demo_delivers_and_its_link_opens_the_portal_until_enter_ends_its_stack():
    with demo() as (running, keyboard):
        told = read_until(running.stdout, "Press Enter")
        assert '"type": "call.completed"' in told, told
        assert "The signature is valid, says the package standardwebhooks." in told, told
        (link,) = re.findall(r"^ *portal +(http\S+)$", told, re.MULTILINE)
        assert opens_the_portal(link)
        os.write(keyboard, b"\n")
        rest = running.stdout.read()
        assert running.wait() == 0, rest
    assert "All of it went as it should." in rest, rest
