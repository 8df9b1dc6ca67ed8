"""Connecting an account: by its API key and the deployment's address, as people paste it."""

from contextlib import closing
from urllib.parse import urlsplit

import pytest

from receiver import Http, unused_port
from zapier_platform import Connection, Platform, Refused

TEST = "authentication.test"


def answering(receivers, answer: Http):
    """A receiver in the place of a deployment, asked for its account."""
    receiver = receivers.receiver(answer)
    receivers.receivers[f"{urlsplit(receiver.url).path}/v1/account"] = receiver
    return receiver


def test_a_connection_is_tested_by_its_account_and_has_its_name(platform, zapier, account):
    assert zapier.run(TEST) == account.read("/account")
    assert platform.definition()["authentication"]["connectionLabel"] == "{{name}}"


@pytest.mark.parametrize(
    "pasted", ["{}/", " {}\n", "{}/v1", "{}/v1/", "{}/portal", "{}/portal#link=pln_abc", "{}/portal/?x=1"]
)
def test_the_address_may_be_that_of_the_api_or_of_the_portal(platform, account, pasted):
    connection = Connection(platform, pasted.format(account.api.url), account.api_key)
    assert connection.run(TEST)["id"] == account.id


def test_a_key_that_is_not_accepted_asks_to_reconnect(platform, account):
    with pytest.raises(Refused) as refused:
        Connection(platform, account.api.url, "whk_unknown").run(TEST)
    assert refused.value.name == "ExpiredAuthError"
    assert "API key" in refused.value.message


@pytest.mark.parametrize("address", ["", "calls.example.com", "http://calls.example.com"])
def test_an_address_that_is_no_https_url_is_refused(account, address):
    with closing(Platform()) as zapiers_own, pytest.raises(Refused) as refused:
        Connection(zapiers_own, address, account.api_key).run(TEST)
    assert refused.value.told["code"] == "invalid_address"


def test_somebody_else_at_the_address_is_no_account(platform, account, receivers):
    receiver = answering(receivers, Http(200, body=b"<h1>Welcome</h1>"))
    with pytest.raises(Refused) as refused:
        Connection(platform, receiver.url, account.api_key).run(TEST)
    assert refused.value.told["code"] == "invalid_address"
    assert len(receiver.requests) == 1


def test_an_address_that_leads_elsewhere_takes_the_key_nowhere(platform, account, receivers):
    elsewhere = receivers.receiver()
    receiver = answering(receivers, Http(307, (("location", elsewhere.url),)))
    with pytest.raises(Refused) as refused:
        Connection(platform, receiver.url, account.api_key).run(TEST)
    assert refused.value.told["status"] == 307
    assert elsewhere.requests == []


def test_nobody_at_the_address_is_said(platform, account):
    with pytest.raises(Refused) as refused:
        Connection(platform, f"http://127.0.0.1:{unused_port()}", account.api_key).run(TEST)
    assert refused.value.told["code"] == "unreachable"


@pytest.mark.parametrize("status", [429, 503])
def test_who_is_asked_to_wait_comes_again_then(platform, account, receivers, status):
    receiver = answering(
        receivers, Http(status, (("retry-after", "7"),), b'{"error":{"code":"busy","message":"wait"}}')
    )
    with pytest.raises(Refused) as refused:
        Connection(platform, receiver.url, account.api_key).run(TEST)
    assert refused.value.name == "ThrottledError"
    assert refused.value.told["delay"] == 7
