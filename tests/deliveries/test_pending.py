"""What becomes of a delivery that waits for its next attempt while its webhook is edited or deleted."""

import pytest
from standardwebhooks import Webhook as Verifier

import completions
from accounts import Account, eventually
from edits import carries, custom, lacks, rotated_secret
from receiver import Http
from tables import items_of

FAILS = Http(500, body=b"try again")


class Pending:
    """A webhook whose only delivery has failed once and waits for its second attempt, 5 seconds later."""

    def __init__(self, api, receivers, **endpoint):
        self.account = Account.open(api)
        self.receiver = receivers.receiver(FAILS)
        self.webhook = self.made(**endpoint)

    def made(self, **endpoint):
        return self.account.outbound(self.receiver.url, **endpoint)

    def send(self, dialer, jobs) -> None:
        dialer.send(completions.of_elsewhere(self.account, **completions.RESULTS))

    def second_attempt(self, stack) -> dict:
        """Its row as the table has it: a deleted webhook's log is read by nobody else."""
        (first, *_) = self.receiver.await_requests(1)

        def row():
            rows = items_of(stack, "DeliveryLogs", deliveryId=first.headers["webhook-id"])
            return next((row for row in rows if row["attempt"]["N"] == "2"), None)

        return eventually(row, "the second attempt is in the log")


class PendingResponse(Pending):
    """The same of a response webhook."""

    def made(self, **endpoint):
        return self.account.bound_webhook(responseWebhook={"url": self.receiver.url, **endpoint})

    def send(self, dialer, jobs) -> None:
        self.account.trigger(self.webhook)
        dialer.send(completions.of_job(jobs.of(self.webhook)[0], **completions.RESULTS))


@pytest.fixture(scope="module")
def pending(api, receivers, dialer, jobs):
    """All of them wait at the same time."""
    stored = custom("X-Key", "X-Old")
    pending = {
        "deleted": Pending(api, receivers),
        "disabled": Pending(api, receivers),
        "removed": PendingResponse(api, receivers),
        "deleted_with_its_response_webhook": PendingResponse(api, receivers),
        "edited": Pending(api, receivers, headers=stored),
    }
    for one in pending.values():
        one.send(dialer, jobs)
    for one in pending.values():
        one.account.attempts_of(one.webhook)

    def edit(name: str, **changes):
        return pending[name].account.edit(pending[name].webhook.path, **changes)

    for name in ("deleted", "deleted_with_its_response_webhook"):
        assert pending[name].account.delete(pending[name].webhook.path).status == 204
    edit("disabled", status="disabled")
    edit("removed", responseWebhook=None)
    edited = pending["edited"]
    edited.stored, edited.added, edited.moved_to = stored, custom("X-New"), receivers.receiver()
    edit("edited", url=edited.moved_to.url, headers=[{"name": "X-Key"}, *edited.added])
    edited.secret = rotated_secret(edited.account, edited.webhook, overlapSeconds=0)
    return pending


ENDS = {
    "deleted": "webhook_deleted",
    "deleted_with_its_response_webhook": "webhook_deleted",
    "removed": "webhook_deleted",
    "disabled": "webhook_disabled",
}


@pytest.mark.parametrize("name", ENDS)
def test_a_pending_delivery_ends_with_a_logged_reason_and_is_not_sent(pending, stack, name):
    row = pending[name].second_attempt(stack)
    assert row["outcome"] == {"S": "errored"}
    assert row["error"]["M"]["code"] == {"S": ENDS[name]}
    assert row["error"]["M"]["message"]["S"]
    assert "nextAttemptAt" not in row and "statusCode" not in row
    assert len(pending[name].receiver.requests) == 1


@pytest.mark.parametrize("name", ["disabled", "removed"])
def test_the_integrator_reads_why_a_delivery_ended(pending, stack, name):
    one = pending[name]
    one.second_attempt(stack)
    rows = one.account.attempts_of(one.webhook, 2)
    assert [(row["attempt"], row["outcome"]) for row in rows] == [(2, "errored"), (1, "failed")]
    assert rows[0]["error"]["code"] == ENDS[name] and rows[0]["nextAttemptAt"] is None


def test_the_next_attempt_goes_to_the_current_url_with_the_current_headers_and_secret(pending):
    edited = pending["edited"]
    (first,) = edited.receiver.requests
    second = edited.moved_to.await_request()
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.body == first.body
    assert carries(second, [edited.stored[0], *edited.added]) and lacks(second, edited.stored[1:])
    Verifier(edited.secret).verify(second.body, second.headers)
    assert len(edited.receiver.requests) == 1
