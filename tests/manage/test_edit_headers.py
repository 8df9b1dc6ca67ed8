"""Custom headers after an edit: kept, replaced, dropped or refused, judged by what arrives."""

import pytest

import completions
from accounts import Account, Webhook, unused_phone
from edits import carries, custom, lacks, named, sample_sent
from receiver import ReceiverServer
from refusals import assert_refused


class Outbound:
    """The endpoint of an outbound webhook, as its owner edits it."""

    def __init__(self, account: Account, url: str, headers: list[dict]):
        self.account = account
        self.webhook: Webhook = account.outbound(url, headers=headers)

    field = ""

    def patch(self, **changes):
        return self.account.patch(self.webhook.path, changes)

    def edit(self, **changes) -> dict:
        answer = self.patch(**changes)
        assert answer.status == 200, answer
        return self.shown()

    def shown(self) -> dict:
        return self.account.read(self.webhook.path)


class Response(Outbound):
    """The response webhook of an inbound webhook, which has the same rules."""

    def __init__(self, account: Account, url: str, headers: list[dict]):
        self.account = account
        self.webhook = account.inbound(responseWebhook={"url": url, "headers": headers})

    field = "responseWebhook."

    def patch(self, **changes):
        return self.account.patch(self.webhook.path, {"responseWebhook": changes})

    def shown(self) -> dict:
        return self.account.read(self.webhook.path)["responseWebhook"]


KINDS = pytest.mark.parametrize("kind", [Outbound, Response])


@pytest.fixture(scope="module")
def elsewhere():
    """A server at another port: another origin."""
    server = ReceiverServer()
    yield server
    server.close()


def arriving(endpoint, receiver):
    return sample_sent(endpoint.account, endpoint.webhook, receiver)


@KINDS
def test_a_list_of_headers_replaces_the_one_before(shared_account, receivers, kind):
    receiver, before = receivers.receiver(), custom("X-System", "X-Key")
    endpoint = kind(shared_account, receiver.url, before)
    after = custom("Authorization", "X-Key")
    assert endpoint.edit(headers=after)["headers"] == named(after)
    request = arriving(endpoint, receiver)
    assert carries(request, after) and lacks(request, before[:1])


@KINDS
def test_a_header_without_a_value_keeps_the_one_it_has(shared_account, receivers, kind):
    receiver, stored = receivers.receiver(), custom("X-System", "X-Key", "X-Old")
    endpoint = kind(shared_account, receiver.url, stored)
    new = custom("X-New")
    shown = endpoint.edit(headers=[*new, {"name": "X-Key"}, {"name": "X-System"}])
    assert shown["headers"] == ["X-New", "X-Key", "X-System"]
    request = arriving(endpoint, receiver)
    assert carries(request, [*stored[:2], *new]) and lacks(request, stored[2:])


@KINDS
def test_a_header_without_a_value_is_found_in_any_case(shared_account, receivers, kind):
    receiver, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, receiver.url, stored)
    endpoint.edit(headers=[{"name": "x-KEY"}])
    assert carries(arriving(endpoint, receiver), stored)


@KINDS
@pytest.mark.parametrize("nothing", [None, []])
def test_no_list_of_headers_clears_them(shared_account, receivers, kind, nothing):
    receiver, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, receiver.url, stored)
    assert endpoint.edit(headers=nothing)["headers"] == []
    assert lacks(arriving(endpoint, receiver), stored)


@KINDS
def test_an_edit_of_something_else_keeps_the_headers(shared_account, receivers, kind):
    receiver, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, receiver.url, stored)
    shared_account.edit(endpoint.webhook.path, name="Renamed")
    assert endpoint.shown()["headers"] == ["X-Key"]
    assert carries(arriving(endpoint, receiver), stored)


@KINDS
def test_a_value_to_keep_that_was_never_stored_is_refused(shared_account, receivers, kind):
    receiver, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, receiver.url, stored)
    answer = endpoint.patch(headers=[{"name": "X-Key"}, {"name": "X-Other"}])
    assert_refused(answer, 400, "missing_field", f"{endpoint.field}headers[1].value")
    assert carries(arriving(endpoint, receiver), stored)


# the URL moves


@KINDS
def test_another_path_of_the_same_origin_keeps_the_headers(shared_account, receivers, kind):
    before, after, stored = receivers.receiver(), receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, before.url, stored)
    assert endpoint.edit(url=after.url)["headers"] == ["X-Key"]
    assert carries(arriving(endpoint, after), stored)


@KINDS
@pytest.mark.parametrize("name", ["another_port", "another_host"])
def test_another_origin_gets_none_of_the_stored_headers(shared_account, receivers, elsewhere, kind, name):
    stored = custom("X-Key")
    endpoint = kind(shared_account, receivers.receiver().url, stored)
    after = elsewhere.receiver() if name == "another_port" else receivers.receiver()
    url = after.url if name == "another_port" else after.url.replace("127.0.0.1", "localhost")
    shown = endpoint.edit(url=url)
    assert (shown["url"], shown["headers"]) == (url, [])
    assert lacks(arriving(endpoint, after), stored)


@KINDS
def test_the_headers_do_not_come_back_with_the_old_origin(shared_account, receivers, elsewhere, kind):
    before, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, before.url, stored)
    endpoint.edit(url=elsewhere.receiver().url)
    assert endpoint.edit(url=before.url)["headers"] == []
    assert lacks(arriving(endpoint, before), stored)


@KINDS
def test_another_origin_gets_the_headers_that_are_sent_along_anew(shared_account, receivers, elsewhere, kind):
    stored, new, after = custom("X-Key", "X-System"), custom("X-Key"), elsewhere.receiver()
    endpoint = kind(shared_account, receivers.receiver().url, stored)
    assert endpoint.edit(url=after.url, headers=new)["headers"] == ["X-Key"]
    request = arriving(endpoint, after)
    assert carries(request, new) and lacks(request, stored[1:])


@KINDS
def test_a_stored_value_cannot_be_taken_along_to_another_origin(shared_account, receivers, elsewhere, kind):
    before, stored = receivers.receiver(), custom("X-Key")
    endpoint = kind(shared_account, before.url, stored)
    answer = endpoint.patch(url=elsewhere.receiver().url, headers=[{"name": "X-Key"}])
    assert_refused(answer, 400, "missing_field", f"{endpoint.field}headers[0].value")
    assert (endpoint.shown()["url"], endpoint.shown()["headers"]) == (before.url, ["X-Key"])
    assert carries(arriving(endpoint, before), stored)


def test_a_removed_response_webhook_leaves_no_header_to_a_new_one(account, receivers):
    receiver, stored = receivers.receiver(), custom("X-Key")
    webhook = account.inbound(responseWebhook={"url": receiver.url, "headers": stored})
    assert account.edit(webhook.path, responseWebhook=None)["responseWebhook"] is None
    refused = account.patch(webhook.path, {"responseWebhook": {"headers": [{"name": "X-Key"}]}})
    assert refused.status == 400, refused
    edited = account.edit(webhook.path, responseWebhook={"url": receiver.url})
    assert edited["responseWebhook"]["headers"] == []
    assert lacks(sample_sent(account, webhook, receiver), stored)


# the response webhook as a whole


def test_a_response_webhook_is_added_merged_disabled_and_removed(account, receivers):
    webhook = account.inbound()
    answer = account.patch(webhook.path, {"responseWebhook": {"headers": []}})
    assert_refused(answer, 400, "missing_field", "responseWebhook.url")
    receiver, headers = receivers.receiver(), custom("X-Key")
    added = account.edit(webhook.path, responseWebhook={"url": receiver.url})["responseWebhook"]
    assert added == {
        "url": receiver.url,
        "headers": [],
        "payload": None,
        "status": "enabled",
        "disabledReason": None,
        "disabledAt": None,
        "failingSince": None,
        "lastError": None,
    }
    merged = account.edit(webhook.path, responseWebhook={"headers": headers})["responseWebhook"]
    assert (merged["url"], merged["headers"]) == (receiver.url, ["X-Key"])
    disabled = account.edit(webhook.path, responseWebhook={"status": "disabled"})
    assert (disabled["status"], disabled["responseWebhook"]["status"]) == ("enabled", "disabled")
    assert disabled["responseWebhook"]["disabledReason"] == "owner"
    assert disabled["responseWebhook"]["headers"] == ["X-Key"]
    enabled = account.edit(webhook.path, responseWebhook={"status": "enabled"})["responseWebhook"]
    assert (enabled["status"], enabled["disabledReason"], enabled["disabledAt"]) == ("enabled", None, None)
    assert account.edit(webhook.path, responseWebhook=None)["responseWebhook"] is None


def test_only_an_enabled_response_webhook_is_told_of_a_call(account, jobs, dialer, receivers, all_delivered):
    receiver = receivers.receiver()
    webhook = account.bound_webhook(responseWebhook={"url": receiver.url})

    def finished_call() -> str:
        phone = unused_phone()
        account.trigger(webhook, {"phoneNumber": phone})
        job = jobs.to(webhook, "phoneNumber", phone)
        dialer.send(completions.of_job(job))
        all_delivered()
        return job["callId"]

    account.edit(webhook.path, responseWebhook={"status": "disabled"})
    finished_call()
    account.edit(webhook.path, responseWebhook={"status": "enabled"})
    told = finished_call()
    account.edit(webhook.path, responseWebhook=None)
    finished_call()
    assert [told.encode() in request.body for request in receiver.requests] == [True]
