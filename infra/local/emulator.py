"""The MiniStack process: started once, found again by its recorded process, stopped with all it started."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import boto3
from botocore.config import Config

from settings import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, Problem, Settings, read_json, step, write_json

START_PATIENCE_S = 60
STOP_PATIENCE_S = 10


@dataclass(frozen=True)
class Emulator:
    pid: int
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, service: str):
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(read_timeout=120, s3={"addressing_style": "path"}),
        )


def find(settings: Settings) -> Emulator | None:
    """The emulator that this state folder started, if it still runs."""
    recorded = read_json(settings.emulator_file)
    if recorded is None or _started_at(recorded["pid"]) != recorded["startedAt"]:
        return None
    return Emulator(recorded["pid"], recorded["port"])


def start(settings: Settings) -> Emulator:
    step(f"Starting MiniStack on 127.0.0.1:{settings.port} (log: {settings.emulator_log})")
    (settings.state / "tmp").mkdir(parents=True, exist_ok=True)
    with settings.emulator_log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("run_ministack.py")],
            cwd=settings.state,
            env=_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C at `make up` leaves it alone, and `stop` reaches the functions' processes
            # through the group they share with it.
            start_new_session=True,
        )
    emulator = Emulator(process.pid, settings.port)
    recorded = {"pid": process.pid, "startedAt": _started_at(process.pid), "boot": _boot(), "port": settings.port}
    write_json(settings.emulator_file, recorded)
    try:
        _await_health(emulator, process, settings)
    except BaseException:
        stop(settings)
        raise
    return emulator


def stop(settings: Settings) -> bool:
    """Ends the emulator and every function it runs; False when there was none."""
    recorded = read_json(settings.emulator_file)
    was_there = recorded is not None and _is_ours(recorded) and _end_group(recorded["pid"])
    for file in (settings.emulator_file, settings.stack_file, settings.sam_environment_file):
        file.unlink(missing_ok=True)
    shutil.rmtree(settings.state / "tmp", ignore_errors=True)
    return was_there


def refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            return
    owner = "a MiniStack that another checkout or state folder started" if _healthy(port) else "another program"
    raise Problem(f"port {port} is taken by {owner}. Stop that one, or choose another port: PORT={port + 1} make up")


def _environment(settings: Settings) -> dict[str, str]:
    """Nothing of the caller's but the search path: the functions inherit all of it, AWS profiles and proxies too."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(settings.state),
        "TMPDIR": str(settings.state / "tmp"),
        "PYTHONUNBUFFERED": "1",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(settings.port),
        # The host in queue URLs. "localhost" may mean ::1, where nothing listens.
        "MINISTACK_HOST": "127.0.0.1",
        # Handed to the functions; without it their SDK would call the real AWS.
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{settings.port}",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "MINISTACK_REGION": REGION,
        # Each function runs with its role of template.yaml, and what the role does not allow is denied.
        "AUTH": "true",
        # No listeners besides the one port, and no sweep of containers: it uses none here.
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "DOCKER_HOST": f"unix://{settings.state}/tmp/no-docker",  # noqa: S108 - a path that is not there
    }


def _await_health(emulator: Emulator, process: subprocess.Popen, settings: Settings) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while not _healthy(emulator.port):
        if process.poll() is not None:
            tail = "".join(settings.emulator_log.read_text().splitlines(keepends=True)[-15:])
            raise Problem(f"MiniStack ended with exit code {process.returncode} while starting:\n{tail}")
        if time.monotonic() > deadline:
            raise Problem(f"MiniStack did not answer within {START_PATIENCE_S} s; see {settings.emulator_log}")
        time.sleep(0.1)


def _healthy(port: int) -> bool:
    # Without the proxies of the environment: this is loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://127.0.0.1:{port}/_ministack/health", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _started_at(pid: int) -> str | None:
    """When a process began, to tell it from a later one that got the same id; None when there is none."""
    if Path("/proc/self/stat").exists():
        try:
            state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            return None
        return None if state == "Z" else fields[18]  # field 22 of proc(5), in clock ticks since boot
    shown = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return shown.stdout.strip() or None


def _boot() -> str | None:
    """Names this run of the machine, where the system has a name for it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except FileNotFoundError:
        return None


def _is_ours(recorded: dict) -> bool:
    """Whether the recorded process group is the one we started: its leader lives, or died and left functions behind."""
    began = _started_at(recorded["pid"])
    if began is None:
        return recorded["boot"] is not None and recorded["boot"] == _boot()
    return began == recorded["startedAt"]


def _end_group(group: int) -> bool:
    """Ends every process of the group; False when there was none."""
    for attempt, sent in enumerate((signal.SIGTERM, signal.SIGKILL)):
        try:
            os.killpg(group, sent)
        except ProcessLookupError:
            return attempt > 0
        if _group_ended(group, STOP_PATIENCE_S):
            return True
    raise Problem(f"the processes of group {group} do not end")


def _group_ended(group: int, patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(group, os.WNOHANG)  # when it is our own child, which would stay a zombie
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
