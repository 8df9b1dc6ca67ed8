"""What `make receiver` prints of the deliveries that it takes."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[2] / "infra" / "local" / "receiver.py"
PATIENCE_S = 20


def start(port: str, **variables: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, PROGRAM],
        env={**os.environ, "RECEIVER_PORT": port, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_deliveries_are_answered_and_printed_until_ctrl_c():
    running = start("0")
    url = running.stdout.readline().split()[2].removesuffix("/…")
    headers = {"webhook-id": "msg_1", "x-system": "acme", "content-type": "application/json"}
    post = urllib.request.Request(f"{url}/results", b'{"type":"call.finished"}', headers)
    printed = [["POST", "/results"], ["webhook-id", "msg_1"], ["x-system", "acme"], ['{"type":', '"call.finished"}']]
    for request, rows in [(post, printed), (f"{url}/results?a=1", [["GET", "/results?a=1"]])]:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            assert answer.status == 200
        rows_come = (row.split() for row in running.stdout if row.strip())
        assert [next(rows_come) for _ in rows] == rows
    running.send_signal(signal.SIGINT)
    _, problems = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, problems) == (0, "")


def test_it_fails_as_it_is_told_to():
    running = start("0", FAIL="503")
    said = running.stdout.readline()
    try:
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(said.split()[2].removesuffix("/…"), timeout=PATIENCE_S)
        assert answer.value.code == 503 and "answered 503" in said
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=PATIENCE_S)


@pytest.mark.parametrize("status", ["often", "99", "600"])
def test_what_is_no_status_is_said(status):
    running = start("0", FAIL=status)
    _, problems = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, "FAIL" in problems) == (1, True)


def test_a_port_that_is_taken_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        running = start(str(port))
        _, problems = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 1
    assert f"port {port} cannot be had" in problems and "RECEIVER_PORT" in problems


@pytest.mark.parametrize("port", ["http", "70000", "-1"])
def test_what_is_no_port_is_said(port):
    running = start(port)
    _, problems = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, "RECEIVER_PORT" in problems) == (1, True)
