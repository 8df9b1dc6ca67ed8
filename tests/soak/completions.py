"""Completions as a careless dialer sends them: twice, thrice, in the wrong order, all at once, contradicting."""

import os
import random
import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from main_job import COST
from soak import soak_over

CASES = 60
BATCH = 10


@pytest.fixture
def soak(stack, api, jobs, dialer, dead_letters, receivers):
    with soak_over(stack, api, jobs, dialer, dead_letters, receivers) as soak:
        yield soak


def finished_jobs(soak) -> tuple[list, list[dict]]:
    """Cases whose calls are made, and their completions."""
    with ThreadPoolExecutor(12) as pool:
        cases = list(pool.map(lambda _: soak.main_job.prepare(), range(CASES)))
        jobs = list(pool.map(soak.main_job.order, cases))
    completions = [soak.main_job.completion_of(job) for job in jobs]
    for case, job in zip(cases, jobs, strict=True):
        soak.main_job.completed(case, job)
    return cases, completions


def send_at_once(dialer, completions: list[dict]) -> None:
    batches = [completions[n : n + BATCH] for n in range(0, len(completions), BATCH)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda batch: dialer.send(*batch), batches))


def test_completions_that_are_sent_again_and_in_any_order_count_once(soak, dialer):
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    print(f"\nSEED={seed}")
    cases, completions = finished_jobs(soak)
    shuffled = completions * 3
    random.Random(seed).shuffle(shuffled)

    send_at_once(dialer, [*completions[::-1], *shuffled])

    soak.main_job.await_all(cases, patience=90)
    soak.judge(cases)


def test_a_completion_that_contradicts_an_earlier_one_changes_nothing(soak, dialer):
    cases, completions = finished_jobs(soak)
    send_at_once(dialer, completions)
    soak.main_job.await_all(cases, patience=90)

    others = [{**one, "status": "missed", "summary": "", "tokensConsumed": COST + 5} for one in completions]
    send_at_once(dialer, others * 2)

    soak.judge(cases)
