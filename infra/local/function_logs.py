"""What the functions logged, out of the emulator's log groups into one file."""

from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from emulator import Emulator
from log_events import events_of

GROUPS = "/aws/lambda/"


def collect(emulator: Emulator, path: Path) -> None:
    """Writes every line of every function, oldest first.

    An emulator that no longer answers leaves the file as it is.
    """
    try:
        lines = sorted(_events(emulator.client("logs")), key=lambda event: event[0])
    except (BotoCoreError, ClientError):
        return
    path.write_text("".join(f"{function} {message}\n" for _, function, message in lines))


def _events(logs):
    for groups in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=GROUPS):
        for group in groups["logGroups"]:
            name = group["logGroupName"]
            for event in events_of(logs, name):
                yield event["timestamp"], name.removeprefix(GROUPS), event["message"]
