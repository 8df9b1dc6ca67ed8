"""What stands around a body: a query, headers and a path that no URI could have. Nobody reads it, so it may be any."""

import http.client
import json
from urllib.parse import urlsplit

import pytest

from accounts import unused_phone


def post(api, path: str, body: bytes, headers: list[tuple[str, bytes]]) -> tuple[int, bytes]:
    """One request, sent byte for byte: no library puts it in order."""
    url = urlsplit(api.url)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
    try:
        connection.putrequest("POST", f"{url.path}{path}", skip_host=True, skip_accept_encoding=True)
        known = [("Content-Length", str(len(body)).encode())]
        if "Host" not in dict(headers):
            known.append(("Host", url.netloc.encode()))
        for name, value in [*known, *headers]:
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def webhook(shared_account):
    return shared_account.bound_webhook()


def assert_called(api, webhook, jobs, after_slug: str = "", headers: list[tuple[str, bytes]] = ()) -> None:
    phone = unused_phone()
    body = json.dumps({"type": "calls.execute", "data": {"phoneNumber": phone}}).encode()
    assert post(api, f"/{webhook.slug}{after_slug}", body, [*headers]) == (201, b'{"success":true}')
    assert jobs.to(webhook, "phoneNumber", phone)


@pytest.mark.parametrize(
    "query", ['utm="x"', "<", ">", "a=<b>&c={d}|e", "%", "%ff", "a=%zz", "a[]=1", "\\", "^`", "??"]
)
def test_a_query_may_hold_any_characters(api, webhook, jobs, query):
    assert_called(api, webhook, jobs, f"?{query}")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Forwarded-Proto", b"https,https"),
        ("X-Forwarded-Proto", b""),
        ("X-Forwarded-Proto", b"<"),
        ("X-Forwarded-Port", b"a,b"),
        ("X-Forwarded-Host", b'"'),
        ("X-Name", "Ångström".encode("latin-1")),
        ("X-Name", "Ångström".encode()),
        ("X-Name", b"\xff\xfe"),
        ("Cookie", b"a=\xe9; b"),
        ("Host", b""),
        ("Host", b"<"),
        ("Host", b"a b"),
        ("Host", b"a:b:c"),
        ("Host", b"http://x/"),
        ("Host", b"\xe9.example.com"),
        ("Referer", b"https://example.com/<a>?\xff"),
    ],
)
def test_a_header_may_hold_any_bytes(api, webhook, jobs, name, value):
    assert_called(api, webhook, jobs, headers=[(name, value)])


@pytest.mark.parametrize("after", ["%20", "/", "%20/", "%0A", "%C2%A0"])
def test_white_space_and_a_slash_after_the_slug_do_no_harm(api, webhook, jobs, after):
    assert_called(api, webhook, jobs, after)


def test_the_management_api_answers_json_whatever_stands_around_a_request(api, shared_account):
    for query, header in [('a="x"', b"https,https"), ("<", b"\xff"), ("limit=<", b"")]:
        status, body = post(api, f"/v1/webhooks?{query}", b"{", [("X-Forwarded-Proto", header), ("X-Name", header)])
        assert (status, json.loads(body)["error"]["code"]) == (401, "unauthorized")
