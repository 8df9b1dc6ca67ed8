"""Which call of which case is spoiled, and how. Cases run side by side and are told apart by the ids in the calls."""

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from fault_proxy import KILLS, OF_MESSAGES, Call, Kind
from message_edits import goes_to_fifo, is_send

# What can name a case: ids of accounts, webhooks, calls, deliveries; slugs.
_TOKEN = re.compile(r"[a-z]+_[0-9a-z]{12,}|[0-9a-z]{20,}")
_LEARNED = ("acc_", "wh_", "cmp_", "call_", "msg_")

# Our code sees the same of these: nothing happened, and it is told so at once. Only the SDK tells them apart.
REFUSALS = (Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROP_BEFORE)


@dataclass(frozen=True, order=True)
class Site:
    """A call that the main job makes: the nth of its kind. A delivery's calls are counted for each of its endpoints."""

    function: str
    operation: str
    on: str  # table, queue or endpoint
    nth: int

    def __str__(self) -> str:
        return " ".join(filter(None, (self.function, self.operation, self.on, f"#{self.nth}")))


class Spoiler(Protocol):
    """What spoils the calls of one case."""

    def kind_at(self, site: Site, attempt: int, is_fifo: bool) -> Kind | None:
        """How this try of the call at this site is spoiled."""


@dataclass(frozen=True)
class Fault:
    """Spoils all tries of the call at one site (`lasting`), or only the first; without a site, that of every call."""

    site: Site | None
    kind: Kind
    lasting: bool

    def __str__(self) -> str:
        tries = "all tries" if self.lasting else "first try"
        return f"{self.site or 'every call'}, {tries}: {self.kind}"

    def kind_at(self, site: Site, attempt: int, is_fifo: bool) -> Kind | None:
        if self.site is None:
            return self.kind if attempt == 1 else None
        return self.kind if self.site == site and (self.lasting or attempt == 1) else None


@dataclass(eq=False)
class Chance:
    """Spoils any try with a probability, in ways drawn from a seed; at most so many of one case, or it never ends.

    What is drawn hangs on the site and not on the order in which cases take turns, so a seed gives the same faults
    again as far as the case makes the same calls again.
    """

    seed: str
    probability: float
    kinds: tuple[Kind, ...]
    faults_left: int
    kills_left: int

    def __str__(self) -> str:
        return f"seed {self.seed}"

    def kind_at(self, site: Site, attempt: int, is_fifo: bool) -> Kind | None:
        random = Random(f"{self.seed} {site} {attempt}")
        if random.random() >= self.probability or not self.faults_left:
            return None
        possible = [kind for kind in self.kinds if _makes_sense(kind, site.operation, is_fifo)]
        kind = random.choice(possible)
        if kind in KILLS:
            if not self.kills_left:
                return None
            self.kills_left -= 1
        self.faults_left -= 1
        return kind


def _makes_sense(kind: Kind, operation: str, is_fifo: bool) -> bool:
    if kind not in OF_MESSAGES:
        return True
    return is_send(operation) and (kind is Kind.TWICE or not is_fifo)  # a FIFO queue delays no single message


@dataclass(eq=False)
class Watched:
    """What a case's calls to AWS were, and what was done to them."""

    endpoints: dict[str, str]  # what a webhook is called, by its id
    fault: Spoiler | None = None
    sites: dict[str, list[Site]] = field(default_factory=dict)  # by the SDK's invocation id
    without_effect: dict[str, list[Site]] = field(default_factory=dict)  # calls of which no try got through
    injected: dict[Kind, int] = field(default_factory=lambda: defaultdict(int))
    first_injected: float = 0.0
    last_injected: float = 0.0

    @property
    def was_killed(self) -> bool:
        return any(self.injected.get(kind) for kind in KILLS)

    def never_made(self, operation: str, on: str) -> int:
        """Calls of this kind that had no effect."""
        in_vain = (site for sites in self.without_effect.values() for site in sites)
        return sum((site.operation, site.on) == (operation, on) for site in in_vain)

    def is_given_up(self, now: float) -> bool:
        """Whether the SDK tries the spoiled call no more: three tries, pauses of up to 1 s and 2 s, 6 s in all."""
        if not self.injected:
            return False
        if self.injected.get(Kind.HANG):
            return now - self.first_injected > 6.2
        return now - self.last_injected > 2.2

    def meet(self, call: Call, sites: list[Site], is_fifo: bool) -> Kind | None:
        """How this case wants a try of its call spoiled."""
        if self.fault is None:
            return None
        wanted = (self.fault.kind_at(site, call.attempt, is_fifo) for site in sites)
        return next((kind for kind in wanted if kind), None)

    def note(self, call: Call, sites: list[Site], kind: Kind | None, is_mine: bool) -> None:
        """Remembers what was done to a try; `is_mine`: because this case wanted it."""
        if kind is None or kind.has_effect:
            self.without_effect[call.invocation] = []
        else:
            self.without_effect.setdefault(call.invocation, sites)
        if not is_mine:
            return
        self.injected[kind] += 1
        self.last_injected = time.monotonic()
        self.first_injected = self.first_injected or self.last_injected


class FaultPlan:
    """Judges the calls of all functions, for cases that run side by side on accounts of their own.

    A call that carries several cases, a batch, is spoiled when any of them wants it: nothing may be lost of the others.
    """

    def __init__(self, tables: dict[str, str]):
        self._tables = tables  # logical ids by physical ids
        self._lock = threading.Lock()
        self._case_of: dict[str, Watched] = {}
        self.calls = 0
        self.strangers: dict[str, int] = defaultdict(int)  # calls that belong to no case, by operation

    def watch(self, tokens: Iterable[str], endpoints: dict[str, str]) -> Watched:
        watched = Watched(endpoints)
        with self._lock:
            for token in [*tokens, *endpoints]:
                self._case_of[token] = watched
        return watched

    def judge(self, call: Call) -> Kind | None:
        tokens = dict.fromkeys(_TOKEN.findall(call.body))
        asked = _json(call.body)
        with self._lock:
            cases = list(dict.fromkeys(self._case_of[token] for token in tokens if token in self._case_of))
            if not cases:
                self.strangers[f"{call.function}: {call.operation}"] += 1
                return None
            self.calls += 1
            if len(cases) == 1:
                for token in tokens:
                    if token.startswith(_LEARNED):
                        self._case_of.setdefault(token, cases[0])
            return self._spoil(call, asked, cases, tokens)

    def _spoil(self, call: Call, asked: dict, cases: list[Watched], tokens: dict[str, None]) -> Kind | None:
        is_fifo = is_send(call.operation) and goes_to_fifo(call.body)
        sites = {case: self._sites(call, asked, case, tokens) for case in cases}
        wanted = {case: case.meet(call, sites[case], is_fifo) for case in cases}
        kind = next((kind for kind in wanted.values() if kind), None)
        for case in cases:
            case.note(call, sites[case], kind, is_mine=bool(kind) and wanted[case] == kind)
            if wanted[case] != kind and wanted[case]:
                del case.sites[call.invocation]  # forestalled: its turn comes with the next call of this kind
        return kind

    def _sites(self, call: Call, asked: dict, case: Watched, tokens: dict[str, None]) -> list[Site]:
        """One, or one for each of the case's endpoints that a call of `deliver` is about."""
        if call.invocation in case.sites:
            return case.sites[call.invocation]
        told = [case.endpoints[token] for token in tokens if token in case.endpoints]
        places = told if call.function == "deliver" and told else [self._resource(asked)]
        sites = [self._next_site(call, place, case) for place in dict.fromkeys(places)]
        case.sites[call.invocation] = sites
        return sites

    def _next_site(self, call: Call, on: str, case: Watched) -> Site:
        wanted = (call.function, call.operation, on)
        made = ((site.function, site.operation, site.on) for sites in case.sites.values() for site in sites)
        return Site(*wanted, 1 + sum(place == wanted for place in made))

    def _resource(self, asked: dict) -> str:
        return self._tables.get(asked.get("TableName"), "") or asked.get("QueueUrl", "").rpartition("/")[2]


def _json(body: str) -> dict:
    try:
        return json.loads(body)
    except ValueError:
        return {}
