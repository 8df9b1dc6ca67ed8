"""What the functions of the stack under test have logged."""

import json
from datetime import UTC, datetime

from deployed_stack import Stack
from infra.local.log_events import events_of

# The platform writes them around an invocation.
PLATFORM_LINES = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START")
EVER = datetime.fromtimestamp(0, UTC)


def lines_of(stack: Stack, function: str, since: datetime = EVER) -> list[str]:
    """Everything that a function has logged, without what the platform writes around it."""
    events = events_of(stack.client("logs"), stack.physical_ids[f"{function}Logs"], int(since.timestamp() * 1000))
    return [event["message"] for event in events if not event["message"].startswith(PLATFORM_LINES)]


def having(lines: list[str], name: str, value: str) -> list[dict]:
    """Those in which a property has this value."""
    written = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in written if line.get(name) == value]
