"""Webhooks are edited, disabled, enabled and deleted."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import completions
from accounts import Webhook, eventually
from edits import custom, edit_among_others
from receiver import OK, Http
from refusals import assert_refused

URL = "https://example.com/hook"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def without(thing: dict, *keys: str) -> dict:
    return {key: value for key, value in thing.items() if key not in keys}


@pytest.fixture(scope="module")
def untouched(shared_account) -> tuple[Webhook, Webhook]:
    """One of each direction, for edits that are all refused."""
    return shared_account.inbound(), shared_account.outbound(URL)


def test_a_webhook_is_renamed_and_nothing_else_changes(account):
    inbound = account.inbound(responseWebhook={"url": URL, "headers": custom("X-Key")})
    outbound = account.outbound(URL, method="GET", headers=custom("X-Key"))
    for webhook in (inbound, outbound):
        before = account.read(webhook.path)
        edited = account.edit(webhook.path, name="Renamed")
        assert edited["name"] == "Renamed"
        assert edited["updatedAt"] >= before["updatedAt"]
        assert without(edited, "name", "updatedAt") == without(before, "name", "updatedAt")
        assert account.read(webhook.path) == edited


def test_an_edit_without_a_change_is_answered_with_the_webhook(account):
    webhook = account.outbound(URL)
    edited = account.edit(webhook.path)
    assert without(edited, "updatedAt") == without(webhook.body, "updatedAt", "signingSecret")


def test_url_and_method_of_an_outbound_webhook_are_edited(account, dialer, receivers):
    before, after = receivers.receiver(), receivers.receiver()
    webhook = account.outbound(before.url)
    edited = account.edit(webhook.path, url=after.url, method="GET")
    assert (edited["url"], edited["method"]) == (after.url, "GET")
    dialer.send(completions.of_elsewhere(account))
    assert after.await_request().method == "GET"
    assert before.requests == []


@pytest.mark.parametrize(
    "field",
    ["id", "direction", "slug", "signingSecret", "managedBy", "disabledReason", "disabledAt", "createdAt", "accountId"],
)
def test_what_is_not_the_integrators_to_set_is_refused_by_name(shared_account, untouched, field):
    for webhook in untouched:
        before = shared_account.read(webhook.path)
        answer = shared_account.patch(webhook.path, {"name": "Renamed", field: before.get(field) or "x"})
        assert_refused(answer, 400, None, field)
        assert shared_account.read(webhook.path) == before


@pytest.mark.parametrize("field", ["url", "method", "headers"])
def test_an_inbound_webhook_has_no_endpoint_of_its_own(shared_account, untouched, field):
    body = {"url": URL, "method": "POST", "headers": []}
    assert_refused(shared_account.patch(untouched[0].path, {field: body[field]}), 400, None, field)


@pytest.mark.parametrize(("field", "value"), [("campaignId", "cmp_1"), ("responseWebhook", {"url": URL})])
def test_an_outbound_webhook_has_no_campaign_and_no_response_webhook(shared_account, untouched, field, value):
    assert_refused(shared_account.patch(untouched[1].path, {field: value}), 400, None, field)


def test_four_edits_at_once_do_not_undo_each_other(account):
    webhook = account.inbound()
    campaign = account.campaign()
    changes = [
        {"name": "Renamed"},
        {"status": "disabled"},
        {"responseWebhook": {"url": URL}},
        {"campaignId": campaign["id"]},
    ]
    with ThreadPoolExecutor(len(changes)) as pool:
        list(pool.map(lambda change: edit_among_others(account, webhook.path, **change), changes))
    edited = account.read(webhook.path)
    assert (edited["name"], edited["status"]) == ("Renamed", "disabled")
    assert (edited["responseWebhook"]["url"], edited["campaignId"]) == (URL, campaign["id"])


# disabled and enabled


def test_a_webhook_disabled_by_its_owner_says_so_and_since_when_until_it_is_enabled(account):
    for webhook in (account.inbound(), account.outbound(URL)):
        disabled = account.edit(webhook.path, status="disabled")
        assert (disabled["status"], disabled["disabledReason"]) == ("disabled", "owner")
        assert RFC3339.fullmatch(disabled["disabledAt"])
        assert account.read(webhook.path) == disabled
        enabled = account.edit(webhook.path, status="enabled")
        assert [enabled[key] for key in ("status", "disabledReason", "disabledAt")] == ["enabled", None, None]


def test_a_webhook_disabled_twice_was_disabled_the_first_time(account):
    webhook = account.outbound(URL)
    first = account.edit(webhook.path, status="disabled")
    second = account.edit(webhook.path, status="disabled", name="Renamed")
    assert (second["disabledAt"], second["name"]) == (first["disabledAt"], "Renamed")


def test_a_disabled_outbound_webhook_gets_no_delivery_until_it_is_enabled(account, dialer, receivers, all_delivered):
    receiver = receivers.receiver()
    webhook = account.outbound(receiver.url)
    account.edit(webhook.path, status="disabled")
    dialer.send(completions.of_elsewhere(account))
    all_delivered()
    assert receiver.requests == []
    assert account.read(f"{webhook.path}/deliveries")["items"] == []

    account.edit(webhook.path, status="enabled")
    later = completions.of_elsewhere(account)
    dialer.send(later)
    (request,) = receiver.await_requests(1)
    assert later["callId"].encode() in request.body


def test_a_webhook_whose_endpoint_was_gone_is_enabled_again_by_its_owner(account, dialer, receivers):
    receiver = receivers.receiver(Http(410), OK)
    webhook = account.outbound(receiver.url)
    dialer.send(completions.of_elsewhere(account))
    eventually(lambda: account.read(webhook.path)["disabledReason"] == "gone", "it is disabled")
    enabled = account.edit(webhook.path, status="enabled")
    assert [enabled[key] for key in ("status", "disabledReason", "disabledAt")] == ["enabled", None, None]
    dialer.send(completions.of_elsewhere(account))
    assert len(receiver.await_requests(2)) == 2


# binding


def test_a_webhook_is_bound_to_a_campaign_by_an_edit_once(account, jobs):
    webhook, first, second = account.inbound(), account.campaign(), account.campaign()
    assert account.edit(webhook.path, campaignId=first["id"])["campaignId"] == first["id"]
    assert account.read(f"/campaigns/{first['id']}")["webhookId"] == webhook.id
    assert_refused(account.patch(webhook.path, {"campaignId": second["id"]}), 409, "webhook_already_bound")
    assert account.read(webhook.path)["campaignId"] == first["id"]
    assert account.read(f"/campaigns/{second['id']}")["webhookId"] is None
    assert account.trigger(webhook).status == 201
    assert jobs.of(webhook)[0]["campaign"]["id"] == first["id"]


def test_a_campaign_that_is_bound_is_not_bound_again_by_an_edit(account):
    campaign = account.campaign(account.inbound())
    webhook = account.inbound()
    assert_refused(account.patch(webhook.path, {"campaignId": campaign["id"]}), 409, "campaign_already_bound")
    assert account.read(webhook.path)["campaignId"] is None


def test_a_campaign_that_is_not_the_accounts_cannot_be_bound(account, shared_account):
    webhook, elsewhere = account.inbound(), shared_account.campaign()
    for campaign_id in (elsewhere["id"], "cmp_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"):
        answer = account.patch(webhook.path, {"campaignId": campaign_id})
        assert_refused(answer, 422, "unknown_campaign", "campaignId")
    assert shared_account.read(f"/campaigns/{elsewhere['id']}")["webhookId"] is None


# deleted


def test_a_deleted_webhook_is_gone_from_every_route(account, receivers, dialer, all_delivered):
    receiver = receivers.receiver()
    kept, deleted = account.outbound(receiver.url), account.outbound(receiver.url)
    answer = account.delete(deleted.path)
    assert (answer.status, answer.body) == (204, b"")
    for path in ("", "/deliveries", "/requests"):
        assert_refused(account.get(deleted.path + path), 404, "not_found")
    assert_refused(account.delete(deleted.path), 404, "not_found")
    assert_refused(account.patch(deleted.path, {"name": "x"}), 404, "not_found")
    assert [webhook["id"] for webhook in account.read("/webhooks")["items"]] == [kept.id]
    dialer.send(completions.of_elsewhere(account))
    all_delivered()
    assert [kept.id.encode() in request.body for request in receiver.requests] == [True]


def test_a_deleted_webhooks_campaign_can_be_bound_anew(account, jobs):
    first = account.inbound()
    campaign = account.campaign(first)
    assert account.delete(first.path).status == 204
    assert account.read(f"/campaigns/{campaign['id']}")["webhookId"] is None
    second = account.inbound()
    account.edit(second.path, campaignId=campaign["id"])
    account.trigger(second)
    assert jobs.of(second)[0]["campaign"]["id"] == campaign["id"]


def test_the_calls_of_a_deleted_webhook_are_still_shown_and_completed(account, jobs, dialer):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    account.delete(webhook.path)
    dialer.send(completions.of_job(job, **completions.RESULTS))
    assert account.settled(job["callId"])["webhookId"] == webhook.id
    assert [call["id"] for call in account.calls_of(campaign)] == [job["callId"]]
