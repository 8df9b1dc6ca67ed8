"""What strangers write is text, wherever it is shown: markup does nothing, long and right-to-left texts stay in their
place."""

import pytest
from playwright.sync_api import expect

import completions
from accounts import Account, eventually, unused_phone
from receiver import Http

MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
RIGHT_TO_LEFT = "\u202e\u05e9\u05dc\u05d5\u05dd"
EMOJI = "👩‍👩‍👧‍👦🏳️‍🌈"
NAME = f"{MARKUP} {RIGHT_TO_LEFT} {EMOJI} "
NAME += "x" * (200 - len(NAME))
LONG = f"{MARKUP} {RIGHT_TO_LEFT} {EMOJI} {'x' * 10_000}"
TEXT = LONG[:4096]
RECIPIENT = {
    "phoneNumber": "+15558675309",
    **dict.fromkeys(
        ["firstName", "lastName", "email", "companyName", "note", "address1", "address2", "city", "state", "zipCode"],
        TEXT,
    ),
}


@pytest.fixture
def account(api):
    """Its name stands on every page."""
    return Account.open(api, name=NAME)


@pytest.fixture
def routes(account, jobs, dialer, receivers):
    """The pages of an account in which every text is hostile."""
    endpoint = receivers.receiver(Http(500, body=LONG.encode()))
    webhook = account.webhook(direction="inbound", name=NAME, responseWebhook={"url": endpoint.url})
    outbound = account.webhook(direction="outbound", name=NAME, url=endpoint.url)
    campaign = account.campaign(
        webhook,
        name=NAME,
        prompt=LONG,
        voicemailMessage=TEXT,
        followUps={"text": TEXT},
        **dict.fromkeys(["voice", "language", "backgroundAmbience"], TEXT[:100]),
    )
    carried = {"metadata": {MARKUP: [MARKUP], "text": NAME}, "variables": {MARKUP: MARKUP}}
    account.trigger(webhook, {**RECIPIENT, **carried, "phoneNumber": unused_phone()})
    (job,) = jobs.of(webhook)
    turn = {"what": LONG, "when": "2024-04-30T14:00:03.000Z"}
    completion = completions.of_job(
        job,
        summary=LONG,
        transcript=[{**turn, "who": "assistant"}, {**turn, "who": "user"}, {**turn, "who": NAME}],
        recording=f"https://x.example/{TEXT}",
        analysis={"sentiment": "neutral", "lead_warmth": "warm", "justification": LONG},
        actionItems=[LONG, MARKUP],
        extracted={MARKUP: LONG, "list": [MARKUP]},
    )
    dialer.send(completion)
    account.settled(job["callId"])
    delivery = account.attempts_of(outbound)[0]["deliveryId"]
    answer = account.attempts_of(webhook)[0]["deliveryId"]
    return [
        "/",
        "/inbound",
        f"/inbound/{webhook.id}",
        f"/inbound/{webhook.id}?log=deliveries",
        f"/inbound/{webhook.id}/deliveries/{answer}",
        f"/inbound/{webhook.id}/edit",
        f"/inbound/{webhook.id}/mapping",
        "/outbound",
        f"/outbound/{outbound.id}",
        f"/outbound/{outbound.id}/deliveries/{delivery}",
        "/campaigns",
        f"/campaigns/{campaign['id']}",
        f"/results?campaign={campaign['id']}",
        f"/calls/{job['callId']}",
        "/credits",
    ]


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_markup_is_shown_as_it_was_written_and_breaks_nothing(signed_in, account, routes, role):
    visitor = signed_in(role, viewport={"width": 360, "height": 740})
    for route in routes:
        visitor.open(route)
        visitor.page.get_by_role("heading", level=1).wait_for()
        expect(visitor.page.get_by_label("Loading", exact=True)).to_have_count(0)
        shown = visitor.page.get_by_role("main")
        if route not in ("/", "/credits") and not (role == "viewer" and route.endswith("/edit")):
            expect(shown.get_by_text(MARKUP[:20]).locator("visible=true").first).to_be_visible()
        assert visitor.page.locator("img, main script").count() == 0, route
        assert "owned" not in visitor.page.title().replace(MARKUP, ""), route
        assert not visitor.wider_than_the_screen(), route
        assert not visitor.findings(), route
        visitor.page.set_viewport_size({"width": 1280, "height": 860})
        expect(visitor.page.get_by_title(account.id)).to_contain_text(MARKUP[:20])
        assert not visitor.wider_than_the_screen(), route
        visitor.page.set_viewport_size({"width": 360, "height": 740})


def test_markup_in_a_question_is_text(signed_in, account):
    webhook = account.webhook(direction="outbound", name=NAME, url="https://example.com/hook")
    visitor = signed_in(viewport={"width": 360, "height": 740})
    visitor.open(f"/outbound/{webhook.id}")
    visitor.page.get_by_role("button", name="Delete this webhook").click()
    question = visitor.page.get_by_role("dialog")
    expect(question.get_by_role("heading")).to_contain_text(MARKUP)
    assert question.locator("img, script").count() == 0
    assert not visitor.wider_than_the_screen()
    assert not visitor.findings_in_both_schemes()


def test_a_name_of_4_000_signs_leaves_room_for_the_page(signed_in, account, dialer):
    completion = completions.of_elsewhere(account, recipient={"phoneNumber": "+15558675309", "firstName": "x" * 4_000})
    dialer.send(completion)
    eventually(lambda: account.get(f"/calls/{completion['callId']}").status == 200, "the call is there")
    visitor = signed_in(viewport={"width": 360, "height": 740})
    visitor.open(f"/calls/{completion['callId']}")
    heading = visitor.page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("xxx")
    assert heading.bounding_box()["height"] < 100
