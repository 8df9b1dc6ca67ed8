"""Endpoints of every temperament that one completion is sent to; each attempt is read from the log."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hostile import Dribble
from receiver import Bytes, Hang, HangAfterHead, Http, ReceiverServer, unused_port

ODD_HEAD = b"HTTP/1.1 200 OK\r\n%s\r\nContent-Length: 2\r\n\r\nok"
# what an endpoint answers -> the outcome, status code and error code of its first attempt
ANSWERS = {
    "200": (Http(200), "succeeded", 200, None),
    "201": (Http(201), "succeeded", 201, None),
    "202_without_a_body": (Http(202, body=b""), "succeeded", 202, None),
    "204": (Bytes(b"HTTP/1.1 204 No Content\r\n\r\n"), "succeeded", 204, None),
    "after_two_seconds": (Http(200, delay=2.0), "succeeded", 200, None),
    "301": (Http(301, (("location", "http://127.0.0.1:1/"),)), "failed", 301, None),
    "302": (Http(302, (("location", "http://127.0.0.1:1/"),)), "failed", 302, None),
    "307": (Http(307, (("location", "http://127.0.0.1:1/"),)), "failed", 307, None),
    "400": (Http(400, body=b"what is this?"), "failed", 400, None),
    "401": (Http(401), "failed", 401, None),
    "404": (Http(404), "failed", 404, None),
    "429": (Http(429), "failed", 429, None),
    "500": (Http(500), "failed", 500, None),
    "503": (Http(503), "failed", 503, None),
    "no_answer_at_all": (Hang(), "errored", None, "timeout"),
    "an_answer_that_never_ends": (HangAfterHead(), "succeeded", 200, None),
    "something_that_is_not_http": (Bytes(b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n"), "errored", None, "protocol"),
    "nothing_and_hangs_up": (Bytes(b""), "errored", None, "protocol"),
    "a_body_that_dribbles": (Dribble(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"), "succeeded", 200, None),
    "less_than_it_announced": (
        Bytes(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort"),
        "succeeded",
        200,
        None,
    ),
    "a_chunk_without_a_size": (
        Bytes(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nnot a size\r\n"),
        "succeeded",
        200,
        None,
    ),
    "a_failure_that_is_cut": (
        Bytes(b"HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\nshort"),
        "failed",
        500,
        None,
    ),
    "a_head_that_is_cut": (Bytes(b"HTTP/1.1 200 OK\r\ncontent-le"), "errored", None, "protocol"),
    "a_space_after_a_headers_name": (Bytes(ODD_HEAD % b"X-A : v"), "succeeded", 200, None),
    "a_control_character_in_a_header": (Bytes(ODD_HEAD % b"Set-Cookie: a=\x01b"), "succeeded", 200, None),
    "a_folded_header": (Bytes(ODD_HEAD % b"X-A: one\r\n two"), "succeeded", 200, None),
    "102_headers": (
        Bytes(ODD_HEAD % b"\r\n".join(b"X-%d: v" % n for n in range(101))),
        "succeeded",
        200,
        None,
    ),
}

# how an endpoint repeats the header X-Key -> the header's value, the answer, and what is kept and shown of it
REPEATED = {
    "eight_characters": ("8letters", "it is 8letters.", "it is ***."),
    "seven_characters": ("7letter", "it is 7letter.", "it is 7letter."),
    "across_the_cut": ("a-key-of-ours-0123", f"{'x' * 2044}a-key-of-ours-0123!", f"{'x' * 2044}***!"),
    "a_token": ("Bearer a-token-of-ours", "no a-token-of-ours here", "no *** here"),
    # alice:pa55wd
    "a_basic_ones_user": ("Basic YWxpY2U6cGE1NXdk", "who is alice?", "who is ***?"),
    "a_basic_ones_password": ("Basic YWxpY2U6cGE1NXdk", "pa55wd is wrong", "*** is wrong"),
    "in_json": ('say "x/y" twice', r'{"key":"say \"x\/y\" twice"}', '{"key":"***"}'),
    "in_a_url": ('say "x/y" twice', "/?key=say+%22x%2Fy%22+twice", "/?key=***"),
}


class Endpoints:
    """The endpoints, once they have been sent one completion."""

    def __init__(self, account, server: ReceiverServer):
        self.account, self._server = account, server
        self.receivers, self.webhooks = {}, {}

    def answering(self, name: str, *script, **webhook) -> None:
        self.receivers[name] = self._server.receiver(*script)
        self.at(name, self.receivers[name].url, **webhook)

    def at(self, name: str, url: str, **webhook) -> None:
        self.webhooks[name] = self.account.outbound(url, **webhook)

    def attempt(self, name: str, number: int = 1) -> dict:
        """That attempt's row in the log."""
        for_this = self.account.attempts_of(self.webhooks[name], n=number)
        (row,) = [row for row in for_this if row["attempt"] == number]
        return row


def unreachable_urls() -> dict[str, tuple[str, str]]:
    """URLs that nobody answers at -> the error code of an attempt."""
    return {
        "a_closed_port": (f"http://127.0.0.1:{unused_port()}/", "connect"),
        "a_name_that_does_not_exist": ("https://no-such-host.invalid/", "dns"),
    }


def self_signed(host: str = "127.0.0.1") -> tuple[bytes, ssl.SSLContext]:
    """A certificate nobody vouches for, and a server context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def self_signed_server(folder) -> ReceiverServer:
    pem, context = self_signed()
    path = folder / "self-signed.pem"
    path.write_bytes(pem)
    context.load_cert_chain(path)
    return ReceiverServer(tls=context)
