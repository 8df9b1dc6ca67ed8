"""What one account feels of others whose endpoints hang or dribble.

Times are printed and not judged: they are the emulator's, which has no fair queues and five batches at once. Judged is
that everything arrives and nothing is lost.

The first attempts at an endpoint are made before anybody can know that it hangs, and end after 10 s. So the first 10 s,
the 10 s in which what was then under way ends, and the time after that are shown apart.
"""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import Account
from hostile import Dribble, HangUntilGone
from isolation import Healthy, Slow, await_pending, between, deliveries_held, every, table_of
from load_plan import batches
from tables import failing_since

PENDING = 1_000
DRIBBLING, OWNERS = 500, 10
# When the dribbling endpoints get their second completion, in seconds.
SECOND_ROUND = 45


@pytest.fixture
def healthy(api, dialer, receivers) -> Healthy:
    account, endpoint = Account.open(api, credits=10_000), receivers.receiver()
    account.outbound(endpoint.url)
    healthy = Healthy(account, endpoint, dialer)
    healthy.times([0, 0.5, 1])  # the functions are warm
    return healthy


def test_beside_an_endpoint_that_hangs_everything_arrives(stack, api, dialer, receivers, healthy):
    alone = healthy.times(every(1, 0, 60))
    account = Account.open(api, credits=10_000)
    webhook = account.outbound(receivers.receiver(HangUntilGone()).url)
    slow = Slow(stack, [(account, webhook)])
    with deliveries_held(stack):
        _report(dialer, [completions.of_elsewhere(account) for _ in range(PENDING)])
        await_pending(stack, PENDING)
    began = time.time()
    beside = healthy.times(every(0.5, 0, 20) + every(1, 20, 80))
    took = time.time() - began
    known = failing_since(stack, account.id, webhook.id) / 1000 - began
    slow.tidy_up()

    phases = {
        "alone": between(0, 60, alone),
        f"beside {PENDING} that hang: 0 to 10 s": between(0, 10, beside),
        "  10 to 20 s": between(10, 20, beside),
        "  20 to 80 s": between(20, 80, beside),
    }
    print(f"\n{table_of(phases)}\nknown to hang after {known:.1f} s, the last arrived after {took:.0f} s")
    print(f"attempts at the endpoint that hangs: {slow.outcomes()}")
    assert set(slow.outcomes()) <= {"timeout", "webhook_deleted"} and slow.outcomes()["timeout"] > 0
    assert (slow.deliveries(), slow.lost()) == (PENDING, 0)


def test_beside_five_hundred_endpoints_that_dribble_everything_arrives(stack, api, dialer, receivers, healthy):
    with ThreadPoolExecutor(4) as pool:
        owners = list(pool.map(lambda _: Account.open(api, credits=1_000), range(OWNERS)))
        urls = [receivers.receiver(Dribble()).url for _ in range(DRIBBLING)]
        of_url = [(owners[number % OWNERS], url) for number, url in enumerate(urls)]
        webhooks = list(pool.map(lambda owned: (owned[0], owned[0].outbound(owned[1])), of_url))
    slow = Slow(stack, webhooks)
    with deliveries_held(stack):
        _report(dialer, [completions.of_elsewhere(owner) for owner in owners])
        await_pending(stack, DRIBBLING)

    def second_round(offset: float) -> None:
        if offset == SECOND_ROUND:
            _report(dialer, [completions.of_elsewhere(owner) for owner in owners])

    began = time.time()
    offsets = [*every(0.5, 0, 20), *every(1, 20, 45), *every(0.5, 45, 65), *every(1, 65, 100)]
    beside = healthy.times(offsets, second_round)
    took = time.time() - began
    slow.tidy_up()

    phases = {
        f"beside {DRIBBLING} that dribble: 0 to 10 s": between(0, 10, beside),
        "  10 to 20 s": between(10, 20, beside),
        "  20 to 45 s": between(20, 45, beside),
        "  a second completion each: 45 to 65 s": between(45, 65, beside),
        "  65 to 100 s": between(65, 100, beside),
    }
    print(f"\n{table_of(phases)}\nthe last arrived after {took:.0f} s")
    print(f"attempts at the endpoints that dribble: {slow.outcomes()}")
    assert set(slow.outcomes()) <= {"timeout", "webhook_deleted"} and slow.outcomes()["timeout"] > 0
    assert (slow.deliveries(), slow.lost()) == (2 * DRIBBLING, 0)


def _report(dialer, reported: list[dict]) -> None:
    for batch in batches(reported):
        dialer.send(*batch)
