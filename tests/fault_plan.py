"""Which call of which case is spoiled, and how: one fault per case, told apart by the ids in the calls."""

import json
import re
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field

from fault_proxy import Call, Kind

# What can name a case: ids of accounts, webhooks, calls, deliveries; slugs.
_TOKEN = re.compile(r"[a-z]+_[0-9a-z]{12,}|[0-9a-z]{20,}")
_LEARNED = ("acc_", "wh_", "cmp_", "call_", "msg_")


@dataclass(frozen=True, order=True)
class Site:
    """A call that the main job makes: the nth of its kind. A delivery's calls are counted for each of its endpoints."""

    function: str
    operation: str
    on: str  # table, queue or endpoint
    nth: int

    def __str__(self) -> str:
        return " ".join(filter(None, (self.function, self.operation, self.on, f"#{self.nth}")))


@dataclass(frozen=True)
class Fault:
    """Spoils all tries of the call at one site (`lasting`), or only the first; without a site, that of every call."""

    site: Site | None
    kind: Kind
    lasting: bool

    def __str__(self) -> str:
        tries = "all tries" if self.lasting else "first try"
        return f"{self.site or 'every call'}, {tries}: {self.kind}"


@dataclass(eq=False)
class Watched:
    """What a case's calls to AWS were."""

    endpoints: dict[str, str]  # what a webhook is called, by its id
    fault: Fault | None = None
    sites: dict[str, Site] = field(default_factory=dict)  # by the SDK's invocation id
    injected: int = 0
    first_injected: float = 0.0
    last_injected: float = 0.0

    def is_given_up(self, now: float) -> bool:
        """Whether the SDK tries the spoiled call no more: three tries, pauses of up to 1 s and 2 s, 6 s in all."""
        if not self.injected:
            return False
        if self.fault.kind is Kind.HANG:
            return now - self.first_injected > 6.2
        return now - self.last_injected > 2.2


class FaultPlan:
    """Judges the calls of all functions, for cases that run side by side on accounts of their own."""

    def __init__(self, tables: dict[str, str]):
        self._tables = tables  # logical ids by physical ids
        self._lock = threading.Lock()
        self._case_of: dict[str, Watched] = {}
        self.calls = 0
        self.strangers: dict[str, int] = defaultdict(int)  # calls that belong to no case, by operation

    def watch(self, tokens: list[str], endpoints: dict[str, str]) -> Watched:
        watched = Watched(endpoints)
        with self._lock:
            for token in [*tokens, *endpoints]:
                self._case_of[token] = watched
        return watched

    def judge(self, call: Call) -> Kind | None:
        tokens = _TOKEN.findall(call.body)
        with self._lock:
            case = next((self._case_of[token] for token in tokens if token in self._case_of), None)
            if case is None:
                self.strangers[f"{call.function}: {call.operation}"] += 1
                return None
            for token in tokens:
                if token.startswith(_LEARNED):
                    self._case_of.setdefault(token, case)
            self.calls += 1
            site = case.sites.get(call.invocation)
            if site is None:
                site = case.sites[call.invocation] = self._site(call, case, tokens)
            if not _hits(case.fault, site, call.attempt):
                return None
            case.injected += 1
            case.last_injected = time.monotonic()
            case.first_injected = case.first_injected or case.last_injected
            return case.fault.kind

    def _site(self, call: Call, case: Watched, tokens: list[str]) -> Site:
        on = self._resource(call)
        if call.function == "deliver":
            on = next((case.endpoints[token] for token in tokens if token in case.endpoints), on)
        alike = [
            site
            for site in case.sites.values()
            if (site.function, site.operation, site.on) == (call.function, call.operation, on)
        ]
        return Site(call.function, call.operation, on, len(alike) + 1)

    def _resource(self, call: Call) -> str:
        try:
            asked = json.loads(call.body)
        except ValueError:
            return ""
        return self._tables.get(asked.get("TableName"), "") or asked.get("QueueUrl", "").rpartition("/")[2]


def _hits(fault: Fault | None, site: Site, attempt: int) -> bool:
    if fault is None:
        return False
    if fault.site is None:
        return attempt == 1
    return fault.site == site and (fault.lasting or attempt == 1)


# Our code sees the same of these: nothing happened, and it is told so at once. Only the SDK tells them apart.
REFUSALS = (Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROP_BEFORE)


def faults_at(sites: list[Site], thorough: bool) -> list[Fault]:
    """Lasting faults at each site, and each kind at the first try of every call, which the SDK must absorb.

    A thorough run has every kind at every site, another one kind of refusal at each, in turn. Hanging calls hold up
    their batch: they come first, and with their like. A first try that hangs is left out: with one at every call, a
    function would need longer than it has.
    """
    hanging = [Fault(site, Kind.HANG, lasting=True) for site in sites]
    refused = [
        Fault(site, kind, lasting=True)
        for n, site in enumerate(sites)
        for kind in (REFUSALS if thorough else REFUSALS[n % len(REFUSALS) :][:1])
    ]
    lost = [Fault(site, Kind.DROP_AFTER, lasting=True) for site in sites]
    passing = [Fault(None, kind, lasting=False) for kind in (*REFUSALS, Kind.DROP_AFTER)]
    return hanging + passing + refused + lost
