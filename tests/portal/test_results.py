"""Results: found, filtered, followed and exported."""

import csv
import io

import pytest
from playwright.sync_api import expect

import completions
from accounts import eventually
from portal_scene import many_results

BULK = "cmp_bulk_winter"


@pytest.fixture
def report(account, dialer):
    """Has the dialer report calls of a bulk campaign, each given as (first name, warmth), and waits for them."""

    def report(*people, **more) -> None:
        for first, warmth in people:
            completion = completions.of_elsewhere(
                account,
                recipient={"phoneNumber": "+15558675309", "firstName": first},
                analysis={"sentiment": "neutral", "lead_warmth": warmth, "justification": ""},
                **more,
            )
            dialer.send(completion)
            path = f"/calls/{completion['callId']}"
            eventually(lambda path=path: account.get(path).status == 200, "the call is there")

    return report


def people(visitor):
    return visitor.page.get_by_role("table").get_by_role("link")


def test_the_newest_campaign_is_shown_until_another_is_chosen(editor, account):
    for name in ("Autumn", "Winter"):
        account.test_call(account.campaign(name=name), {"phoneNumber": "+15558675309", "firstName": f"{name}'s lead"})
    editor.open("/results")
    expect(people(editor)).to_contain_text(["Winter's lead"])
    editor.page.get_by_label("Campaign").select_option("Autumn")
    expect(people(editor)).to_contain_text(["Autumn's lead"])
    assert "campaign=cmp_" in editor.route


def test_an_address_without_a_campaign_is_given_the_one_that_it_means(editor, account):
    autumn = account.campaign(name="Autumn")
    editor.open("/credits")
    editor.page.get_by_role("link", name="Results").click()
    expect(editor.page.get_by_role("heading", name="No call yet")).to_be_visible()
    assert editor.route == f"/results?campaign={autumn['id']}"
    editor.page.go_back()
    expect(editor.page.get_by_role("heading", name="Credits")).to_be_visible()


def test_filters_stand_in_the_address_and_the_back_button_takes_them_back(editor, report):
    report(("Hedda", "hot"), ("Wilma", "warm"), status="finished")
    report(("Mina", "unknown"), status="missed")
    editor.open(f"/results?campaign={BULK}")
    expect(people(editor)).to_contain_text(["Mina", "Wilma", "Hedda"])
    editor.page.get_by_label("Status").select_option("Finished")
    expect(people(editor)).to_contain_text(["Wilma", "Hedda"])
    editor.page.get_by_label("Warmth").select_option("Hot")
    expect(people(editor)).to_have_count(1)
    expect(people(editor)).to_contain_text(["Hedda"])
    assert {"status=finished", "warmth=hot"} <= set(editor.route.partition("?")[2].split("&"))
    editor.page.go_back()
    expect(people(editor)).to_contain_text(["Wilma", "Hedda"])
    expect(editor.page.get_by_label("Warmth")).to_have_value("")
    editor.page.get_by_role("link", name="Clear filters").click()
    expect(people(editor)).to_have_count(3)


def test_a_call_leads_back_to_the_filtered_list(editor, report):
    report(("Hedda", "hot"), ("Wilma", "warm"))
    editor.open(f"/results?campaign={BULK}&warmth=warm")
    people(editor).first.click()
    expect(editor.page.get_by_role("heading", name="Wilma")).to_be_visible()
    editor.page.go_back()
    expect(people(editor)).to_have_count(1)
    expect(editor.page.get_by_label("Warmth")).to_have_value("warm")


def test_since_and_until_are_moments_of_the_reader_s_own_zone(editor, account, report):
    report(("Hedda", "hot"))
    editor.open(f"/results?campaign={BULK}")
    expect(people(editor)).to_have_count(1)
    editor.page.get_by_label("Since").fill("2035-07-01T12:00")
    expect(editor.page.get_by_role("heading", name="No call matches")).to_be_visible()
    assert "since=2035-07-01T10%3A00%3A00.000Z" in editor.route
    editor.page.get_by_label("Since").fill("")
    editor.page.get_by_label("Until").fill("2035-07-01T12:00")
    expect(people(editor)).to_have_count(1)
    editor.page.reload()
    expect(editor.page.get_by_label("Until")).to_have_value("2035-07-01T12:00")


def test_a_list_that_fails_says_so_and_is_asked_for_again(editor, report):
    report(("Hedda", "hot"))
    editor.expects(503)
    editor.page.route(
        f"**/campaigns/{BULK}/calls*",
        lambda route: route.fulfill(
            status=503, json={"error": {"code": "temporarily_unavailable", "message": "Try again in a moment."}}
        ),
        times=1,
    )
    editor.open(f"/results?campaign={BULK}")
    expect(editor.page.get_by_role("alert")).to_contain_text("Try again in a moment.")
    editor.page.get_by_role("button", name="Try again").click()
    expect(people(editor)).to_have_count(1)


def test_an_account_without_campaigns_and_a_campaign_without_calls_say_what_to_do(editor, account):
    editor.open("/results")
    expect(editor.page.get_by_role("heading", name="No campaign, so no results")).to_be_visible()
    campaign = account.campaign()
    editor.open("/results")
    expect(editor.page.get_by_role("heading", name="No call yet")).to_be_visible()
    editor.page.get_by_role("link", name="Make a test call").click()
    expect(editor.page.get_by_role("heading", name=campaign["name"])).to_be_visible()


def test_a_list_that_follows_along_shows_a_new_call_by_itself(editor, report):
    report(("Hedda", "hot"))
    editor.open(f"/results?campaign={BULK}")
    expect(people(editor)).to_have_count(1)
    editor.page.get_by_label("Follow along").check()
    report(("Wilma", "warm"))
    expect(people(editor)).to_contain_text(["Wilma", "Hedda"])


# the export


def exported(visitor) -> list[dict]:
    return list(csv.DictReader(io.StringIO(downloaded(visitor), newline="")))


def downloaded(visitor) -> str:
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Export CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    return download.value.path().read_bytes().decode("utf-8-sig")


def test_what_is_filtered_is_exported_through_all_pages(editor, account, dialer, report):
    many_results(account, dialer, 120)
    report(("Hedda", "hot"))
    editor.open(f"/results?campaign={BULK}")
    people(editor).first.wait_for()
    rows = exported(editor)
    assert len(rows) == 121 and len({row["id"] for row in rows}) == 121
    editor.open(f"/results?campaign={BULK}&warmth=hot")
    expect(people(editor)).to_have_count(1)
    (row,) = exported(editor)
    assert (row["first name"], row["warmth"]) == ("Hedda", "hot")


@pytest.mark.parametrize("name", ['=HYPERLINK("https://x.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(editor, report, name):
    report((name.strip(), "hot"), summary=f'{name}, she said,\n"now"')
    editor.open(f"/results?campaign={BULK}")
    people(editor).first.wait_for()
    (row,) = exported(editor)
    assert row["first name"] == f"'{name.strip()}"
    assert (row["phone number"], row["campaign"]) == ("+15558675309", "Winter Outreach")
    assert row["summary"].lstrip("'\t").startswith(name.strip()) and row["summary"].endswith('\n"now"')
    assert not row["summary"].startswith(("=", "+", "-", "@", "\t"))


# What may stand before a formula for a spreadsheet to see it: a separator, a new line, a sign that is not seen.
BEHIND = ["", ";", "\t", "|", ",", "\n", "\r\n", ' ;"', "; ", ";\u200b"]
FULL_WIDTH = "\uff1d1+1"


def test_no_separator_that_a_spreadsheet_may_take_begins_a_formula(editor, report):
    summary = "".join(f"Mueller{behind}{formula}" for behind in BEHIND for formula in ("@SUM(A1)", "-1", FULL_WIDTH))
    report(*[(f"x{behind}=1+1", "hot") for behind in BEHIND[1:]], (FULL_WIDTH, "hot"), summary=summary)
    editor.open(f"/results?campaign={BULK}")
    people(editor).first.wait_for()
    text = downloaded(editor)
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            cells = [cell.strip(' \t\r\n\u200b"') for cell in row]
            assert not [cell for cell in cells if cell[:1] in set("=-@\uff1d")], (separator, row)


def test_an_export_goes_on_when_the_api_was_busy_for_a_moment(editor, account, dialer):
    campaign_id = many_results(account, dialer, 101)
    editor.expects(429, 503)
    editor.open(f"/results?campaign={campaign_id}")
    expect(people(editor).first).to_be_visible()
    refusals = [429, 503]

    def busy(route) -> None:
        if "cursor=" in route.request.url and refusals:
            route.fulfill(status=refusals.pop(), json={"message": "busy"})
        else:
            route.continue_()

    editor.page.route("**/v1/campaigns/*/calls?**", busy)
    assert len(exported(editor)) == 101
    assert not refusals


def test_an_export_says_how_far_it_is_and_can_be_stopped(editor, account, dialer):
    many_results(account, dialer, 120)
    editor.open(f"/results?campaign={BULK}")
    people(editor).first.wait_for()
    held = []
    editor.page.route("**/calls*cursor=*", lambda route: held.append(route))
    editor.page.get_by_role("button", name="Export CSV").click()
    progress = editor.page.get_by_role("status").filter(has_text="Exporting")
    expect(progress).to_contain_text("100 so far")
    progress.get_by_role("button", name="Cancel").click()
    expect(editor.page.get_by_text("The export was stopped. No file was written.")).to_be_visible()
    expect(editor.page.get_by_role("button", name="Export CSV")).to_be_visible()
    for route in held:
        route.abort()
