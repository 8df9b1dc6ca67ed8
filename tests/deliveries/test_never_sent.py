"""Deliveries that can never be sent: they end at once, and say nothing of their endpoint."""

import pytest

import completions
from accounts import Account, Webhook, eventually
from receiver import OK, Http
from refusals import assert_refused
from tables import failing_since, move_endpoint, set_failing_since

# URLs may have such a host, HTTP requests may not. The API refuses it now; what was saved before may have it.
NO_HOST_OF_HTTP = 'https://a"b.example/hook'
LONG_AGO_MS = 1_700_000_000_000


def never_reached(account: Account, stack) -> Webhook:
    webhook = account.outbound("https://example.com/")
    move_endpoint(stack, account.id, webhook.id, NO_HOST_OF_HTTP)
    return webhook


def assert_ended(row: dict) -> None:
    assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, "unsendable"), row
    assert (row["attempt"], row["nextAttemptAt"]) == (1, None), row
    assert "no HTTP request can be made" in row["error"]["message"]


def test_a_delivery_that_can_never_be_sent_ends_at_once_and_its_endpoint_does_not_count_as_failing(
    account, dialer, stack
):
    webhook = never_reached(account, stack)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    assert_ended(row)
    assert failing_since(stack, account.id, webhook.id) is None
    assert account.read(webhook.path)["status"] == "enabled"


def test_nor_is_an_endpoint_given_up_for_it_that_has_failed_before(account, dialer, receivers, stack):
    webhook = account.outbound(receivers.receiver(Http(500, (("retry-after", "9"),))).url)
    dialer.send(completions.of_elsewhere(account))
    (failed,) = account.attempts_of(webhook)
    set_failing_since(stack, account.id, webhook.id, "endpoint", LONG_AGO_MS)
    move_endpoint(stack, account.id, webhook.id, NO_HOST_OF_HTTP)

    dialer.send(completions.of_elsewhere(account))

    def another():
        rows = account.attempts_of(webhook)
        return next((row for row in rows if row["deliveryId"] != failed["deliveryId"]), None)

    assert_ended(eventually(another, "the second delivery is in the log"))
    assert failing_since(stack, account.id, webhook.id) == LONG_AGO_MS
    assert account.read(webhook.path)["status"] == "enabled"


@pytest.mark.parametrize("moved", [False, True])
def test_once_the_url_is_another_a_resend_is_sent(account, dialer, receivers, stack, moved):
    receiver = receivers.receiver(OK)
    webhook = never_reached(account, stack)
    dialer.send(completions.of_elsewhere(account))
    (row,) = account.attempts_of(webhook)
    if moved:
        account.edit(webhook.path, url=receiver.url)

    assert account.post(f"{webhook.path}/deliveries/{row['deliveryId']}/resend", {}).status == 202

    (again, _) = account.attempts_of(webhook, 2)
    assert (again["outcome"], again["nextAttemptAt"]) == ("succeeded" if moved else "errored", None)


@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/test"])
def test_a_host_that_no_request_can_name_is_neither_saved_nor_tested(account, path):
    more = {"direction": "outbound", "name": "Odd"} if path == "/webhooks" else {}
    answer = account.post(path, {"url": NO_HOST_OF_HTTP, **more})
    assert_refused(answer, 400, "invalid_field", "url")
    assert answer.error["message"] == '"url" has a host that no request can reach'
