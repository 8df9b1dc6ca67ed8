"""The events of one of the emulator's log groups, all of them."""

from collections.abc import Iterator

# MiniStack 1.5.33 ends an answer after so many events, and does not say that there are more.
MOST = 10_000


def events_of(logs, group: str, start: int = 0) -> Iterator[dict]:
    """Oldest first, since `start` (milliseconds); `logs` is boto3's client."""
    while len(events := logs.filter_log_events(logGroupName=group, startTime=start)["events"]) >= MOST:
        # Of the last millisecond there may be more.
        start = events[-1]["timestamp"]
        if start == events[0]["timestamp"]:
            raise RuntimeError(f"{group} has more than {MOST} events in a millisecond")
        yield from (event for event in events if event["timestamp"] < start)
    yield from events
