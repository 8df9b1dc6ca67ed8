"""A flood of large requests at webhooks that cannot call: what it costs, and what it leaves."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from accounts import Account, Webhook, unused_phone
from api import remember_request
from fault_stack import led_through_a_proxy
from tables import everything_in, items_of
from write_units import TABLES, WriteUnits

CONNECTIONS = 8
# Requests without a credit, as many of which eight at a time have one key, and requests to a paused campaign.
PLAIN, KEYED, PAUSED = 300, 120, 80
LOG_DAYS = 30
MARKER = f"flood-{uuid.uuid4().hex}"
METADATA = {"id": "4711" * 252, "n": 10}
TEXTS = ("firstName", "lastName", "email", "companyName", "note", "address1", "address2", "city", "state", "zipCode")


def large_body() -> tuple[str, bytes]:
    """A request of 62 KB with the most metadata that is kept of it, and its number."""
    phone = unused_phone()
    data = {"phoneNumber": phone, "metadata": METADATA, **dict.fromkeys(TEXTS, f"{MARKER} {'漢' * 2_030}")}
    body = {"type": "calls.execute", "data": data}
    remember_request(body)
    written = json.dumps(body, ensure_ascii=False).encode()
    assert 62_000 < len(written) <= 64 * 1024
    assert len(json.dumps(METADATA, separators=(",", ":"))) == 1024
    return phone, written


@contextmanager
def counted(stack) -> Iterator[WriteUnits]:
    """What `inbound` writes meanwhile."""
    units = WriteUnits(stack)
    with led_through_a_proxy(stack, "Inbound", units):
        yield units


def send(api, requests: list[tuple[Webhook, bytes, str | None]]) -> None:
    """All of them over a few connections; each is answered as a success."""

    def one(request) -> tuple[int, bytes]:
        webhook, body, key = request
        headers = {"content-type": "application/octet-stream", **({"idempotency-key": key} if key else {})}
        answer = api.trigger(webhook.slug, body, headers=headers)
        return answer.status, answer.body

    with ThreadPoolExecutor(CONNECTIONS) as threads:
        answers = Counter(threads.map(one, requests))
    assert answers == {(201, b'{"success":true}'): len(requests)}


def items_with(stack, texts: list[str]) -> list[tuple[str, dict]]:
    """The items of all tables that hold one of these texts, each with its table."""
    items = [(table, item) for table in TABLES for item in everything_in(stack, table)]
    return [(table, item) for table, item in items if any(text in str(item) for text in texts)]


@dataclass(frozen=True)
class Flood:
    phone: str
    webhooks: tuple[Webhook, Webhook]
    units: WriteUnits
    left: list[tuple[str, dict]]


@pytest.fixture(scope="module")
def flood(api, stack, all_relayed) -> Flood:
    broke, paused = Account.open(api, credits=0), Account.open(api)
    webhook, paused_webhook = broke.inbound(), paused.inbound()
    # The longest name, in the longest characters: it is cut in the call, and counts with the metadata.
    broke.campaign(webhook, name="😀" * 200)
    paused.campaign(paused_webhook, status="paused", name="😀" * 200)
    phone, body = large_body()
    whose = [broke.id, paused.id, webhook.id, paused_webhook.id, phone, MARKER]
    before = items_with(stack, whose)
    requests = [
        *((webhook, body, None) for _ in range(PLAIN)),
        *((webhook, body, f"key-{number // CONNECTIONS}") for number in range(KEYED)),
        *((paused_webhook, body, None) for _ in range(PAUSED)),
    ]
    with counted(stack) as units:
        send(api, requests)
    all_relayed()
    left = [found for found in items_with(stack, whose) if found not in before]
    return Flood(phone, (webhook, paused_webhook), units, left)


def test_each_request_of_a_flood_that_is_not_dialled_costs_four_write_units_at_most_also_where_they_collide(flood):
    costs = flood.units.of_each_request()
    assert (flood.units.requests(), len(costs)) == (
        PLAIN + KEYED + PAUSED,
        PLAIN + KEYED // CONNECTIONS + PAUSED,
    )
    assert max(costs.values()) <= 4
    assert not flood.units.transactions


def test_a_flood_leaves_calls_and_rows_of_the_log_and_each_of_them_expires_with_the_logs(flood):
    calls = PLAIN + KEYED // CONNECTIONS + PAUSED
    assert Counter(table for table, _ in flood.left) == {"Calls": calls, "RequestLogs": PLAIN + KEYED + PAUSED}
    now = time.time()
    for table, item in flood.left:
        expiry = TABLES[table]["TimeToLiveSpecification"]
        assert expiry["Enabled"] is True
        assert now < int(item[expiry["AttributeName"]]["N"]) <= now + LOG_DAYS * 24 * 3600, item


def test_a_flood_leaves_nothing_of_its_data_but_the_number_and_the_metadata(flood):
    assert not [item for _, item in flood.left if MARKER in str(item) or "漢" in str(item)]
    number = {"M": {"phoneNumber": {"S": flood.phone}}}
    calls = [item for table, item in flood.left if table == "Calls"]
    assert all(item["recipient"] == number and json.loads(item["metadata"]["S"]) == METADATA for item in calls)
    assert not [item for table, item in flood.left if table != "Calls" and flood.phone in str(item)]


def test_a_flood_dials_nobody(flood, jobs):
    assert [jobs.all_of(webhook) for webhook in flood.webhooks] == [[], []]


def test_only_what_is_under_way_when_the_last_credit_goes_pays_for_a_transaction_that_is_refused(api, stack, jobs):
    account = Account.open(api, credits=1)
    webhook = account.bound_webhook()
    _, body = large_body()
    with counted(stack) as units:
        send(api, [(webhook, body, None)] * 20 * CONNECTIONS)
    (job,) = jobs.all_of(webhook)
    refused = set(units.transactions) - {job["callId"]}
    assert len(refused) <= CONNECTIONS
    assert all(cost <= 4 for call, cost in units.of_each_request().items() if call not in units.transactions)
    (item,) = items_of(stack, "Calls", id=job["callId"])
    assert "expiresAt" not in item
