"""An outbound webhook is told of the calls that its filter lets through."""

import json

import pytest

import completions
from completions import RESULTS
from refusals import assert_refused

URL = "https://example.com/hook"
EVERY_PART = {
    "statuses": ["finished"],
    "sources": ["inbound", "test"],
    "campaignIds": ["cmp_bulk_winter", "bulk-7"],
    "warmth": ["hot", "warm"],
    "minDuration": 30,
}
COLD = {**RESULTS["analysis"], "lead_warmth": "cold"}


def told(endpoint) -> list[str]:
    return [json.loads(request.body)["call"]["id"] for request in endpoint.requests]


@pytest.mark.parametrize(
    ("part", "kept_back", "let_through"),
    [
        ({"statuses": ["missed", "failed"]}, {"status": "finished"}, {"status": "missed"}),
        ({"sources": ["test"]}, {"source": "campaign"}, {"source": "test"}),
        (
            {"campaignIds": ["cmp_gone", "cmp_bulk_winter"]},
            {"campaign": {"id": "cmp_bulk_summer", "name": "Summer"}},
            {},
        ),
        ({"warmth": ["hot"]}, {"analysis": COLD}, {"analysis": RESULTS["analysis"]}),
        ({"warmth": ["unknown"]}, {"analysis": COLD}, {}),
        ({"minDuration": 142}, {"duration": 141}, {"duration": 142}),
        ({"minDuration": 1}, {}, {"duration": 1}),
        (
            {"statuses": ["missed"], "sources": ["campaign"]},
            {"status": "missed", "source": "test"},
            {"status": "missed"},
        ),
    ],
)
def test_a_call_that_the_filter_keeps_back_makes_no_delivery(
    account, dialer, receivers, all_delivered, part, kept_back, let_through
):
    all_calls, some_calls = receivers.receiver(), receivers.receiver()
    account.outbound(all_calls.url)
    webhook = account.outbound(some_calls.url, filter=part)
    sent = [completions.of_elsewhere(account, **how) for how in (kept_back, let_through)]
    for completion in sent:
        dialer.send(completion)
    all_calls.await_requests(2)
    all_delivered()
    assert sorted(told(all_calls)) == sorted(completion["callId"] for completion in sent)
    assert told(some_calls) == [sent[1]["callId"]]
    assert [row["callId"] for row in account.attempts_of(webhook)] == told(some_calls)


def test_a_response_webhook_knows_no_filter(account, jobs, dialer, receivers):
    endpoint = receivers.receiver()
    inbound = account.bound_webhook(responseWebhook={"url": endpoint.url})
    account.outbound(URL, filter={"statuses": ["failed"]})
    account.trigger(inbound)
    dialer.send(completions.of_job(jobs.of(inbound)[0], status="missed"))
    endpoint.await_requests(1)


def test_a_filter_is_read_as_it_was_written_and_an_edit_replaces_all_of_it(account):
    webhook = account.outbound(URL, filter=EVERY_PART)
    assert webhook.body["filter"] == EVERY_PART == account.read(webhook.path)["filter"]
    assert account.edit(webhook.path, name="Renamed")["filter"] == EVERY_PART
    assert account.edit(webhook.path, filter={"minDuration": 5})["filter"] == {"minDuration": 5}
    assert account.read(webhook.path)["filter"] == {"minDuration": 5}
    assert account.edit(webhook.path, filter=None)["filter"] is None
    assert account.read(webhook.path)["filter"] is None


def test_a_call_that_a_removed_filter_kept_back_is_told_from_then_on(account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url, filter={"statuses": ["failed"]})
    account.edit(webhook.path, filter=None)
    dialer.send(completions.of_elsewhere(account))
    endpoint.await_requests(1)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({}, "filter"),
        (dict.fromkeys(EVERY_PART), "filter"),
        ({"statuses": []}, "filter.statuses"),
        ({"statuses": ["finished", "cancelled"]}, "filter.statuses[1]"),
        ({"sources": ["test", "test"]}, "filter.sources[1]"),
        ({"campaignIds": [f"cmp_{n}" for n in range(51)]}, "filter.campaignIds"),
        ({"campaignIds": ["no id"]}, "filter.campaignIds[0]"),
        ({"minDuration": 0}, "filter.minDuration"),
    ],
)
def test_a_filter_that_says_nothing_or_cannot_be_met_is_refused_by_name(shared_account, written, field):
    new = {"direction": "outbound", "name": "To the CRM", "url": URL, "filter": written}
    assert_refused(shared_account.post("/webhooks", new), 400, "invalid_field", field)


def test_only_an_outbound_webhook_has_a_filter(shared_account):
    new = {"direction": "inbound", "name": "From the CRM", "filter": EVERY_PART}
    assert_refused(shared_account.post("/webhooks", new), 400, "invalid_field", "filter")
