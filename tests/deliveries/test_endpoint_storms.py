"""What becomes of many endpoints at once is told once of each, and those that watch each other come to rest."""

import itertools
import json
from collections import Counter
from urllib.parse import urlsplit

import completions
from accounts import eventually
from receiver import Http

FAILS, GONE, OK = Http(500), Http(410), Http(200)
# No second try in the time of a test.
FAILS_FOR_LONG = Http(503, (("retry-after", "400"),))
CALLS_AND_FAILING = ["call.finished", "webhook.failing"]
CALLS_AND_DISABLED = ["call.finished", "webhook.disabled"]


def storm(account, dialer, batches: int) -> None:
    """The results of ten calls for each batch, all at once."""
    for _ in range(batches):
        dialer.send(*(completions.of_elsewhere(account) for _ in range(10)))


def told_failing(endpoint) -> Counter:
    """How often, by the endpoint that it is about. Its id tells a repeat from another event."""
    events = {request.headers["webhook-id"]: json.loads(request.body) for request in endpoint.requests}
    failing = [event for event in events.values() if event["type"] == "webhook.failing"]
    return Counter(event["webhook"]["id"] for event in failing if event["webhook"]["status"] == "failing")


def test_a_storm_over_many_failing_endpoints_tells_once_of_each(account, dialer, receivers, all_told):
    watcher = receivers.receiver()
    account.outbound(watcher.url, events=["webhook.failing"])
    failing = [account.outbound(receivers.receiver(FAILS_FOR_LONG).url).id for _ in range(6)]
    storm(account, dialer, batches=4)
    all_told()
    # Attempts that fail side by side count as one: by these, each has failed three times.
    for _ in range(3):
        dialer.send(completions.of_elsewhere(account))
        all_told()
    storm(account, dialer, batches=2)
    all_told()
    assert told_failing(watcher) == Counter(failing)


class Moody:
    """An endpoint that fails, but takes each third request while it is in the mood, and every one when it is well."""

    def __init__(self):
        self.is_in_the_mood = self.is_well = False
        self._requests = itertools.count()

    def take(self, _) -> Http:
        is_taken = self.is_well or (self.is_in_the_mood and next(self._requests) % 3 == 0)
        return OK if is_taken else FAILS_FOR_LONG


def test_a_storm_over_endpoints_that_come_and_go_tells_once_of_each(account, dialer, receivers, all_told):
    watcher, moody, webhooks = receivers.receiver(), [Moody() for _ in range(3)], []
    account.outbound(watcher.url, events=["webhook.failing"])
    for endpoint in moody:
        url = receivers.receiver().url
        receivers.receivers[urlsplit(url).path] = endpoint
        webhooks.append(account.outbound(url))

    def fail(times: int) -> None:
        for _ in range(times):
            dialer.send(completions.of_elsewhere(account))
            all_told()

    # The next failure is the third, and beside it some are taken.
    fail(2)
    for endpoint in moody:
        endpoint.is_in_the_mood = True
    storm(account, dialer, batches=3)
    all_told()
    for endpoint in moody:
        endpoint.is_in_the_mood = False
    fail(4)
    assert list(told_failing(watcher).values()) == [1, 1, 1]
    # Whatever came beside the third failure, a success ends it, and is told.
    for endpoint in moody:
        endpoint.is_well = True
    dialer.send(completions.of_elsewhere(account))
    all_told()
    told = [json.loads(request.body)["webhook"] for request in watcher.requests]
    assert {event["id"] for event in told if event["status"] == "recovered"} == {webhook.id for webhook in webhooks}
    assert [account.read(webhook.path)["failingSince"] for webhook in webhooks] == [None] * 3


def watching_each_other(account, receivers, answer: Http, events: list[str]) -> list[tuple]:
    both = []
    for _ in range(2):
        endpoint = receivers.receiver(answer)
        both.append((account.outbound(endpoint.url, events=events), endpoint))
    return both


def test_two_failing_endpoints_that_watch_each_other_are_told_once_of_each_other(account, dialer, receivers, all_told):
    both = watching_each_other(account, receivers, FAILS, CALLS_AND_FAILING)
    calls = 3
    for _ in range(calls):
        dialer.send(completions.of_elsewhere(account))
        all_told()

    def rows(webhook) -> list[dict]:
        """The log, once every delivery was tried twice; its third attempt is five minutes away."""
        found = account.read(f"{webhook.path}/deliveries", limit=100)["items"]
        tried = Counter(row["deliveryId"] for row in found)
        return found if len(tried) > calls and set(tried.values()) == {2} else []

    for webhook, _ in both:
        eventually(lambda webhook=webhook: rows(webhook), "both attempts of each delivery are made")
    all_told()
    for (webhook, endpoint), (other, _) in (both, both[::-1]):
        assert Counter(row["event"] for row in rows(webhook)) == {"call.finished": 2 * calls, "webhook.failing": 2}
        assert told_failing(endpoint) == {other.id: 1}


def test_two_endpoints_that_watch_each_other_and_are_gone_are_asked_no_more(account, dialer, receivers, all_told):
    both = watching_each_other(account, receivers, GONE, CALLS_AND_DISABLED)
    dialer.send(completions.of_elsewhere(account))
    all_told()
    for webhook, endpoint in both:
        assert account.read(webhook.path)["status"] == "disabled"
        asked = Counter(json.loads(request.body)["type"] for request in endpoint.requests)
        assert asked["call.finished"] <= 1 and asked["webhook.disabled"] <= 1
        assert endpoint.requests
    before = [len(endpoint.requests) for _, endpoint in both]
    dialer.send(completions.of_elsewhere(account))
    all_told()
    assert [len(endpoint.requests) for _, endpoint in both] == before
