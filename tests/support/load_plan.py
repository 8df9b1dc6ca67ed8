"""What a load of N requests and N completions consists of, and what must come of it."""

import itertools
import json
import random
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import completions
import sent_values
from accounts import unused_phone

# The same load every time; shuffled, since in real life nothing comes in order.
SEED = 20

# Of the requests, in percent. What is left of a hundred are requests without a key.
KEYED, TWINS, REPEATED, REUSED, NOT_JSON, NO_PHONE, NO_SLUG, POOR = 12, 6, 4, 2, 2, 1, 1, 2
# Of the completions, in percent: reported a second time, much later.
DUPLICATED = 3
# Further apart than what `fanout` has at hand at one time (5 batches of 10): a duplicate that meets its twin at work is
# put off by three minutes.
APART = 80


@dataclass(frozen=True)
class Sent:
    """One request, and the status of its answer."""

    slug: str
    body: bytes
    answer: int
    key: str | None = None


@dataclass(eq=False)
class Share:
    """One account's part of the load. What is expected of it is counted while the load is made."""

    account_id: str
    slug: str
    topped_up: int
    endpoints: dict[str, object]  # by webhook id
    phones: list[str] = field(default_factory=list)  # each is to be called once
    is_poor: bool = False  # its credits are for the first of its phones, whichever those are
    completed: set[str] = field(default_factory=set)  # call ids
    unfinished: set[str] = field(default_factory=set)  # those of them that were missed or have failed
    charged: int = 0
    asking: object = None  # an endpoint that asks for cancelled calls
    gone: str = ""  # the id of a webhook that is gone
    watching: object = None  # an endpoint that is told so

    @property
    def calls_funded(self) -> int:
        return self.topped_up if self.is_poor else len(self.phones)


def requests_of(n: int, rich: list[Share], poor: Share, *, all_keyed: bool = False) -> list[list[Sent]]:
    """All requests, in two rounds: what refers to an earlier request comes in the second."""
    plain = (f"plain-{number}" if all_keyed else None for number in itertools.count())
    rng = random.Random(SEED)
    keyed = [_new(rng.choice(rich), f"lead-{number}") for number in range(n * KEYED // 100)]
    twins = [_new(rng.choice(rich), f"twin-{number}") for number in range(n * TWINS // 200)]
    repeated = [rng.choice(keyed) for _ in range(n * REPEATED // 100)]
    reused = [Sent(sent.slug, ANOTHER_BODY, 422, sent.key) for sent in rng.sample(keyed, n * REUSED // 100)]
    refused = [Sent(rng.choice(rich).slug, b'{"type":"calls.execute","data":', 400) for _ in range(n * NOT_JSON // 100)]
    refused += [Sent(rng.choice(rich).slug, _body(None), 400) for _ in range(n * NO_PHONE // 100)]
    refused += [Sent(NO_ONES_SLUG, ANOTHER_BODY, 404) for _ in range(n * NO_SLUG // 100)]
    others = keyed + refused + [_new(poor, next(plain)) for _ in range(n * POOR // 100)]
    ordinary = n - len(others) - 2 * len(twins) - len(repeated) - len(reused)
    others += [_new(rng.choice(rich), next(plain)) for _ in range(ordinary)]
    together = [[sent] for sent in others] + [[twin, twin] for twin in twins]  # so that both are under way at once
    later = repeated + reused
    rng.shuffle(together)
    rng.shuffle(later)
    return [[sent for unit in together for sent in unit], later]


def _new(share: Share, key: str | None) -> Sent:
    phone = unused_phone()
    share.phones.append(phone)
    sent_values.remember_phone(phone)
    return Sent(share.slug, _body(phone), 201, key)


def _body(phone: str | None) -> bytes:
    return json.dumps({"type": "calls.execute", "data": {"firstName": "Jannetje", "phoneNumber": phone}}).encode()


ANOTHER_BODY, NO_ONES_SLUG = _body("+15559999999"), "nosuchslugnosuchslugnosuchslug"


def completions_of(n: int, jobs: Iterable[dict], shares: dict[str, Share], bulk: Share) -> list[dict]:
    """One completion for each job, more of a bulk campaign's calls until there are `n`, and the duplicates."""
    rng = random.Random(SEED)
    reported = [_completion(rng, completions.of_job(job), shares[job["accountId"]]) for job in jobs]
    missing = range(n - len(reported))
    reported += [_completion(rng, completions.of_elsewhere(_Id(bulk.account_id)), bulk) for _ in missing]
    rng.shuffle(reported)
    in_order = list(enumerate(reported))
    for place, completion in rng.sample(in_order[:-APART], n * DUPLICATED // 100):
        in_order.append((rng.uniform(place + APART, n), completion))
    return [completion for _, completion in sorted(in_order, key=lambda placed: placed[0])]


def _completion(rng: random.Random, completion: dict, share: Share) -> dict:
    """With results that fit its status; what they cost is noted."""
    status = rng.choices(("finished", "missed", "failed"), (8, 1, 1))[0]
    # A poor account could not pay more than what was reserved.
    cost = rng.choice((0, 1) if share.is_poor else (1, 1, 2, 3)) if status == "finished" else 0
    share.completed.add(completion["callId"])
    if status != "finished":
        share.unfinished.add(completion["callId"])
    share.charged += cost
    results = completions.RESULTS if status == "finished" else {}
    return {**completion, "status": status, **results, "tokensConsumed": cost}


@dataclass(frozen=True)
class _Id:
    id: str


def batches(reported: Iterable[dict], size: int = 10) -> Iterator[list[dict]]:
    left = iter(reported)
    while batch := list(islice(left, size)):
        yield batch


def duplicates(reported: list[dict]) -> int:
    return sum(count - 1 for count in Counter(completion["callId"] for completion in reported).values())
