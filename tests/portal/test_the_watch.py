"""The stories trust that a fault of a page fails them. Here each kind of fault is brought about."""

import pytest

from visitor import Visitor

POLICY = "default-src 'none'; connect-src 'self'"


@pytest.fixture
def watched(browser, api):
    """A visitor whose faults are the point."""
    visitor = Visitor(browser, api.url)
    yield visitor
    visitor.context.close()


def at_a_page_of_the_api(visitor: Visitor, html: str) -> None:
    """A page of the API's origin that holds what the test says."""
    url = f"{visitor.api_url}/watched"
    visitor.page.route(
        url,
        lambda route: route.fulfill(content_type="text/html", headers={"content-security-policy": POLICY}, body=html),
    )
    visitor.page.goto(url)


def test_a_page_without_faults_may_ask_the_api(watched, api):
    at_a_page_of_the_api(watched, "<title>Fine</title>")
    watched.expects(401)
    assert watched.page.evaluate("async url => (await fetch(url)).status", f"{api.url}/v1/account") == 401
    assert watched.faults == []


def test_an_answer_that_nobody_expected_is_a_fault(watched, api):
    at_a_page_of_the_api(watched, "<title>Fine</title>")
    with watched.page.expect_console_message():
        watched.page.evaluate("async url => (await fetch(url)).status", f"{api.url}/v1/account")
    assert "status of 401" in str(watched.faults)


def test_a_violation_of_the_policy_is_a_fault(watched):
    at_a_page_of_the_api(watched, "<title>Inline</title><script>document.title = 'ran'</script>")
    assert watched.page.title() == "Inline"
    assert "Content Security Policy" in str(watched.faults)


def test_an_error_of_a_script_is_a_fault(watched):
    at_a_page_of_the_api(watched, "<title>Fine</title>")
    with watched.page.expect_event("pageerror"):
        watched.page.evaluate("() => { setTimeout(() => { throw new Error('broken') }) }")
    assert "broken" in str(watched.faults)


def test_a_request_to_another_origin_is_a_fault(watched, receivers):
    endpoint = receivers.receiver()
    with watched.page.expect_request(endpoint.url):
        watched.page.evaluate("url => { fetch(url, { mode: 'no-cors' }).catch(() => {}) }", endpoint.url)
    assert "another origin" in str(watched.faults)


def test_what_axe_and_the_width_are_asked_about_is_found(watched):
    watched.page.set_viewport_size({"width": 360, "height": 640})
    at_a_page_of_the_api(watched, "<title>Wide</title><p>" + "x" * 500 + "<input>")
    assert watched.wider_than_the_screen()
    assert "label" in str(watched.findings_in_both_schemes())
