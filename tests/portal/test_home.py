"""Home: what an account sees first."""

import json

import pytest

import completions
from accounts import eventually
from receiver import Http

MOST_OF_ONE_ANSWER = 100
NOTHING = {"succeeded": 0, "failed": 0, "errored": 0, "p50Ms": None, "p95Ms": None}
HOUR = {"succeeded": 5, "errored": 0, "p50Ms": 80, "p95Ms": 900}
QUIET = [{"hour": f"2026-03-04T{hour:02}:00:00.000Z", **NOTHING} for hour in range(24)]
HOURS = [{"hour": f"2026-03-04T{hour:02}:00:00.000Z", "failed": hour % 2, **HOUR} for hour in range(24)]


@pytest.fixture
def home(visit, account):
    """Opens Home with the last day's numbers as they are given here: it would take a day to make them."""

    def home(role: str = "editor", hours=HOURS):
        visitor = visit()
        visitor.page.route("**/v1/stats?hours=24", lambda route: route.fulfill(json={"hours": hours}))
        visitor.sign_in(account.portal_link(role=role))
        return visitor

    return home


def step(visitor, title: str):
    return visitor.page.get_by_role("listitem").filter(has=visitor.page.get_by_text(title, exact=True))


def is_done(visitor, title: str) -> None:
    step(visitor, title).get_by_text(": done").wait_for(state="attached")


def test_the_way_to_a_first_call_ticks_itself(home, account, jobs, dialer, receivers):
    visitor = home(hours=QUIET)
    visitor.page.get_by_text("0 of 6 done").wait_for()
    next_step = visitor.page.get_by_role("link", name="Create: Create an inbound webhook")
    assert next_step.get_attribute("href") == "#/inbound/new"

    webhook = account.inbound()
    again(visitor)
    is_done(visitor, "Create an inbound webhook")
    campaign = account.campaign(webhook, status="draft", prompt=None)
    again(visitor)
    visitor.page.get_by_role("link", name="Write: Write a campaign with a prompt").wait_for()
    account.edit(f"/campaigns/{campaign['id']}", prompt="Say hello.")
    again(visitor)
    is_done(visitor, "Write a campaign with a prompt")
    account.edit(f"/campaigns/{campaign['id']}", status="active")
    again(visitor)
    is_done(visitor, "Activate the campaign")
    assert account.test_call(campaign).status == 202
    again(visitor)
    is_done(visitor, "Make a test call")
    account.outbound(receivers.receiver().url)
    assert account.trigger(webhook, {"phoneNumber": "no number"}).status == 400
    account.requests_to(webhook)
    visitor.page.reload()
    visitor.page.get_by_text("4 of 6 done").wait_for()
    account.trigger(webhook)
    account.requests_to(webhook, 2)
    again(visitor)
    is_done(visitor, "Send the first request")

    dialer.send(completions.of_job(jobs.of(webhook)[0]))
    outbound = account.read("/webhooks", direction="outbound")["items"][0]["id"]
    eventually(lambda: account.read(f"/webhooks/{outbound}/deliveries")["items"], "a delivery")
    again(visitor)
    visitor.page.get_by_role("heading", name="Your first call").wait_for(state="detached")


def again(visitor) -> None:
    visitor.page.get_by_role("button", name="Load again").click()


def test_something_useful_stands_there_before_the_second_answer(visit, account):
    visitor = visit()
    visitor.page.route("**/v1/account", lambda route: None)  # it never answers
    visitor.sign_in(account.portal_link())
    visitor.page.get_by_role("heading", name="Home").wait_for()
    visitor.page.get_by_role("link", name="Outbound").click()
    visitor.page.get_by_role("heading", name="Outbound webhooks").wait_for()


@pytest.fixture
def gone(account, jobs, dialer, receivers):
    """An outbound webhook that was switched off because its endpoint answered 410."""
    webhook = account.outbound(receivers.receiver(Http(410)).url)
    inbound = account.bound_webhook()
    account.trigger(inbound)
    dialer.send(completions.of_job(jobs.of(inbound)[0]))
    eventually(lambda: account.read(f"/webhooks/{webhook.id}")["status"] == "disabled", "the webhook is disabled")
    return webhook


def test_an_endpoint_that_is_gone_is_named_with_its_reason(home, gone):
    visitor = home()
    visitor.page.get_by_role("heading", name="One endpoint needs you").wait_for()
    visitor.page.get_by_text("the endpoint answered 410 Gone").wait_for()
    assert visitor.page.get_by_role("link", name="To the CRM").get_attribute("href") == f"#/outbound/{gone.id}"


def test_an_endpoint_behind_a_hundred_newer_webhooks_is_named_too(home, account, gone):
    for _ in range(MOST_OF_ONE_ANSWER):
        account.inbound()
    visitor = home()
    visitor.page.get_by_role("heading", name="One endpoint needs you").wait_for()
    visitor.page.get_by_text("0 of 1 on").wait_for()
    visitor.page.get_by_text("1 fails.").wait_for()


def test_the_last_day_is_a_chart_and_its_numbers_a_table(home):
    visitor = home()
    chart = visitor.page.get_by_role("img", name="Attempts by hour")
    assert chart.get_attribute("aria-label") == "Attempts by hour. Delivered: 120, Refused: 12, No answer: 0"
    visitor.page.get_by_text("90.9 % of 132 attempts").wait_for()
    visitor.page.get_by_role("button", name="Show as a table").click()
    rows = visitor.page.get_by_role("table").get_by_role("row")
    assert rows.count() == 25
    assert rows.nth(2).inner_text().split("\t")[1:] == ["5", "1", "0", "80 ms", "900 ms"]


def test_the_hour_that_comes_twice_has_its_zone_beside_it(home):
    hours = [{"hour": f"2026-10-25T{hour:02}:00:00.000Z", "failed": 0, **HOUR} for hour in range(24)]
    visitor = home(hours=hours)
    visitor.page.get_by_role("button", name="Show as a table").click()
    names = visitor.page.get_by_role("rowheader").all_inner_texts()
    assert len(set(names)) == 24 and names[:3] == ["Sun, 02:00 CEST", "Sun, 02:00 CET", "Sun 03:00"]


def test_without_an_attempt_nothing_is_said_to_be_well(home, account):
    account.outbound("https://example.com/hook")
    visitor = home(hours=QUIET)
    visitor.page.get_by_text("Nothing was sent in the last 24 hours.").wait_for()
    visitor.page.get_by_text("no attempts", exact=True).wait_for()


def test_figures_that_are_not_whole_are_said_not_to_be(visit, account):
    visitor = visit()
    visitor.page.route("**/v1/stats?hours=24", lambda route: route.fulfill(json={"hours": HOURS, "complete": False}))
    visitor.sign_in(account.portal_link())
    visitor.page.get_by_text("Not every attempt is in these figures").wait_for()
    assert not visitor.findings_in_both_schemes()


def test_a_viewer_sees_the_steps_and_no_button(home):
    visitor = home("viewer", hours=QUIET)
    visitor.page.get_by_text("0 of 6 done").wait_for()
    assert visitor.page.get_by_role("link", name="Create: Create an inbound webhook").count() == 0


def test_what_could_not_be_loaded_is_loaded_by_a_retry(visit, account):
    visitor = visit()
    answers = iter([503])
    body = json.dumps({"error": {"code": "unavailable", "message": "try again"}})

    def stats(route):
        status = next(answers, None)
        route.fulfill(status=status, body=body) if status else route.fulfill(json={"hours": HOURS})

    visitor.expects(503)
    visitor.page.route("**/v1/stats?hours=24", stats)
    visitor.sign_in(account.portal_link())
    visitor.page.get_by_role("alert").get_by_text("unavailable").wait_for()
    visitor.page.get_by_role("button", name="Try again").click()
    visitor.page.get_by_role("img", name="Attempts by hour").wait_for()
