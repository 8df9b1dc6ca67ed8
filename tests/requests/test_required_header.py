"""A webhook that takes only requests with a header of its owner's choice."""

import uuid

import pytest

import completions
import sent_values
from accounts import eventually, unused_phone
from tables import items_of


def secret() -> str:
    value = f"required-{uuid.uuid4().hex}"
    sent_values.remember("required header", value)
    return value


def send(account, webhook, headers: dict | None = None):
    return account.trigger(webhook, {"phoneNumber": unused_phone()}, headers=headers)


@pytest.fixture
def guarded(account):
    value = secret()
    webhook = account.bound_webhook(requiredHeader={"name": "X-Crm-Key", "value": value})
    return webhook, value


def test_a_request_with_the_header_is_taken_whatever_the_case_of_its_name(account, jobs, guarded):
    webhook, value = guarded
    assert webhook.body["requiredHeader"] == {"name": "X-Crm-Key"}
    assert [send(account, webhook, {name: value}).status for name in ("X-Crm-Key", "x-crm-key")] == [201, 201]
    assert len(jobs.all_of(webhook)) == 2


@pytest.mark.parametrize("wrong", [None, "", "another value, as long as it is", "{value}x", "{VALUE}"])
def test_a_request_without_it_is_a_401_and_a_row_of_the_log(account, jobs, guarded, wrong):
    webhook, value = guarded
    headers = None if wrong is None else {"x-crm-key": wrong.format(value=value, VALUE=value.upper())}

    answer = send(account, webhook, headers)

    assert (answer.status, answer.error["code"]) == (401, "required_header_missing")
    assert "X-Crm-Key".lower() not in answer.body.decode().lower(), "who knows the URL only is not told its name"
    assert answer.headers["www-authenticate"] == "RequiredHeader"
    row = account.last_request_to(webhook)
    assert (row["outcome"], row["statusCode"], row["reason"]) == ("rejected", 401, "required_header_missing")
    assert jobs.all_of(webhook) == []


def test_it_is_asked_for_before_the_body_is_looked_at(account, guarded):
    webhook, _ = guarded
    answer = account.api.trigger(webhook.slug, b"{")
    assert (answer.status, answer.error["code"]) == (401, "required_header_missing")


def test_its_value_is_nowhere_in_the_clear_and_nowhere_to_read(account, stack, guarded):
    webhook, value = guarded
    read = [account.get(webhook.path), account.get("/webhooks")]
    assert all(value not in answer.body.decode() for answer in read)
    webhooks, rules = (items_of(stack, "Webhooks", accountId=of) for of in (account.id, f"{account.id}#rules"))
    assert [item["id"]["S"] for item in webhooks] == [item["id"]["S"] for item in rules] == [webhook.id]
    assert value not in str([webhooks, rules])


def test_it_is_required_changed_and_taken_away_by_an_edit(account):
    webhook = account.bound_webhook()
    assert webhook.body["requiredHeader"] is None
    assert send(account, webhook).status == 201
    first, second = secret(), secret()
    statuses = lambda: [send(account, webhook, {"x-a": value}).status for value in ("", first, second)]  # noqa: E731

    edited = account.edit(webhook.path, requiredHeader={"name": "X-A", "value": first})
    assert edited["requiredHeader"] == account.read(webhook.path)["requiredHeader"] == {"name": "X-A"}
    eventually(lambda: statuses() == [401, 201, 401], "the first value is required")
    account.edit(webhook.path, name="Renamed")
    assert account.read(webhook.path)["requiredHeader"] == {"name": "X-A"}
    account.edit(webhook.path, requiredHeader={"name": "X-A", "value": second})
    eventually(lambda: statuses() == [401, 401, 201], "the second value is required")
    assert account.edit(webhook.path, requiredHeader=None)["requiredHeader"] is None
    eventually(lambda: statuses() == [201, 201, 201], "nothing is required")


def test_a_disabled_webhook_with_it_is_a_404_and_asks_for_it_again_when_it_is_enabled(account, guarded):
    webhook, value = guarded
    assert account.edit(webhook.path, status="disabled")["requiredHeader"] == {"name": "X-Crm-Key"}
    eventually(lambda: send(account, webhook, {"x-crm-key": value}).status == 404, "it is disabled")
    assert account.edit(webhook.path, status="enabled")["status"] == "enabled"
    eventually(lambda: send(account, webhook).status == 401, "it asks for its header")
    assert send(account, webhook, {"x-crm-key": value}).status == 201


def test_a_rotated_slug_asks_for_it_too(account, guarded):
    webhook, value = guarded
    slug = account.post(f"{webhook.path}/rotate-slug", {}).json()["slug"]
    body = {"type": "calls.execute", "data": {"phoneNumber": unused_phone()}}
    assert account.api.trigger(slug, body).status == 401
    assert account.api.trigger(slug, body, headers={"x-crm-key": value}).status == 201


def test_a_deleted_webhook_leaves_no_rules(account, stack, guarded):
    webhook, _ = guarded
    assert account.delete(webhook.path).status == 204
    assert items_of(stack, "Webhooks", accountId=f"{account.id}#rules") == []


def test_its_results_are_delivered_as_any_others(account, jobs, dialer, receivers):
    endpoint, value = receivers.receiver(), secret()
    webhook = account.bound_webhook(
        requiredHeader={"name": "X-Crm-Key", "value": value}, responseWebhook={"url": endpoint.url}
    )
    assert send(account, webhook, {"x-crm-key": value}).status == 201
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    assert endpoint.await_request().method == "POST"
    assert account.post(f"{webhook.path}/test", {}).json()["success"] is True
