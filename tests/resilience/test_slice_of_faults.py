"""A slice of `make soak`: at the most delicate calls to AWS the answer is lost, or the function dies right after.

What is lost between two writes, or done twice, shows here. Each case has an account of its own; all run side by side.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest

import killer
from fault_plan import Site
from fault_proxy import Kind
from fault_stack import dead_letters_behind, plan_of, spoiled
from killer import Deadly, Killer
from main_job import A_STEP, MainJob, figures
from receiver import OK, Http

pytestmark = pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")

# A retry takes 5 s: only where it is what the case is about.
TAKEN = {"response": (OK,), "other": (OK,)}
RETRIED = {"response": (OK,), "retried": (Http(500), OK)}
PATIENCE = 30

# Shorter than in the soak: nothing hangs here.
VISIBLE_AFTER_SECONDS = 3


@dataclass(frozen=True)
class Place:
    """Where the main job comes by, and which operation may stand there."""

    function: str
    operations: tuple[str, ...]
    on: str = ""  # any
    nth: int = 1

    def __str__(self) -> str:
        return " ".join(filter(None, (self.function, "/".join(self.operations), self.on, f"#{self.nth}")))

    def is_at(self, site: Site) -> bool:
        return (
            (site.function, site.nth) == (self.function, self.nth)
            and site.operation in self.operations
            and (self.on in ("", site.on))
        )


@dataclass(frozen=True)
class Once:
    """All tries of one call at a place."""

    place: Place
    kind: Kind

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"

    def kind_at(self, site: Site, attempt: int, is_fifo: bool) -> Kind | None:
        return self.kind if self.place.is_at(site) else None


TRANSACTION, JOB = Place("inbound", ("TransactWriteItems",)), Place("inbound", ("SendMessage",))
SETTLE, SEND = Place("fanout", ("TransactWriteItems",)), Place("fanout", ("SendMessageBatch",))
MARK = Place("fanout", ("UpdateItem",), "Calls")
LOG = Place("deliver", ("PutItem", "BatchWriteItem"), "retried")
NEXT = Place("deliver", ("SendMessage", "SendMessageBatch"), "retried")
FAULTS = [
    *(Once(place, Kind.DROP_AFTER) for place in (TRANSACTION, JOB, SETTLE, SEND, MARK, LOG, NEXT)),
    *(Once(place, Kind.KILL_AFTER) for place in (TRANSACTION, JOB, SETTLE, SEND, MARK, LOG)),
    Once(NEXT, Kind.KILL_BEFORE),
]
# Of an account that is told in two steps: what is left is sent, the call is marked, and the second step does the same.
REST, SECOND_SEND = Place("fanout", ("SendMessage",)), Place("fanout", ("SendMessageBatch",), nth=2)
FAULTS_OF_STEPS = [
    Once(REST, Kind.DROP_AFTER),
    Once(REST, Kind.KILL_BEFORE),
    Once(MARK, Kind.KILL_BEFORE),
    Once(SECOND_SEND, Kind.KILL_AFTER),
]


def receivers_for(fault: Once) -> dict[str, tuple]:
    return RETRIED if fault.place.on == "retried" else TAKEN


def test_nothing_is_lost_or_doubled_when_answers_are_lost_and_functions_die_at_the_most_delicate_calls(
    stack, api, jobs, dialer, dead_letters, receivers
):
    plan, assassin = plan_of(stack), Killer.of_stack()
    around = (stack, api, jobs, dead_letters, dialer, receivers, plan, VISIBLE_AFTER_SECONDS)
    main_job, in_steps = MainJob(*around), MainJob(*around, disabled_webhooks=A_STEP)
    dead_before = dead_letters_behind(stack)
    while_receiving = {"response": (Deadly(assassin), OK), "other": (OK,)}

    with spoiled(stack, plan.judge, killer=assassin, visible_after=VISIBLE_AFTER_SECONDS, batch_size=1):
        with ThreadPoolExecutor(16) as pool:
            prepared = [pool.submit(main_job.prepare, fault, receivers_for(fault)) for fault in FAULTS]
            prepared += [pool.submit(in_steps.prepare, fault, TAKEN) for fault in FAULTS_OF_STEPS]
            prepared.append(pool.submit(main_job.prepare, None, while_receiving))
            cases = [case.result() for case in prepared]
            list(pool.map(main_job.run, cases))
        main_job.await_all(cases, PATIENCE)
        violations = main_job.violations(cases)

    print(f"\n{len(assassin.killed)} processes killed; {figures(cases, violations)}")
    missed = [str(case.fault) for case in cases if case.fault and not case.watched.injected]
    assert (violations, missed) == ({}, [])
    assert len(assassin.killed) >= sum(fault.kind.kills for fault in FAULTS + FAULTS_OF_STEPS) + 1
    assert dead_letters_behind(stack) == dead_before
