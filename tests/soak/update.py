"""`make soak`: a stack of the last release is updated to what is here while it works. Nothing is lost, nothing doubled.

The last release is the newest tag; UPDATE_FROM names another commit. Its functions and its template are built and
deployed by its own scripts, so its history must be there (no shallow clone). Cargo knows the crates of a workspace by
their relative paths, and would take those of one checkout for those of the other: the release is built into a folder
of its own, target/last-release.

The emulator ends a function's processes when its code is changed; Lambda lets them finish what they have begun. So a
request may be cut off with a 502 here, and is sent again as a CRM does it, under its `Idempotency-Key`.
"""

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from accounts import eventually
from api import Api
from deployed_stack import Stack
from load import Load
from queues import DeadLetters, Dialer, Jobs
from receiver import ReceiverServer

CHECKOUT = Path(__file__).resolve().parents[2]
# Stands in until there is a tag: the last commit before the portal, with its tables and its functions.
STAND_IN = "aad7823^"
SIZE = int(os.environ.get("REQUESTS", "2000"))
# Without anything moving: longer than a message is hidden whose handling broke off.
PATIENCE = 240


def git(*arguments: object) -> str:
    return subprocess.run(
        ["git", *map(str, arguments)], cwd=CHECKOUT, check=True, capture_output=True, text=True
    ).stdout


def last_release() -> str:
    newest = git("tag", "--list", "v*", "--sort=-version:refname").split()
    return git("rev-parse", os.environ.get("UPDATE_FROM") or (newest or [STAND_IN])[0]).strip()


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    """A checkout of the last release."""
    commit, checkout = last_release(), tmp_path_factory.mktemp("released") / "checkout"
    print(f"\nthe last release: {git('log', '-1', '--format=%h %s', commit).strip()}")
    git("worktree", "add", "--quiet", "--detach", checkout, commit)
    yield checkout
    git("worktree", "remove", "--force", checkout)


def make_up(checkout: Path, state: Path, port: int, command: str = "up", **more: str) -> None:
    settings = {"STATE_DIR": str(state), "PORT": str(port), **more}
    script = checkout / "infra" / "local" / "stack.py"
    subprocess.run([sys.executable, script, command], cwd=checkout, env={**os.environ, **settings}, check=True)


def deployed_code(stack: Stack) -> dict[str, str]:
    """The digest of what each function runs."""
    pages = stack.client("lambda").get_paginator("list_functions").paginate()
    return {function["FunctionName"]: function["CodeSha256"] for page in pages for function in page["Functions"]}


@pytest.fixture
def old_stack(released, tmp_path, monkeypatch):
    state, port = tmp_path / "state", free_port()
    try:
        make_up(released, state, port, CARGO_TARGET_DIR=str(CHECKOUT / "target" / "last-release"))
        monkeypatch.setenv("STACK_FILE", str(state / "stack.json"))
        yield Stack.from_environment(), lambda: make_up(CHECKOUT, state, port)
    finally:
        make_up(CHECKOUT, state, port, "down")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


MOMENTS = {
    "while requests come": lambda load: load.answered >= SIZE // 8,
    "while results are delivered": lambda load: load.arrived >= SIZE // 2,
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_update_loses_and_doubles_nothing(old_stack, moment):
    stack, update = old_stack
    sqs, receivers = stack.client("sqs"), ReceiverServer()
    dead_letters = DeadLetters(sqs, stack.dead_letter_queue_of(stack.call_completions_queue_url))
    dialer = Dialer(sqs, stack.call_completions_queue_url)
    with Jobs(sqs, stack.call_jobs_queue_url) as jobs, dead_letters, ThreadPoolExecutor(1) as pool:
        load = Load(stack, Api(stack), jobs, dialer, dead_letters, receivers, has_events=False)
        running = pool.submit(load.run, SIZE, PATIENCE, is_cut=True)
        eventually(lambda: running.done() or MOMENTS[moment](load), "the load is at work", PATIENCE)
        released, began = deployed_code(stack), time.monotonic()
        update()
        print(f"updated in {time.monotonic() - began:.1f} s")
        assert not running.done(), "the load was over before the update was"
        report = running.result()
    receivers.close()
    assert report.violations == []
    updated = deployed_code(stack)
    assert [name for name, code in released.items() if updated[name] == code] == [], "they run the release's code"
    print(f"{len(released)} functions have other code than before, {len(updated) - len(released)} are new")
