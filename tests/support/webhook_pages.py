"""What the stories of a webhook's page and of a delivery's page share."""

import re

import completions
from accounts import Account, Webhook
from visitor import Visitor

# What strangers write: markup, a direction that turns the line round, signs of more than one code unit.
HOSTILE = "<img src=x onerror=document.title='ran'> \u202egnisrever \u05e9\u05dc\u05d5\u05dd 😀👩‍👧 {{7*7}} ${7*7}"

DAY = [
    {"hour": f"2026-03-04T{hour:02}:00:00.000Z", "succeeded": 3, "failed": 1, "errored": 0, "p50Ms": 80, "p95Ms": 900}
    for hour in range(24)
]
QUIET = {"succeeded": 0, "failed": 0, "errored": 0, "p50Ms": None, "p95Ms": None}
WEEK = [{"hour": hour["hour"], **QUIET} for hour in DAY * 6] + DAY


def with_numbers(visitor: Visitor) -> Visitor:
    """The last day and the last week as they are given here: it would take a week to make them."""

    def answer(route):
        hours = int(re.search(r"hours=(\d+)", route.request.url)[1])
        route.fulfill(json={"hours": WEEK if hours == 168 else DAY})

    visitor.context.route(re.compile(r"/stats\?hours=\d+$"), answer)
    return visitor


def deliver(account: Account, dialer, webhook: Webhook, n: int = 1, **result) -> list[dict]:
    """Has so many calls end; the attempts at this webhook, the newest first."""
    before = len(account.read(f"{webhook.path}/deliveries", limit=100)["items"])
    for _ in range(n):
        dialer.send(completions.of_elsewhere(account, **result))
    return account.attempts_of(webhook, before + n)


def has_no_control_that_changes(visitor: Visitor) -> None:
    """A viewer's page: no button but those that show, and no link to a form."""
    page = visitor.page
    changing = re.compile("Edit|Disable|Enable|Delete|Rotate|Send|Resend|Add one|Choose a campaign")
    for role in ("button", "link"):
        found = page.get_by_role("main").get_by_role(role, name=changing)
        assert found.count() == 0, found.all_inner_texts()
    assert page.get_by_role("main").get_by_role("checkbox", name=re.compile("Send again")).count() == 0
