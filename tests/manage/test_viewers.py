"""No answer to a viewer tells a slug, or more of an endpoint's URL than its origin, whatever the endpoint answers. What
is the account's own is shown as it is."""

import json

import pytest

import completions
from edits import press_test
from receiver import Http

# Each is a part of a URL that nobody but the owner of an endpoint should know.
SECRETS = ("hush-path", "hush-key", "hush-user", "hush-word")
REDIRECT = Http(
    301,
    (("location", "https://hush-user:hush-word@moved.example:8443/hush-path/?key=hush-key"),),
    body=b"Moved to /hush-path/?key=hush-key",
)


@pytest.fixture
def moved(account, jobs, dialer, receivers):
    """The routes that tell of two endpoints that have moved, an outbound webhook and a response webhook."""
    receiver = receivers.receiver(REDIRECT, query="?key=hush-key")
    outbound = account.outbound(receiver.url)
    inbound = account.bound_webhook(responseWebhook={"url": receiver.url})
    press_test(account, outbound)
    account.trigger(inbound)
    dialer.send(completions.of_job(jobs.of(inbound)[0], **completions.RESULTS))
    routes = ["/webhooks"]
    for webhook in (outbound, inbound):
        row = next(row for row in account.attempts_of(webhook, 2 if webhook is outbound else 1) if row["callId"])
        log = f"{webhook.path}/deliveries"
        routes += [webhook.path, log, f"{log}?outcome=failed", f"{log}?callId={row['callId']}"]
        routes += [f"{log}/{row['deliveryId']}", f"/calls/{row['callId']}"]
    return routes


def test_a_redirect_tells_a_viewer_the_origin_of_its_target(account, api, moved):
    session = account.session("viewer")
    noted = 0
    for route in moved:
        answer = api.v1(session, "GET", route)
        assert answer.status == 200, (route, answer)
        shown, whole = answer.body.decode(), account.get(route).body.decode()
        assert [secret for secret in SECRETS if secret in shown] == [], (route, shown)
        targets = shown.count("save its new URL: https://moved.example:8443")
        assert targets == whole.count("save its new URL: https://hush-user"), (route, shown)
        noted += targets
    assert noted == 10, moved


def test_what_is_the_accounts_own_is_shown_to_a_viewer_but_for_slugs(account, api, dialer, receivers):
    called = account.bound_webhook()
    slug = account.read(called.path)["slug"]

    def own(slug: str) -> dict:
        return {"url": "https://crm.example/deals/1?id=2", "slug": "spring", "from": [f"https://calls.example/{slug}"]}

    response = {"url": receivers.receiver().url, "payload": {"json": own(slug)}}
    told = account.inbound(responseWebhook=response)
    webhook = account.outbound(receivers.receiver().url, payload={"json": own(slug)})
    call = completions.of_elsewhere(account, metadata=own(slug), extracted=own(slug))
    dialer.send(call)
    (row,) = account.attempts_of(webhook)
    delivery = f"{webhook.path}/deliveries/{row['deliveryId']}"
    routes = [webhook.path, told.path, delivery, f"/calls/{call['callId']}"]
    assert [route for route in routes if slug not in account.get(route).body.decode()] == []

    session = account.session("viewer")
    answers = [api.v1(session, "GET", route) for route in [*routes, called.path, "/webhooks"]]
    assert [answer for answer in answers if answer.status != 200 or slug in answer.body.decode()] == []
    outbound, inbound, sent, shown = (answer.json() for answer in answers[:4])
    masked = own("***")
    assert outbound["payload"] == inbound["responseWebhook"]["payload"] == {"json": masked}
    assert json.loads(sent["request"]["body"]) == shown["metadata"] == shown["extracted"] == masked
