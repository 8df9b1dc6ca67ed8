"""What is true of every list: it shows what is so now, goes on by itself where nothing fits, and loses nothing that was
asked for. The API is played, so that rows change when the story says so."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from accounts import eventually

FOLLOWS_EVERY_MS = 5_000
HOUR = {"hour": "2026-03-04T05:00:00.000Z", "succeeded": 7, "failed": 1, "errored": 1, "p50Ms": 1, "p95Ms": 2}
STATS = {"hours": [HOUR], "complete": True}
# All that the page was about to do is done by then.
FRAME = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(false))))"


class Calls:
    """The list of a campaign's calls. A cursor is the number of rows that lie before it."""

    def __init__(self, n: int):
        self.statuses = ["queued"] * n
        self.empty_answers = 0
        self.refused: list[int] = []
        self.held = None
        self.asked: list[dict] = []

    def answer(self, route) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(route.request.url).query).items()}
        self.asked.append(query)
        if query.get("cursor") and self.refused:
            refusal = {"code": "invalid_cursor", "message": "this cursor is not one of this list"}
            route.fulfill(status=self.refused.pop(), json={"error": refusal})
        elif query.get("cursor") and self.held is not None:
            self.held.append(lambda: route.fulfill(json=self.list(query)))
        else:
            route.fulfill(json=self.list(query))

    def list(self, query: dict) -> dict:
        start, limit = int(query.get("cursor", 0)), int(query.get("limit", 50))
        if self.empty_answers:
            self.empty_answers -= 1
            return {"items": [], "nextCursor": str(start)}
        known = [(at, status) for at, status in enumerate(self.statuses) if query.get("status") in (None, status)]
        rows = [row(at, status) for at, status in known[start : start + limit]]
        return {"items": rows, "nextCursor": str(start + limit) if start + limit < len(known) else None}


def row(at: int, status: str) -> dict:
    return {
        "id": f"call_{at}", "status": status, "reason": None, "source": "campaign", "webhookId": None,
        "campaign": {"id": "cmp_played", "name": "Played"}, "recipient": {"phoneNumber": f"+1555000{at:04}"},
        "summary": None, "recording": None, "duration": None, "analysis": None, "actionItems": None,
        "tokensConsumed": None, "createdAt": "2026-03-04T05:00:00.000Z", "finishedAt": None,
    }  # fmt: skip


@pytest.fixture
def shown(editor):
    """Opens the results of a campaign with these calls, in a tab whose clock the story moves."""

    def shown(calls: Calls, query: str = ""):
        editor.page.route("**/v1/campaigns/cmp_played/calls*", calls.answer)
        editor.page.clock.install()
        editor.open(f"/results?campaign=cmp_played{query}")
        return editor.page

    return shown


def statuses(page):
    return page.get_by_role("region", name="Results").locator("tbody .badge")


def a_moment_later(page) -> None:
    page.clock.run_for(FOLLOWS_EVERY_MS + 100)


def test_a_call_that_the_filter_no_longer_fits_goes_while_the_list_follows_along(shown):
    calls = Calls(3)
    page = shown(calls, "&status=queued")
    expect(statuses(page)).to_have_count(3)
    page.get_by_label("Follow along").check()
    calls.statuses[1] = "finished"
    a_moment_later(page)
    expect(statuses(page)).to_have_count(2)


def test_a_call_beyond_the_first_page_does_not_stay_queued(shown):
    calls = Calls(60)
    page = shown(calls)
    page.get_by_role("button", name="Load more").click()
    expect(statuses(page)).to_have_count(60)
    page.get_by_label("Follow along").check()
    calls.statuses[55] = "finished"
    a_moment_later(page)
    expect(statuses(page).nth(55)).to_have_text("Finished")
    expect(statuses(page)).to_have_count(60)


def test_a_slow_page_is_awaited_by_a_list_that_follows_along(shown):
    calls = Calls(60)
    page = shown(calls)
    expect(statuses(page)).to_have_count(50)
    page.get_by_label("Follow along").check()
    calls.held = []
    with page.expect_request(re.compile("cursor=")):
        page.get_by_role("button", name="Load more").click()
    a_moment_later(page)
    calls.held.pop()()
    expect(statuses(page)).to_have_count(60)


def test_a_cursor_that_is_refused_begins_the_list_anew(shown, editor):
    editor.expects(400)
    calls = Calls(60)
    calls.refused = [400]
    page = shown(calls)
    page.get_by_role("button", name="Load more").click()
    expect(page.get_by_role("alert")).to_contain_text("invalid_cursor")
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert "cursor" not in calls.asked[-1]


def test_answers_without_a_row_are_followed_by_the_next_one_and_it_is_said_how_far(shown):
    calls = Calls(3)
    calls.empty_answers = 7
    page = shown(calls)
    expect(page.get_by_text("No row among the next 20,000 that were looked at")).to_be_visible()
    assert len(calls.asked) == 5
    calls.empty_answers = 2
    page.get_by_role("button", name="Load more").click()
    expect(page.get_by_text(re.compile("^[0-9]+ rows?$"))).to_be_visible()
    assert len(calls.asked) == 8


def test_what_a_limit_left_unsent_stays_chosen_and_the_list_as_long_as_it_was(editor, account):
    webhook = account.outbound("https://example.com/hook")
    attempts = [
        {
            "id": f"msg_{at}.01", "deliveryId": f"msg_{at}", "callId": f"call_{at}", "attempt": 10,
            "timestamp": "2026-03-04T05:00:00.000Z", "outcome": "failed", "statusCode": 500, "error": None,
            "responseBody": "", "note": None, "durationMs": 12, "nextAttemptAt": None, "test": False, "hurried": False,
        }
        for at in range(30)
    ]  # fmt: skip

    def log(route) -> None:
        query = parse_qs(urlsplit(route.request.url).query)
        start, limit = int(query.get("cursor", ["0"])[0]), int(query["limit"][0])
        more = str(start + limit) if start + limit < len(attempts) else None
        route.fulfill(json={"items": attempts[start : start + limit], "nextCursor": more})

    answers = iter([202, 202])

    def resend(route) -> None:
        status = next(answers, 429)
        route.fulfill(status=status, body="" if status == 202 else json.dumps({"message": "Too Many Requests"}))

    editor.expects(429)
    page = editor.page
    page.route(re.compile(r"/deliveries\?"), log)
    page.route("**/resend", resend)
    editor.open(f"/outbound/{webhook.id}")
    page.get_by_role("button", name="Load more").click()
    boxes = page.get_by_role("checkbox", name=re.compile("Send again: msg_"))
    expect(boxes).to_have_count(30)
    for at in range(4):
        boxes.nth(at).check()
    page.get_by_role("button", name="Send 4 again").click()
    expect(page.get_by_text("2 are left, and still chosen.")).to_be_visible()
    expect(page.get_by_role("button", name="Send 2 again")).to_be_visible()
    expect(boxes).to_have_count(30)
    assert [box.is_checked() for box in boxes.all()[:5]] == [False, False, True, True, False]
    # One of them goes: what is not on the list is not sent.
    del attempts[3]
    page.get_by_label("Follow along").check()
    expect(page.get_by_role("button", name="Send it again")).to_be_visible()


# the numbers of rows


def test_a_list_asks_for_the_numbers_of_four_rows_at_a_time(editor, account):
    n, most = 12, 0
    for _ in range(n):
        account.outbound("https://example.com/hook")
    held, answered = [], []

    def hold(request) -> None:
        nonlocal most
        held.append(request)
        most = max(most, len(held) - len(answered))

    editor.page.route("**/v1/webhooks/*/stats?hours=24", hold)
    editor.open("/outbound")
    expect(editor.page.get_by_role("main").get_by_label("Loading", exact=True)).to_have_count(n)
    while len(answered) < n:
        eventually(lambda: editor.page.evaluate(FRAME) or len(held) > len(answered), "another row is asked for")
        held[len(answered)].fulfill(json=STATS)
        answered.append(held[len(answered)])
    expect(editor.page.get_by_text("7 delivered")).to_have_count(n)
    assert most == 4


def test_numbers_that_were_too_much_to_ask_for_are_asked_for_again(editor, account):
    account.outbound("https://example.com/hook")
    editor.expects(429)
    editor.page.route("**/v1/webhooks/*/stats?hours=24", lambda request: request.fulfill(json=STATS))
    too_much = {"message": "Too Many Requests"}
    editor.page.route(
        "**/v1/webhooks/*/stats?hours=24", lambda request: request.fulfill(status=429, json=too_much), times=1
    )
    with editor.page.expect_response(lambda answer: answer.status == 429):
        editor.open("/outbound")
    editor.page.get_by_text("7 delivered").wait_for()
