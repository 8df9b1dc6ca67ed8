"""Ends the process of a function in the middle of its work, as a machine that loses power does.

Only ever one process: the one at the other end of a TCP connection that the test holds, and only when it is a function
of the emulator under test. Which one that is, Linux says in /proc; elsewhere these tests are skipped.
"""

import json
import os
import signal
import socket
from dataclasses import dataclass, field
from pathlib import Path

_ESTABLISHED = "01"


class NotOurs(Exception):
    """The other end is no function of the emulator under test."""


@dataclass(eq=False)
class Killer:
    """Knows the emulator's process, whose group its functions belong to."""

    emulator: int
    killed: list[int] = field(default_factory=list)

    @classmethod
    def of_stack(cls) -> "Killer":
        """The emulator that wrote its process id beside the stack's description."""
        recorded = Path(os.environ["STACK_FILE"]).with_name("emulator.json")
        return cls(json.loads(recorded.read_text(encoding="utf-8"))["pid"])

    def kill_peer(self, connection: socket.socket) -> None:
        """Ends the function at the other end."""
        pid = self._function_at(connection.getpeername(), connection.getsockname())
        os.kill(pid, signal.SIGKILL)
        self.killed.append(pid)

    def _function_at(self, theirs: tuple[str, int], ours: tuple[str, int]) -> int:
        wanted = f"socket:[{_inode_of(theirs, ours)}]"
        for pid in self._functions():
            if wanted in _open_files(pid):
                return pid
        raise NotOurs(f"{theirs} is no function of the emulator {self.emulator}")

    def _functions(self) -> list[int]:
        """What the emulator started and is not itself. `stack.py` gave it a process group of its own."""
        pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in pids if pid != self.emulator and _group_of(pid) == self.emulator]


class Deadly:
    """A receiver's answer: none, since whoever asks is killed while the receiver has the request."""

    def __init__(self, killer: Killer):
        self._killer = killer

    def play(self, handler, closing) -> None:
        handler.close_connection = True
        self._killer.kill_peer(handler.connection)


def is_supported() -> bool:
    return Path("/proc/net/tcp").exists()


def _inode_of(local: tuple[str, int], remote: tuple[str, int]) -> str:
    wanted = [_as_in_proc(local), _as_in_proc(remote), _ESTABLISHED]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[1:4] == wanted:
            return columns[9]
    raise NotOurs(f"nobody on this machine has a connection from {local} to {remote}")


def _as_in_proc(address: tuple[str, int]) -> str:
    """`0100007F:1F90` is 127.0.0.1:8080: the address as a number in the machine's byte order."""
    number = int.from_bytes(socket.inet_aton(address[0]), "little")
    return f"{number:08X}:{address[1]:04X}"


def _open_files(pid: int) -> set[str]:
    try:
        return {str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:  # it has ended, or a file was closed meanwhile
        return set()


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:
        return None
