"""Main jobs side by side, any try of any call to AWS spoiled by chance, in any way, several times each.

The seed is printed. `SEED=… make soak` draws the same faults again, as far as the functions make the same calls.
"""

import os
import secrets

import pytest

import killer
from fault_plan import Chance
from fault_proxy import KILLS, OF_MESSAGES, Kind
from soak import soak_over

CASES = 60
PROBABILITY = 0.12
FAULTS_OF_ONE_CASE, KILLS_OF_ONE_CASE = 8, 1

# One that hangs holds up its whole batch, so it is as rare as one of the others.
KINDS = (
    *(Kind.THROTTLE, Kind.SERVER_ERROR, Kind.DROP_BEFORE, Kind.HANG),
    *(Kind.DROP_AFTER,) * 3,
    *KILLS,
    *OF_MESSAGES,
)


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_no_mixture_of_faults_loses_or_doubles_anything(stack, api, jobs, dialer, dead_letters, receivers):
    seed = os.environ.get("SEED") or secrets.token_hex(4)
    print(f"\nSEED={seed}")
    faults = [Chance(f"{seed}.{n}", PROBABILITY, KINDS, FAULTS_OF_ONE_CASE, KILLS_OF_ONE_CASE) for n in range(CASES)]
    with soak_over(stack, api, jobs, dialer, dead_letters, receivers) as soak:
        soak.run_and_judge(faults, rounds=1, all_hit=False)
