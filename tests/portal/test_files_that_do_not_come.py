"""When a file of the portal is answered with an error, the page says what is so, and trying again leads on."""

import re

import pytest
from playwright.sync_api import expect

BUSY = (429, 500, 503)


def answered(page, pattern: str, status: int) -> None:
    page.route(re.compile(pattern), lambda route: route.fulfill(status=status, body="Busy."))


@pytest.mark.parametrize("status", BUSY)
def test_a_page_that_was_not_handed_out_is_asked_for_again(editor, status):
    editor.expects(status)
    answered(editor.page, r"/pages/credits\.js", status)
    editor.page.get_by_role("link", name="Credits").click()
    main = editor.page.get_by_role("main")
    for _ in range(2):
        expect(main.get_by_role("heading", name="The page could not be loaded")).to_be_visible()
        expect(main.get_by_role("alert")).to_contain_text("The server did not hand out this page.")
        with editor.page.expect_response(re.compile(r"/pages/credits\.js")):
            main.get_by_role("button", name="Try again").click()
    expect(main.get_by_role("alert")).to_be_visible()
    assert not editor.findings_in_both_schemes()
    editor.page.unroute_all()
    main.get_by_role("button", name="Try again").click()
    expect(main.get_by_role("heading", name="Credits")).to_be_visible()


@pytest.mark.parametrize("file", ["app.js", "vendor/preact.js"])
@pytest.mark.parametrize("status", BUSY)
def test_when_one_of_the_first_files_fails_the_page_says_so(visit, account, file, status):
    visitor = visit()
    visitor.expects(status)
    answered(visitor.page, f"/{file}$", status)
    visitor.page.goto(f"{visitor.api_url}/portal#link={account.portal_link()}")
    expect(visitor.page.get_by_role("alert")).to_contain_text("The portal could not be loaded.")
    visitor.page.unroute_all()
    visitor.page.get_by_role("button", name="Load again").click()
    # The link was not used up.
    expect(visitor.page.get_by_role("heading", name="Home")).to_be_visible()


def test_when_no_file_comes_at_all_the_page_says_what_to_do(visit):
    visitor = visit()
    visitor.expects(503)
    answered(visitor.page, r"/portal/[0-9a-f]{16}/", 503)
    visitor.page.goto(f"{visitor.api_url}/portal")
    expect(visitor.page.get_by_text("If nothing comes, load this page again.")).to_be_visible()


def test_when_only_the_style_comes_it_says_so_after_a_while(visit):
    visitor = visit()
    visitor.expects(503)
    answered(visitor.page, r"\.js$", 503)
    visitor.page.goto(f"{visitor.api_url}/portal")
    words = visitor.page.get_by_text("If nothing comes, load this page again.")
    expect(words).to_be_hidden()
    visitor.page.evaluate("document.getAnimations().forEach((one) => one.finish())")
    expect(words).to_be_visible()
