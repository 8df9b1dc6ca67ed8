"""The portal inside the operator's own product: in a frame, where storage may be refused."""

import pytest
from playwright.sync_api import expect

import completions
from accounts import eventually
from receiver import Http

REFUSES_STORAGE = """Object.defineProperty(window, 'sessionStorage', {
    get() { throw new DOMException('The operation is insecure.', 'SecurityError'); },
});"""


@pytest.fixture
def host(receivers, api):
    """Makes a page of another origin that shows an address in a frame; answers where it is."""

    def host(address: str) -> str:
        page = f"""<!doctype html><title>The product</title><link rel="icon" href="data:,">
            <iframe src="{address}" width="900" height="700"></iframe>"""
        return receivers.receiver(Http(headers=(("content-type", "text/html"),), body=page.encode())).url

    return host


def allow_frames_of(visitor, origin: str) -> None:
    """As if the deployment's PortalFrameAncestors named it."""

    def changed(route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"]
        assert policy.endswith("frame-ancestors 'none'")
        headers = {
            **answer.headers,
            "content-security-policy": policy.replace("ancestors 'none'", f"ancestors {origin}"),
        }
        route.fulfill(response=answer, headers=headers)

    visitor.page.route(f"{visitor.api_url}/portal", changed)


def test_nobody_may_frame_it_unless_the_deployment_says_so(visit, host):
    visitor = visit()
    url = host(f"{visitor.api_url}/portal")
    visitor.may_ask(url)
    with visitor.page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        visitor.page.goto(url)
    assert "frame-ancestors" in visitor.faults.pop()
    assert visitor.page.frames[1].get_by_role("heading").count() == 0


@pytest.mark.parametrize("storage", ["storage", "no storage"])
def test_a_link_in_a_frame_opens_it(visit, account, host, storage):
    visitor = visit()
    if storage == "no storage":
        visitor.page.add_init_script(REFUSES_STORAGE)
    url = host(f"{visitor.api_url}/portal#link={account.portal_link()}")
    visitor.may_ask(url)
    allow_frames_of(visitor, url.rpartition("/")[0])
    visitor.page.goto(url)
    frame = visitor.page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Home")).to_be_visible()
    frame.get_by_role("link", name="Credits").click()
    expect(frame.get_by_text("100 credits left")).to_be_visible()


def test_a_frame_asks_in_the_page_before_it_erases(visit, account, host, dialer):
    completion = completions.of_elsewhere(account)
    dialer.send(completion)
    call = completion["callId"]
    eventually(lambda: account.get(f"/calls/{call}").status == 200, "the call is recorded")
    visitor = visit()
    url = host(f"{visitor.api_url}/portal#link={account.portal_link()}")
    visitor.may_ask(url)
    allow_frames_of(visitor, url.rpartition("/")[0])
    visitor.page.goto(url)
    frame = visitor.page.frame_locator("iframe")
    frame.get_by_role("heading", name="Home").wait_for()
    visitor.page.frames[1].evaluate("call => { location.hash = `#/calls/${call}` }", call)
    frame.get_by_role("button", name="Erase personal data").click()
    frame.get_by_role("dialog").get_by_role("button", name="Erase", exact=True).click()
    expect(frame.get_by_text("The personal data of this call was erased")).to_be_visible()


def test_who_signs_out_in_a_frame_is_sent_back_and_not_asked_for_a_key(visit, account, host):
    visitor = visit()
    url = host(f"{visitor.api_url}/portal#link={account.portal_link()}")
    visitor.may_ask(url)
    allow_frames_of(visitor, url.rpartition("/")[0])
    visitor.page.goto(url)
    frame = visitor.page.frame_locator("iframe")
    frame.get_by_role("button", name="Sign out").click()
    expect(frame.get_by_text("Go back to where you came from")).to_be_visible()
    expect(frame.get_by_label("API key")).to_be_hidden()
    frame.get_by_text("I have an API key").click()
    expect(frame.get_by_label("API key")).to_be_visible()
