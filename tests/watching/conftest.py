"""A day on which everything happens that is counted in logs."""

from dataclasses import dataclass

import pytest

import completions
from accounts import Account, Webhook, eventually
from infra.local.cloudformation import of_type, read_template
from log_lines import having, lines_of
from receiver import Http


@dataclass(frozen=True)
class Day:
    # Calls, by the reason.
    cancelled: dict[str, str]
    # Endpoints, by what became of a delivery.
    delivered: Webhook
    gone: Webhook
    deleted: Webhook


@pytest.fixture(scope="session")
def day(stack, api, jobs, dialer, receivers) -> Day:
    """Over when its last line is in the log."""
    account = Account.open(api)
    delivered = account.outbound(receivers.receiver().url)
    gone = account.outbound(receivers.receiver(Http(410)).url)
    deleted = account.outbound(receivers.receiver(Http(500)).url)
    webhook = account.bound_webhook()
    assert account.trigger(webhook, {"phoneNumber": "not a phone"}).status == 400
    assert account.trigger(webhook).status == 201
    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    for endpoint in (delivered, gone, deleted):
        account.attempts_of(endpoint)
    assert account.delete(deleted.path).status == 204
    cancelled = {
        "insufficient_funds": _cancelled(Account.open(api, credits=0)),
        "campaign_not_active": _cancelled(account, status="paused"),
    }
    eventually(lambda: len(having(lines_of(stack, "Deliver"), "webhook.id", deleted.id)) > 1, "the retry is due")
    return Day(cancelled, delivered, gone, deleted)


def _cancelled(account: Account, **settings) -> str:
    """The id of a call that is not placed."""
    webhook = account.inbound()
    campaign = account.campaign(webhook, **settings)
    assert account.trigger(webhook).status == 201
    (call,) = account.calls_of(campaign)
    assert call["status"] == "cancelled"
    return call["id"]


@pytest.fixture(scope="session")
def everything_has_failed(stack) -> None:
    """Each function has logged an error."""
    for function in of_type(read_template(), "AWS::Serverless::Function"):
        stack.client("lambda").invoke(FunctionName=stack.function_name(function), Payload=b'"no event of AWS"')
        eventually(lambda of=function: having(lines_of(stack, of), "level", "ERROR"), "the line is in the log")
