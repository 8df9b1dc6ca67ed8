"""How long a healthy account's deliveries take, beside accounts whose endpoints take all the time they are given."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import quantiles

import completions
from accounts import Account, Webhook, eventually
from deployed_stack import Stack
from load_truth import attempts_at, came_to, is_working, queue_counts
from queues import Dialer
from receiver import Receiver

# From the first delivery on, for the last of the healthy account's to arrive.
PATIENCE = 900
# Deleted or disabled endpoints are not called any more: what is left ends as fast as it can be written down.
TIDYING_PATIENCE = 300


@dataclass
class Healthy:
    """One account, one endpoint that answers at once."""

    account: Account
    endpoint: Receiver
    dialer: Dialer

    def times(self, offsets: list[float], meanwhile: Callable[[float], None] = lambda offset: None) -> list[tuple]:
        """Sends a completion at each offset from now, in seconds: each one's offset, and the time to its arrival."""
        started, sent = time.time(), {}
        for offset in offsets:
            time.sleep(max(started + offset - time.time(), 0))
            meanwhile(offset)
            completion = completions.of_elsewhere(self.account)
            sent[completion["callId"]] = offset, time.time()
            self.dialer.send(completion)

        def arrived() -> dict[str, float]:
            requests = [(json.loads(request.body)["call"]["id"], request.at) for request in self.endpoint.requests]
            return {call_id: at for call_id, at in reversed(requests) if call_id in sent}

        eventually(lambda: len(arrived()) == len(sent), "all of the healthy account's have arrived", PATIENCE)
        arrivals = arrived()
        return [(offset, arrivals[call_id] - at) for call_id, (offset, at) in sent.items()]


@dataclass
class Slow:
    """Accounts with endpoints that are of no use, and what became of the deliveries to them."""

    stack: Stack
    webhooks: list[tuple[Account, Webhook]]
    rows: dict[str, list[dict]] = field(default_factory=dict)
    waiting: int = 0

    def tidy_up(self) -> None:
        """Deletes the endpoints, so that what is left for them ends, and reads their log."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda owned: owned[0].delete(owned[1].path), self.webhooks))
        eventually(lambda: not is_working(queue_counts(self.stack)), "the queues are empty", TIDYING_PATIENCE)
        # Counted before the log is read: what ends in between is then in the log as ended.
        self.waiting = sum(states["delayed"] for states in queue_counts(self.stack).values())
        self.rows = {webhook.id: attempts_at(self.stack, webhook.id) for _, webhook in self.webhooks}

    def outcomes(self) -> Counter:
        """How many attempts came to which status or error."""
        return Counter(came_to(row) for rows in self.rows.values() for row in rows)

    def deliveries(self) -> int:
        return len({row["deliveryId"] for rows in self.rows.values() for row in rows})

    def lost(self) -> int:
        """Deliveries that have not ended, beyond those that wait in a queue for their next attempt."""
        last = {}
        for row in [row for rows in self.rows.values() for row in rows]:
            last[row["deliveryId"]] = max(last.get(row["deliveryId"], row), row, key=lambda row: row["attempt"])
        going_on = sum(row.get("nextAttemptAt") is not None for row in last.values())
        return max(going_on - self.waiting, 0)


@contextmanager
def deliveries_held(stack: Stack) -> Iterator[None]:
    """Lets deliveries pile up in their queue."""
    functions = stack.client("lambda")
    name = stack.deliveries_queue_url.rsplit("/", 1)[-1]
    (mapping,) = [
        mapping["UUID"]
        for mapping in functions.list_event_source_mappings()["EventSourceMappings"]
        if mapping["EventSourceArn"].split(":")[-1] == name
    ]
    functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def await_pending(stack: Stack, deliveries: int) -> None:
    name = stack.deliveries_queue_url.rsplit("/", 1)[-1]
    eventually(lambda: queue_counts(stack)[name]["due"] >= deliveries, f"{deliveries} deliveries are pending", 300)


def every(seconds: float, begin: float, end: float) -> list[float]:
    return [begin + number * seconds for number in range(round((end - begin) / seconds))]


def table_of(phases: dict[str, list[float]]) -> str:
    """One line for each phase; seconds."""
    width = max(map(len, phases))
    lines = [f"{'seconds from completion to arrival':{width}}     n     p50     p95     max"]
    for name, times in phases.items():
        cuts = quantiles(times, n=20, method="inclusive")
        lines.append(f"{name:{width}}  {len(times):4}  {cuts[9]:6.2f}  {cuts[18]:6.2f}  {max(times):6.2f}")
    return "\n".join(lines)


def between(begin: float, end: float, times: list[tuple]) -> list[float]:
    return [took for offset, took in times if begin <= offset < end]
