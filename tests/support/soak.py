"""Many main jobs side by side, each with a fault of its own, and the verdict over all of them."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from accounts import eventually
from fault_plan import FaultPlan, Site, Spoiler
from fault_stack import dead_letters_behind, plan_of, queues_of_functions, spoiled
from killer import Killer
from main_job import PATIENCE, RECEIVERS, Case, MainJob, figures
from queues import is_idle

# A fault that another case's fault forestalled is tried again, in cases of its own.
ROUNDS = 4


class Soak:
    def __init__(self, stack, main_job: MainJob, plan: FaultPlan, killer: Killer):
        self._stack, self.main_job, self.plan, self.killer = stack, main_job, plan, killer
        self._started, self._dead_before = time.monotonic(), dead_letters_behind(stack)

    def record(self, receivers: dict[str, tuple] = RECEIVERS) -> list[Site]:
        """The calls that one main job makes when nothing goes wrong."""
        case = self.main_job.prepare(receivers=receivers)
        self.main_job.run(case)
        self.main_job.await_all([case], PATIENCE)
        assert self.main_job.violations([case]) == {}
        return sorted((site for sites in case.watched.sites.values() for site in sites), reverse=True)

    def run_and_judge(
        self,
        faults: Sequence[Spoiler | None],
        casts: Sequence[dict] | None = None,
        rounds: int = ROUNDS,
        all_hit: bool = True,
    ) -> None:
        """One case for each fault; its receivers are those of the cast at the same place.

        `all_hit`: a fault that did not happen is a failure.
        """
        cases, left = [], list(zip(faults, casts or [RECEIVERS] * len(faults), strict=True))
        for _ in range(rounds):
            new = self._run(left)
            cases += new
            left = [(case.fault, case.receivers) for case in new if case.fault and not case.watched.injected]
            left = [(fault, cast) for fault, cast in left if not may_be_missed(fault)]
            if not left:
                break
        self.judge(cases, [str(fault) for fault, _ in left] if all_hit else [])

    def judge(self, cases: list[Case], missed: Sequence[str] = ()) -> None:
        """The verdict, and the figures."""
        eventually(self._is_idle, "no message is left over", PATIENCE)
        violations = self.main_job.violations(cases)
        took, strangers = time.monotonic() - self._started, dict(self.plan.strangers)
        killed = len(self.killer.killed)
        print(f"\n{took:.0f} s, {killed} processes killed, {self.plan.calls} calls to AWS; of nobody: {strangers}")
        print(figures(cases, violations))
        assert (violations, list(missed)) == ({}, [])
        assert dead_letters_behind(self._stack) == self._dead_before

    def _run(self, left: list[tuple[Spoiler | None, dict]]) -> list[Case]:
        with ThreadPoolExecutor(12) as pool:
            cases = list(pool.map(lambda case: self.main_job.prepare(*case), left))
        with ThreadPoolExecutor(32) as pool:
            list(pool.map(self.main_job.run, cases))
        self.main_job.await_all(cases, PATIENCE)
        return cases

    def _is_idle(self) -> bool:
        return all(is_idle(self._stack.client("sqs"), queue_url) for queue_url in queues_of_functions(self._stack))


@contextmanager
def soak_over(stack, api, jobs, dialer, dead_letters, receivers, **main_job: object) -> Iterator[Soak]:
    plan, killer = plan_of(stack), Killer.of_stack()
    with spoiled(stack, plan.judge, killer=killer):
        main_job = MainJob(stack, api, jobs, dead_letters, dialer, receivers, plan, **main_job)
        yield Soak(stack, main_job, plan, killer)


def may_be_missed(fault: Spoiler) -> bool:
    """`deliver` remembers what KMS opened, so whether it asks again depends on which environment is at it."""
    site = getattr(fault, "site", None)
    return bool(site) and site.operation == "Decrypt" and site.nth > 1
