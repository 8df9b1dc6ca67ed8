"""What the stories of the portal ask for: one browser for the run, and somebody signed in before a page."""

import pytest
from playwright.sync_api import expect, sync_playwright

from accounts import Account
from infra.check.browser import usable
from visitor import PATIENCE_MS, Visitor


@pytest.fixture(scope="session")
def browser():
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        executable = usable(playwright)
        assert executable, "no browser is there: make browser"
        browser = executable.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser, api):
    """Opens a browser window of its own. At the end of the test nothing may have gone wrong in any of them."""
    visitors = []

    def visit(**context) -> Visitor:
        visitors.append(Visitor(browser, api.url, **context))
        return visitors[-1]

    yield visit
    for visitor in visitors:
        visitor.leave()


@pytest.fixture
def signed_in(visit, account):
    """Opens a window that a link of an account has signed in; by itself, of the test's own account."""

    def signed_in(role: str = "editor", of: Account = account, **context) -> Visitor:
        visitor = visit(**context)
        visitor.sign_in(of.portal_link(role=role))
        return visitor

    return signed_in


@pytest.fixture
def editor(signed_in) -> Visitor:
    return signed_in("editor")


@pytest.fixture
def viewer(signed_in) -> Visitor:
    return signed_in("viewer")
