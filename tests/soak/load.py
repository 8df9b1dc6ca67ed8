"""`make soak`: 10,000 requests, then 10,000 completions that three endpoints each are told (`REQUESTS`: how many)."""

import os

from load import Load

SIZE = int(os.environ.get("REQUESTS", "10000"))
# Without anything moving: longer than a message is hidden whose handling broke off.
PATIENCE = 240


def test_a_load_of_requests_and_completions_is_accounted_for_to_the_last_one(
    stack, api, jobs, dialer, dead_letters, receivers
):
    print()
    report = Load(stack, api, jobs, dialer, dead_letters, receivers).run(SIZE, PATIENCE)
    assert report.violations == []
