"""Requests without an `Idempotency-Key`, with a fault at every call to AWS on the way to the job.

Nothing tells a repeat from another lead then. What holds all the same: each request that is answered 201 has exactly
one job, and one that is not has one at most. Each try has a phone number of its own, which names it in the queue.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

import killer
from accounts import Account, Webhook, eventually, unused_phone
from fault_plan import REFUSALS, Fault, Site, Watched
from fault_proxy import KILLS, Kind
from fault_stack import functions_of, plan_of, spoiled
from killer import Killer

KINDS = (*REFUSALS, Kind.HANG, Kind.DROP_AFTER, Kind.TWICE, *KILLS)
TRIES = 4
PLACES = ("Inbound", "Relay")

pytestmark = pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")


@dataclass(eq=False)
class Lead:
    """One account whose CRM asks for one call, again and again as long as it is answered 5xx."""

    account: Account
    webhook: Webhook
    watched: Watched
    answers: dict[str, int] = field(default_factory=dict)  # by phone number

    def ask(self) -> None:
        for _ in range(TRIES):
            phone = unused_phone()
            self.answers[phone] = self.account.trigger(self.webhook, {"phoneNumber": phone}).status
            if self.answers[phone] < 500:
                return

    def violations(self, jobs: Counter[str]) -> list[str]:
        found = []
        for phone, status in self.answers.items():
            n = jobs[phone]
            if n > 1 or (status == 201 and n != 1):
                found.append(f"answered {status}, {n} jobs; all answers: {list(self.answers.values())}")
        if 201 not in self.answers.values():
            found.append(f"never accepted: {list(self.answers.values())}")
        return found


def faults_at(sites: list[Site]) -> list[Fault]:
    return [
        Fault(site, kind, lasting=True)
        for site in sites
        for kind in KINDS
        if kind is not Kind.TWICE or site.operation == "SendMessage"
    ]


def has_reached_all(stack, one: Lead) -> bool:
    seen = {site.function for sites in list(one.watched.sites.values()) for site in sites}
    return seen == {function.lower() for function in functions_of(stack, PLACES)}


def test_each_request_without_a_key_that_is_answered_201_has_exactly_one_job(stack, api, jobs):
    plan, assassin = plan_of(stack), Killer.of_stack()

    def lead(fault: Fault | None = None) -> Lead:
        account = Account.open(api)
        webhook = account.bound_webhook()
        watched = plan.watch([account.id, webhook.slug, webhook.id], {})
        watched.fault = fault
        return Lead(account, webhook, watched)

    with spoiled(stack, plan.judge, functions=PLACES, killer=assassin), ThreadPoolExecutor(12) as pool:
        recorded = lead()
        recorded.ask()
        jobs.of(recorded.webhook)
        eventually(lambda: has_reached_all(stack, recorded), "each function has seen the request")
        sites = [site for made in recorded.watched.sites.values() for site in made]
        leads = list(pool.map(lead, faults_at(sites)))
        list(pool.map(Lead.ask, leads))
        for one in leads:
            if 201 in one.answers.values():
                jobs.of(one.webhook, timeout=120)
        eventually(lambda: all(one.watched.injected for one in leads), "no fault is in vain", timeout=120)
        found, requests = [], 0
        for one in leads:
            sent = Counter(job["recipient"]["phoneNumber"] for job in jobs.all_of(one.webhook))
            found += [f"{one.watched.fault}: {violation}" for violation in one.violations(sent)]
            requests += len(one.answers)

    print(
        f"\n{sum(sum(one.watched.injected.values()) for one in leads)} faults injected, "
        f"{len(assassin.killed)} processes killed, in {len(leads)} cases; {requests} requests, {len(found)} violations"
    )
    print(*found, sep="\n")
    assert found == []
