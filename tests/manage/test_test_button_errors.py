"""What the Test button says of an endpoint that cannot be reached: a typed code, and words that name what to change."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts import Account
from edits import press_test
from endpoint_answers import self_signed_server
from receiver import Bytes, Hang, Http, unused_port
from refusals import assert_refused
from tables import move_endpoint

CLOSED = unused_port()
# Words of the machinery, which tell an integrator nothing.
MACHINERY = re.compile(r"reqwest|hyper|rustls|os error|error sending request|\bErr\b|Error\(|::", re.IGNORECASE)


@pytest.fixture(scope="module")
def endpoints(receivers, tmp_path_factory) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """name -> URL, code of the error, words of its message."""
    server = self_signed_server(tmp_path_factory.mktemp("tls"))
    plain = receivers.receiver().url.replace("http://", "https://")
    yield {
        "a_closed_port": (f"http://127.0.0.1:{CLOSED}/", "connect", ("refused", f"127.0.0.1:{CLOSED}")),
        "an_unknown_name": ("https://no-such-host.invalid/x", "dns", ("no-such-host.invalid", "resolve")),
        "a_self_signed_certificate": (server.receiver().url, "tls", ("certificate of 127.0.0.1", "self-signed")),
        "a_port_that_speaks_no_tls": (plain, "tls", ("127.0.0.1", "TLS")),
        "something_that_is_not_http": (
            receivers.receiver(Bytes(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n")).url,
            "protocol",
            ("127.0.0.1", "not HTTP"),
        ),
        "nothing_and_hangs_up": (receivers.receiver(Bytes(b"")).url, "protocol", ("127.0.0.1", "closed")),
    }
    server.close()


NAMES = [
    "a_closed_port",
    "an_unknown_name",
    "a_self_signed_certificate",
    "a_port_that_speaks_no_tls",
    "something_that_is_not_http",
    "nothing_and_hangs_up",
]


def assert_says(result: dict, code: str, words: tuple[str, ...]) -> None:
    assert (result["success"], result["statusCode"], result["responseBody"]) == (False, None, None), result
    assert set(result["error"]) == {"code", "message"}
    assert result["error"]["code"] == code, result
    assert all(word in result["error"]["message"] for word in words), result
    assert not MACHINERY.search(result["error"]["message"]), result


@pytest.mark.parametrize("name", NAMES)
def test_an_unsaved_endpoint_that_cannot_be_reached_says_what_to_change(account, endpoints, name):
    url, code, words = endpoints[name]
    answer = account.post("/webhooks/test", {"url": url})
    assert answer.status == 200, answer
    assert_says(answer.json(), code, words)


@pytest.mark.parametrize("name", NAMES)
def test_a_saved_endpoint_that_cannot_be_reached_says_what_to_change_and_so_does_its_log(account, endpoints, name):
    url, code, words = endpoints[name]
    webhook = account.outbound(url)
    result = press_test(account, webhook)
    assert_says(result, code, words)
    (row,) = account.attempts_of(webhook)
    assert (row["outcome"], row["error"]) == ("errored", result["error"])


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/latest/", "https://10.0.0.1/", "http://93.184.216.34/", "https://93.184.216.34:22/"],
)
def test_an_address_that_is_not_to_be_called_is_judged_again_by_the_test(account, stack, receivers, url):
    webhook = account.outbound(receivers.receiver().url)
    move_endpoint(stack, account.id, webhook.id, url)
    assert_says(press_test(account, webhook), "blocked_address", (url.split("/")[2],))


@pytest.mark.parametrize(
    "url",
    ["https://169.254.169.254/latest/", "https://10.0.0.1/", "http://93.184.216.34/", "https://93.184.216.34:22/"],
)
def test_an_unsaved_address_that_is_not_to_be_called_is_refused_by_name(account, url):
    answer = account.post("/webhooks/test", {"url": url})
    assert_refused(answer, 400, "invalid_field", "url")
    host, _, port = url.split("/")[2].partition(":")
    assert (port or host) in answer.error["message"]


def test_a_test_ends_after_ten_seconds_and_is_never_repeated(api, receivers):
    account, hanging, failing = Account.open(api), receivers.receiver(Hang()), receivers.receiver(Http(500))
    webhook = account.outbound(hanging.url)
    press_test(account, account.outbound(failing.url))
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        saved = pool.submit(press_test, account, webhook)
        unsaved = pool.submit(account.post, "/webhooks/test", {"url": hanging.url})
        results = [saved.result(), unsaved.result().json()]
    assert 9.0 < time.monotonic() - started < 14.0
    for result in results:
        assert_says(result, "timeout", ("127.0.0.1", "10 s"))
        assert 9_000 < result["durationMs"] < 11_000
    # A delivery would have been repeated after five seconds.
    assert (len(hanging.requests), len(failing.requests)) == (2, 1)
    assert len(account.attempts_of(webhook)) == 1
