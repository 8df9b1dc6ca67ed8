"""Where requests may go in a deployment that trusts no network, and the one more port that its operator has allowed."""

from contextlib import ExitStack

import pytest

import completions
from accounts import Account
from edits import press_test
from faults import reconfigured
from refusals import assert_refused
from tables import move_endpoint

NOT_PUBLIC = "{} does not resolve to a public address"
NOT_TRUSTED = "{} does not resolve to an address in the trusted networks; others are called over https only"
OTHER_PORT = "{}:22 may not be called: outside the trusted networks, port 22 is not for endpoints"
# One name leads to an address of our own, one nowhere: nobody can tell which.
NAMES = ["localhost", "no-such-host.invalid"]
# a URL -> code and message of an attempt
ATTEMPTS = {
    url.format(name): (code, message.format(name))
    for name in NAMES
    for url, code, message in [
        ("https://{}/", "dns", NOT_PUBLIC),
        ("https://{}:443/", "dns", NOT_PUBLIC),
        ("https://{}:8443/", "dns", NOT_PUBLIC),
        ("https://{}:9443/", "dns", NOT_PUBLIC),
        ("https://{}:22/", "blocked_address", OTHER_PORT),
        ("http://{}/", "dns", NOT_TRUSTED),
    ]
}


@pytest.fixture(scope="module", autouse=True)
def nothing_is_trusted(stack):
    with ExitStack() as changes:
        for function in ("Deliver", "Tester", "Manage"):
            changes.enter_context(reconfigured(stack, function, TRUSTED_NETWORKS="", ENDPOINT_PORTS="9443"))
        yield


@pytest.fixture(scope="module")
def endpoints(api, stack):
    """An account with an outbound webhook for each of the URLs."""
    account = Account.open(api)
    webhooks = {}
    for url in ATTEMPTS:
        webhooks[url] = account.outbound("https://example.com/")
        move_endpoint(stack, account.id, webhooks[url].id, url)
    return account, webhooks


@pytest.fixture(scope="module")
def delivered(endpoints, dialer):
    account, webhooks = endpoints
    dialer.send(completions.of_elsewhere(account))
    return {url: account.attempts_of(webhook)[-1] for url, webhook in webhooks.items()}


@pytest.mark.parametrize("url", ATTEMPTS)
def test_a_delivery_does_not_tell_where_a_name_leads_and_goes_to_the_ports_of_endpoints_only(delivered, url):
    code, message = ATTEMPTS[url]
    assert delivered[url]["error"] == {"code": code, "message": message}


@pytest.mark.parametrize("url", ATTEMPTS)
def test_nor_does_a_test_tell_it(endpoints, delivered, url):
    account, webhooks = endpoints
    code, message = ATTEMPTS[url]
    assert press_test(account, webhooks[url])["error"] == {"code": code, "message": message}


@pytest.mark.parametrize("port", ["", ":443", ":8443", ":9443"])
def test_a_url_with_a_port_for_endpoints_is_saved(shared_account, port):
    shared_account.outbound(f"https://example.com{port}/")


@pytest.mark.parametrize("url", ["https://example.com:22/", "https://example.com:80/", "https://example.com:9444/"])
@pytest.mark.parametrize("path", ["/webhooks", "/webhooks/test"])
def test_a_url_with_another_port_is_neither_saved_nor_tested(shared_account, url, path):
    more = {"direction": "outbound", "name": "A port scanner"} if path == "/webhooks" else {}
    answer = shared_account.post(path, {"url": url, **more})
    assert_refused(answer, 400, "invalid_field", "url")
    assert url.split(":")[2].rstrip("/") in answer.error["message"]


@pytest.mark.parametrize("url", ["http://example.com/", "https://127.0.0.1/", "http://127.0.0.1:8443/"])
def test_plain_http_and_loopback_are_refused_when_nothing_is_trusted(shared_account, url):
    answer = shared_account.post("/webhooks", {"direction": "outbound", "name": "Inward", "url": url})
    assert_refused(answer, 400, "invalid_field", "url")
