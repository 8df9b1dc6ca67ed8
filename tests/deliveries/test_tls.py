"""Receivers that speak TLS, in a deployment that trusts their certificate."""

import pytest

import completions
from endpoint_answers import self_signed
from faults import reconfigured
from receiver import Bytes, ReceiverServer


@pytest.fixture(scope="module")
def tls_receivers(stack, tmp_path_factory):
    pem, context = self_signed()
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    path.write_bytes(pem)
    context.load_cert_chain(path)
    server = ReceiverServer(tls=context)
    with reconfigured(stack, "Deliver", SSL_CERT_FILE=str(path)):
        yield server
    server.close()


# An answer of Python's stock http.server behind `ssl`, which never says close_notify.
@pytest.mark.parametrize(
    ("head", "is_noted"), [(b"", True), (b"Content-Length: 2\r\n", False), (b"Content-Length: 9\r\n", True)]
)
@pytest.mark.parametrize(("status", "outcome"), [(200, "succeeded"), (500, "failed")])
def test_a_connection_closed_without_close_notify_leaves_the_status_to_decide(
    account, dialer, tls_receivers, head, is_noted, status, outcome
):
    receiver = tls_receivers.receiver(Bytes(b"HTTP/1.0 %d So\r\nServer: BaseHTTP/0.6\r\n%s\r\nok" % (status, head)))
    webhook = account.outbound(receiver.url)
    dialer.send(completions.of_elsewhere(account))
    row = account.attempts_of(webhook)[-1]
    assert (row["outcome"], row["statusCode"], row["responseBody"]) == (outcome, status, "ok")
    assert (row["note"] is not None) == is_noted
    assert not is_noted or "without TLS's close_notify" in row["note"]
