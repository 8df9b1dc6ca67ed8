"""Where a local stack keeps its files, and how its steps report."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
STACK_NAME = "webhooks"
REGION = "us-east-1"
# MiniStack's own root credentials. A 12-digit key id would be an account of its own.
ACCESS_KEY_ID = "test"
SECRET_ACCESS_KEY = "test"


class Problem(Exception):
    """What the user has to know to go on, in one or two sentences."""


def step(message: str) -> None:
    print(f"==> {message}", flush=True)


def report_problems(main) -> int:
    """Runs `main`; a Problem becomes a message and exit code 1, Ctrl-C exit code 130."""
    try:
        return main() or 0
    except Problem as problem:
        print(f"\nStopped: {problem}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr, flush=True)
        return 130


@dataclass(frozen=True)
class Settings:
    """Of one local stack. Two stacks side by side need two state folders and two ports."""

    state: Path
    port: int
    port_was_chosen: bool

    @classmethod
    def from_environment(cls) -> "Settings":
        port = os.environ.get("PORT", "")
        if port and not (port.isdigit() and 1024 <= int(port) <= 65535):
            raise Problem(f"PORT is {port!r}; it must be a number from 1024 to 65535.")
        state = CHECKOUT / os.environ.get("STATE_DIR", ".local")
        return cls(state=state, port=int(port or 4566), port_was_chosen=bool(port))

    @property
    def stack_file(self) -> Path:
        return self.state / "stack.json"

    @property
    def sam_environment_file(self) -> Path:
        return self.state / "env.json"

    @property
    def emulator_file(self) -> Path:
        return self.state / "emulator.json"

    @property
    def emulator_log(self) -> Path:
        return self.state / "emulator.log"

    @property
    def functions_log(self) -> Path:
        return self.state / "functions.log"


def read_json(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def write_json(path: Path, value: dict) -> None:
    """Whole or not at all: a reader never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(value, indent=2) + "\n")
    unfinished.replace(path)
