"""A load on the whole: N requests of CRMs, then N completions of the dialer, each told to three endpoints.

Four accounts have an inbound webhook with a response webhook and two outbound webhooks, and a third one with a filter
and a payload of its own. A fifth, whose credits are for half of its requests, has one that asks for cancelled calls
instead. A sixth has bulk campaigns only, three outbound webhooks, one that is gone, and one that is told so.
"""

import hashlib
import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlsplit

from accounts import Account, eventually
from load_plan import Sent, Share, batches, completions_of, duplicates, requests_of
from load_truth import Truth, dead, is_working, queue_counts
from receiver import OK, Http, ReceiverServer, Request

# More than the emulator can serve at once: it takes them one after the other.
CONNECTIONS = 8
# Of 256 deliveries to an account's first endpoint, so many are answered 500 at first.
FAILING_AT_FIRST = 3


class Tally:
    """An endpoint that keeps no requests, only what it takes to know a delivery again."""

    def __init__(self, failing_at_first: int = 0):
        self.taken: dict[str, tuple[str, bytes]] = {}  # call id -> webhook-id and digest of the body
        self.requests = self.differing = 0
        self._failed: set[str] = set()
        self._failing_at_first = failing_at_first
        self._one_at_a_time = threading.Lock()

    def due(self, share: Share) -> set[str]:
        """The calls that it must be told of."""
        return share.completed

    def subject(self, body: dict) -> str:
        """What a delivery is about."""
        return body["call"]["id"]

    def take(self, request: Request) -> Http:
        call_id = self.subject(json.loads(request.body))
        digest = hashlib.sha256(request.body).digest()
        known_by = request.headers["webhook-id"], digest
        with self._one_at_a_time:
            self.requests += 1
            if digest[0] < self._failing_at_first and call_id not in self._failed:
                self._failed.add(call_id)
                return Http(500)
            self.differing += self.taken.setdefault(call_id, known_by) != known_by
        return OK

    @property
    def repeats(self) -> int:
        return self.requests - len(self.taken) - len(self._failed)


class Unfinished(Tally):
    """One with a filter and a payload of its own."""

    ASKED: ClassVar = {
        "filter": {"statuses": ["missed", "failed"]},
        "payload": {"json": {"ours": "{{ call.id }}"}},
    }

    def due(self, share: Share) -> set[str]:
        return share.unfinished

    def subject(self, body: dict) -> str:
        return body["ours"]


class Watching(Tally):
    """One that is told of endpoints, and of no call."""

    def subject(self, body: dict) -> str:
        return body["webhook"]["id"]


@dataclass
class Report:
    """What a load came to."""

    answers: Counter = field(default_factory=Counter)  # (status, whether it was the expected one)
    lines: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines.append(line)
        print(line, flush=True)


class Load:
    def __init__(self, stack, api, jobs, dialer, dead_letters, receivers: ReceiverServer, *, has_events: bool = True):
        """`has_events`: the stack knows filters, payloads and events."""
        self._has_events = has_events
        self._stack, self._api, self._jobs, self._dialer = stack, api, jobs, dialer
        self._dead_letters, self._receivers = dead_letters, receivers
        self._report = Report()
        self._tallies: list[Tally] = []

    @property
    def answered(self) -> int:
        """Requests, so far."""
        return sum(self._report.answers.values())

    @property
    def arrived(self) -> int:
        """Deliveries, so far."""
        return sum(len(tally.taken) for tally in self._tallies)

    def run(self, n: int, patience: float, *, is_cut: bool = False) -> Report:
        """`is_cut`: a request may be cut off with a 5xx. Each has a key, and is sent again under it, as a CRM does."""
        dead_before = dead(queue_counts(self._stack))
        rich = [self._share(3 * n) for _ in range(4)]
        poor, bulk = self._share(max(n // 100, 1), is_poor=True), self._share(3 * n, is_bulk=True)
        shares = [*rich, poor, bulk]
        self._request(requests_of(n, rich, poor, all_keyed=is_cut), is_cut)
        jobs = self._jobs_of(shares, patience)
        by_account = {share.account_id: share for share in shares}
        self._complete(completions_of(n, jobs, by_account, bulk), shares, patience)
        eventually(lambda: not is_working(queue_counts(self._stack)), "the queues are empty", patience)
        self._judge(shares, jobs, dead_before)
        return self._report

    def _share(self, credits: int, is_poor: bool = False, is_bulk: bool = False) -> Share:
        account = Account.open(self._api, credits=credits)
        *_, third = tallies = [Tally(FAILING_AT_FIRST), Tally(), Tally()]
        self._tallies += tallies
        urls = [self._url_of(tally) for tally in tallies]
        outbound = [account.outbound(url) for url in urls[: 3 if is_bulk else 2]]
        endpoints = dict(zip((webhook.id for webhook in outbound), tallies, strict=False))
        slug = ""
        if not is_bulk:
            inbound = account.bound_webhook(responseWebhook={"url": urls[2]})
            endpoints[inbound.id], slug = third, inbound.slug
        share = Share(account.id, slug, credits, endpoints, is_poor=is_poor)
        if self._has_events:
            self._ask_for_more(account, share, is_bulk)
        return share

    def _ask_for_more(self, account: Account, share: Share, is_bulk: bool) -> None:
        if is_bulk:
            gone = account.outbound(self._receivers.receiver(Http(410)).url)
            share.gone, share.watching = gone.id, Watching()
            account.outbound(self._url_of(share.watching), events=["webhook.disabled"])
        elif share.is_poor:
            share.asking = Tally()
            account.outbound(self._url_of(share.asking), events=["call.cancelled"])
        else:
            tally = Unfinished()
            self._tallies.append(tally)
            share.endpoints[account.outbound(self._url_of(tally), **Unfinished.ASKED).id] = tally

    def _url_of(self, tally: Tally) -> str:
        url = self._receivers.receiver().url
        self._receivers.receivers[urlsplit(url).path] = tally
        return url

    def _request(self, rounds: list[list[Sent]], is_cut: bool) -> None:
        started = time.monotonic()
        crm = Crm(self._api.url, repeats=3 if is_cut else 0)
        with ThreadPoolExecutor(CONNECTIONS, initializer=crm.connect) as pool:
            for sent in rounds:
                self._report.answers.update(pool.map(crm.send, sent))
        took = time.monotonic() - started
        total = self.answered
        self._report.say(f"{total} requests in {took:.1f} s: {total / took:.0f}/s through the emulator's gateway")
        for (sent, answered), count in sorted(self._report.answers.items()):
            self._report.say(f"  {count:6} answered {answered}" + (f", not {sent}" if sent != answered else ""))
            if sent != answered:
                self._report.violations.append(f"{count} requests answered {answered}, not {sent}")

    def _jobs_of(self, shares: list[Share], patience: float) -> list[dict]:
        ours, wanted = {share.account_id for share in shares}, sum(share.calls_funded for share in shares)

        def found() -> list[dict]:
            every = [message.json() for message in self._jobs.matching(lambda _: True)]
            return [job for job in every if job.get("accountId") in ours]

        eventually(lambda: len(found()) >= wanted, f"{wanted} jobs", patience)
        jobs = found()
        self._report.say(f"{len(jobs)} call jobs")
        return jobs

    def _complete(self, reported: list[dict], shares: list[Share], patience: float) -> None:
        wanted = sum(len(endpoint.due(share)) for share in shares for endpoint in share.endpoints.values())
        started = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda batch: self._dialer.send(*batch), batches(reported)))
        sent = time.monotonic() - started
        repeated = duplicates(reported)
        self._report.say(f"{len(reported)} completions in {sent:.1f} s ({repeated} duplicates): {wanted} deliveries")
        arrived = _watched(lambda: self.arrived, wanted, patience)
        took = time.monotonic() - started
        self._report.say(f"{arrived} deliveries arrived in {took:.1f} s: {arrived / took:.0f}/s of the emulator")

    def _judge(self, shares: list[Share], jobs: list[dict], dead_before: int) -> None:
        truth = Truth.read(self._stack, shares, jobs)
        for share in shares:
            self._report.violations += truth.violations(share)
        counts = queue_counts(self._stack)
        ours = {share.account_id for share in shares}
        refused = self._dead_letters.matching(lambda message: any(account in message.body for account in ours))
        if dead(counts) != dead_before or refused:
            self._report.violations.append(f"dead letters: {dead(counts) - dead_before} and {len(refused)} completions")
        repeats = sum(tally.repeats for tally in self._tallies)
        self._report.say(f"{repeats} deliveries repeated; attempts that failed: {dict(truth.unsuccessful(shares))}")
        left = {name: states for name, states in counts.items() if any(states.values())}
        self._report.say(f"left in the queues: {left or 'nothing'}")
        self._report.say(f"{len(self._report.violations)} violations")
        for violation in self._report.violations:
            self._report.say(f"  {violation}")


def _watched(count: Callable[[], int], wanted: int, patience: float) -> int:
    """Waits until the count is reached, or has not moved for as long as patience goes."""
    seen, moved = count(), time.monotonic()
    said = moved
    while seen < wanted and time.monotonic() - moved < patience:
        time.sleep(0.1)
        if (now := count()) != seen:
            seen, moved = now, time.monotonic()
        if time.monotonic() - said > 30:
            said = time.monotonic()
            print(f"  {seen} of {wanted} have arrived", flush=True)
    return seen


class Crm:
    """Sends requests on connections that are kept, one for each thread."""

    def __init__(self, api_url: str, repeats: int):
        self._url, self._repeats = urlsplit(api_url), repeats
        self._threads = threading.local()

    def connect(self) -> None:
        self._threads.connection = http.client.HTTPConnection(self._url.hostname, self._url.port, timeout=60)

    def send(self, sent: Sent) -> tuple[int, int]:
        """The status that was expected, and the one that came."""
        headers = {"content-type": "application/json", **({"idempotency-key": sent.key} if sent.key else {})}
        connection = self._threads.connection
        for _ in range(1 + self._repeats):
            connection.request("POST", f"{self._url.path}/{sent.slug}", sent.body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status < 500:
                break
        return sent.answer, answer.status
