"""The page of an outbound webhook: what it is, whether it works, its log, its secret."""

import json
import re

import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook as Verifier

import completions
from receiver import Http
from webhook_pages import DAY, HOSTILE, deliver, has_no_control_that_changes, with_numbers

FAILS = Http(500, body=b'{"error":"the database is down"}')


@pytest.fixture
def at(signed_in):
    def at(webhook, query: str = "", role: str = "editor", **context):
        visitor = with_numbers(signed_in(role, **context))
        visitor.open(f"/outbound/{webhook.id}{query}")
        visitor.page.get_by_role("heading", name="Signing secret").wait_for()
        return visitor

    return at


def rows(visitor):
    return visitor.page.get_by_role("region", name="Delivery log").locator("tbody").get_by_role("row")


def test_the_chart_has_its_numbers_as_a_table_and_its_period_in_the_address(at, account):
    webhook = account.outbound("https://example.com/hook")
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("img", name="Attempts by hour. Delivered: 72, Refused: 24, No answer: 0").wait_for()
    page.get_by_role("img", name="Answer time by hour, at most 900 ms").wait_for()
    page.get_by_role("button", name="Show as a table").click()
    table = page.get_by_role("table", name="Attempts by hour")
    assert table.get_by_role("row").count() == len(DAY) + 1
    assert table.get_by_role("row").nth(1).get_by_role("cell").all_inner_texts() == ["3", "1", "0", "80 ms", "900 ms"]
    with page.expect_request(re.compile(r"stats\?hours=168$")):
        page.get_by_role("button", name="7 days").click()
    assert visitor.route == f"/outbound/{webhook.id}?hours=168"
    page.go_back()
    expect(page.get_by_role("button", name="24 hours")).to_have_attribute("aria-pressed", "true")


def test_a_failing_endpoint_says_since_when_why_and_what_to_do(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver(FAILS).url)
    deliver(account, dialer, webhook)
    visitor = at(webhook)
    trouble = visitor.page.get_by_role("status").filter(has_text="failing since")
    trouble.get_by_role("heading", name="The server has a fault").wait_for()
    trouble.get_by_text("The endpoint answered 500", exact=False).wait_for()
    trouble.get_by_text("What to do:").wait_for()
    trouble.get_by_role("link", name="Show the failed attempts").click()
    expect(rows(visitor)).to_have_count(1)
    assert "outcome=failed" in visitor.route


def test_an_endpoint_that_is_gone_is_enabled_and_what_failed_is_recovered(at, account, dialer, receivers):
    endpoint = receivers.receiver(Http(410, body=b"gone"), Http())
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook)
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("heading", name="Switched off: the endpoint wants no more").wait_for()
    page.get_by_role("button", name="Enable").dblclick()
    dialog = page.get_by_role("dialog", name="Resend all that failed?")
    dialog.get_by_text("What was delivered is not sent twice.").wait_for()
    dialog.get_by_role("button", name="Resend all").click()
    page.get_by_text("1 delivery is sent again.").wait_for()
    first, again = endpoint.await_requests(2)
    assert (first.body, first.headers["webhook-id"]) == (again.body, again.headers["webhook-id"])
    assert account.read(webhook.path)["status"] == "enabled"


def test_filters_stand_in_the_address_and_the_back_button_keeps_them(at, account, dialer, receivers):
    # It comes again long after this test, so one attempt has failed for as long as it runs.
    fails = Http(503, (("retry-after", "1200"),))
    webhook = account.outbound(receivers.receiver(Http(), fails).url)
    (good,) = deliver(account, dialer, webhook)
    bad = deliver(account, dialer, webhook)[0]
    visitor = at(webhook)
    page = visitor.page
    expect(rows(visitor).first).to_be_visible()
    page.get_by_label("Outcome").select_option("Refused")
    expect(rows(visitor)).to_have_count(1)
    rows(visitor).get_by_role("link").first.click()
    page.get_by_role("heading", name="Delivery to To the CRM").wait_for()
    assert f"/deliveries/{bad['deliveryId']}?outcome=failed&at=" in visitor.route
    page.go_back()
    expect(page.get_by_label("Outcome")).to_have_value("failed")
    expect(rows(visitor).get_by_role("link", name="Open the call")).to_have_attribute(
        "href", f"#/calls/{bad['callId']}"
    )
    expect(rows(visitor)).to_have_count(1)
    page.get_by_label("Outcome").select_option("All")
    page.get_by_label("Call", exact=True).fill(good["callId"])
    page.get_by_label("Call", exact=True).press("Enter")
    rows(visitor).get_by_text("Delivered").wait_for()
    expect(rows(visitor)).to_have_count(1)
    page.get_by_role("button", name="Clear filters").click()
    page.get_by_label("Since").fill("2030-01-01T00:00")
    page.get_by_role("heading", name="No attempt fits these filters").wait_for()


def test_the_log_follows_along(at, account, dialer, receivers):
    webhook = account.outbound(receivers.receiver().url)
    visitor = at(webhook)
    visitor.page.get_by_role("heading", name="Nothing has been sent yet").wait_for()
    visitor.page.get_by_label("Follow along").check()
    dialer.send(completions.of_elsewhere(account))
    expect(rows(visitor)).to_have_count(1)


def test_the_chosen_deliveries_are_sent_again_once_however_often_it_is_pressed(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook, n=2)
    assert account.post(f"{webhook.path}/test", None).json()["success"]
    visitor = at(webhook)
    page = visitor.page
    expect(rows(visitor)).to_have_count(3)
    boxes = page.get_by_role("checkbox", name=re.compile("Send again: msg_"))
    assert boxes.count() == 2, "a test cannot be sent again"
    for box in boxes.all():
        box.check()
    asked = []
    page.on("request", lambda request: request.url.endswith("/resend") and asked.append(request.url))
    page.get_by_role("button", name="Send 2 again").dblclick()
    page.get_by_text("2 deliveries are sent again.").wait_for()
    assert len(asked) == len(set(asked)) == 2
    expect(page.get_by_role("button", name="Send 2 again")).to_have_count(0)
    endpoint.await_requests(5)


def test_recover_says_what_it_will_do_and_how_many_it_sent(at, account):
    webhook = account.outbound("https://example.com/hook")
    visitor = at(webhook)
    visitor.page.get_by_role("button", name="Resend all failed…").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_text("Every delivery that failed since this moment").wait_for()
    dialog.get_by_label("Since").fill("2026-01-01T00:00")
    dialog.get_by_role("button", name="Resend all").click()
    visitor.page.get_by_text("There is nothing to resend: nothing failed since then.").wait_for()


def steps_of_a_recovery(visitor, *answers: dict) -> list[dict]:
    """What a log answers that is too long for one step; it would take a minute to make one. Gives what is asked."""
    asked, left = [], list(answers)

    def answer(route):
        asked.append(route.request.post_data_json)
        if left:  # Without an answer left it is still being looked at.
            route.fulfill(status=202, json=left.pop(0))

    visitor.context.route(re.compile("/recover$"), answer)
    visitor.page.get_by_role("button", name="Resend all failed…").click()
    visitor.page.get_by_role("dialog").get_by_role("button", name="Resend all").click()
    return asked


def step(count: int, until: str | None) -> dict:
    return {"count": count, "complete": until is None, "until": until}


def test_a_recovery_goes_on_until_all_of_the_log_was_looked_at(at, account):
    first, second = "2026-01-02T00:00:00.000Z", "2026-01-01T00:00:00.000Z"
    visitor = at(account.outbound("https://example.com/hook"))
    asked = steps_of_a_recovery(visitor, step(0, first), step(3, second), step(4, None))
    visitor.page.get_by_text("7 deliveries are sent again.").wait_for()
    assert [body["until"] for body in asked] == [None, first, second]
    assert len({body["since"] for body in asked}) == 1


def test_a_recovery_that_is_stopped_does_not_say_that_nothing_failed(at, account):
    visitor = at(account.outbound("https://example.com/hook"))
    asked = steps_of_a_recovery(visitor, step(0, "2026-01-02T00:00:00.000Z"))
    page = visitor.page
    page.get_by_text("The log is long: looked at back to").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Stop").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert len(asked) == 2 and "nothing failed" not in page.inner_text("body")


def test_a_test_shows_what_was_answered_and_stands_in_the_log(at, account, receivers):
    webhook = account.outbound(receivers.receiver(Http(503, body=HOSTILE.encode())).url)
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("The endpoint answered 503.").wait_for()
    page.get_by_text("The server is not ready.").wait_for()
    page.get_by_text("<img src=x onerror", exact=False).wait_for()
    expect(rows(visitor)).to_have_count(1)
    rows(visitor).get_by_text("Test").wait_for()
    assert "ran" not in page.title()


def test_a_rotated_secret_is_shown_once_while_the_old_one_signs_too(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("button", name="Rotate the secret").click()
    page.get_by_role("dialog").get_by_label("The old secret signs, too, for").select_option("an hour")
    page.get_by_role("dialog").get_by_role("button", name="Rotate").dblclick()
    page.get_by_text("Deliveries are signed with the old one, too, for an hour.").wait_for()
    assert "whsec_" not in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="Show the signing secret").click()
    secret = page.get_by_text(re.compile("^whsec_")).inner_text()
    deliver(account, dialer, webhook)
    sent = endpoint.await_request()
    for known in (secret, webhook.signing_secret):
        Verifier(known).verify(sent.body, sent.headers)
    page.reload()
    page.get_by_role("heading", name="Signing secret").wait_for()
    assert page.get_by_text("The new secret.").count() == 0


def test_how_to_verify_is_shown_in_three_languages_without_any_secret(at, account):
    visitor = at(account.outbound("https://example.com/hook"))
    page = visitor.page
    page.get_by_text("How a receiver verifies").click()
    for language, install in (
        ("Python", "pip install standardwebhooks"),
        ("JavaScript", "npm install standardwebhooks"),
        ("Rust", "cargo add standardwebhooks http"),
    ):
        page.get_by_role("tab", name=language).click()
        panel = page.get_by_role("tabpanel", name=language)
        panel.get_by_text(install).wait_for()
        code = panel.locator("pre").inner_text()
        assert "verify(" in code and re.findall(r"whsec_.", code) == ["whsec_…"]


def test_a_webhook_is_disabled_and_deleted_after_a_question(at, account):
    webhook = account.outbound("https://example.com/hook")
    visitor = at(webhook)
    page = visitor.page
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("dialog").get_by_text("Nothing is sent any more.").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Disable").click()
    page.get_by_role("heading", name=re.compile("^Switched off")).wait_for()
    assert account.read(webhook.path)["disabledReason"] == "owner"
    page.get_by_role("button", name="Delete this webhook").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert account.get(webhook.path).status == 200
    page.get_by_role("button", name="Delete this webhook").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").dblclick()
    page.get_by_role("heading", name="No outbound webhook yet").wait_for()
    assert account.get(webhook.path).status == 404


def test_a_viewer_changes_nothing_and_sees_the_origin_of_the_url(at, account, dialer, receivers):
    endpoint = receivers.receiver(FAILS)
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook)
    visitor = at(webhook, role="viewer")
    expect(rows(visitor)).to_have_count(1)
    has_no_control_that_changes(visitor)
    assert endpoint.url not in visitor.page.content()
    assert endpoint.url.rsplit("/", 1)[0] in visitor.page.get_by_role("main").inner_text()


def test_a_webhook_of_zapier_is_shown_and_not_changed(at, account):
    answer = account.post("/zapier/hooks", {"targetUrl": "https://hooks.zapier.com/hooks/standard/1/"})
    visitor = with_numbers(at(account.outbound("https://example.com/hook")))
    visitor.open(f"/outbound/{answer.json()['id']}")
    visitor.page.get_by_text("Zapier manages this webhook.").wait_for()
    for name in ("Edit", "Disable", "Delete this webhook", "Rotate the secret"):
        assert visitor.page.get_by_text(name, exact=True).count() == 0, name


def test_a_hostile_name_is_text(at, account):
    webhook = account.webhook(direction="outbound", name=HOSTILE, url="https://example.com/hook")
    visitor = at(webhook)
    assert visitor.page.get_by_role("heading", level=1).inner_text() == HOSTILE
    assert visitor.page.locator("img[src='x']").count() == 0


def test_of_a_log_of_100000_attempts_one_page_is_loaded(at, account):
    webhook = account.outbound("https://example.com/hook")
    visitor = with_numbers(at(webhook))
    asked = []

    def page_of_many(route):
        asked.append(route.request.url)
        start = int((re.search(r"cursor=(\d+)", route.request.url) or [0, 0])[1])
        limit = int(re.search(r"limit=(\d+)", route.request.url)[1])
        items = [attempt_number(number) for number in range(start, start + limit)]
        route.fulfill(body=json.dumps({"items": items, "nextCursor": str(start + limit)}))

    visitor.page.route(re.compile(r"/deliveries\?"), page_of_many)
    visitor.open(f"/outbound/{webhook.id}")
    visitor.page.get_by_text("25+ rows").wait_for()
    assert len(asked) == 1
    visitor.page.get_by_role("button", name="Load more").click()
    visitor.page.get_by_text("50+ rows").wait_for()
    assert len(asked) == 2


def attempt_number(number: int) -> dict:
    """Of a log of 100,000."""
    assert number < 100_000
    return {
        "id": f"msg_{number}.01", "deliveryId": f"msg_{number}", "callId": f"call_{number}", "attempt": 1,
        "timestamp": "2026-03-04T05:00:00.000Z", "outcome": "succeeded", "statusCode": 200, "error": None,
        "responseBody": "ok", "note": None, "durationMs": 12, "nextAttemptAt": None, "test": False, "hurried": False,
    }  # fmt: skip


def test_a_delivery_is_sent_again_by_the_keyboard_alone(at, account, dialer, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url)
    deliver(account, dialer, webhook)
    visitor = at(webhook)
    visitor.press(visitor.page.get_by_role("checkbox", name=re.compile("Send again: msg_")), "Space")
    page = visitor.page
    visitor.press(page.get_by_role("button", name="Send it again"))
    page.get_by_text("1 delivery is sent again.").wait_for()
    endpoint.await_requests(2)
