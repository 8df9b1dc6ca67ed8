"""The portal's page and files, as API Gateway hands them on."""

import gzip
import re

import brotli
import pytest

from infra.local.settings import CHECKOUT

WEB = CHECKOUT / "functions" / "portal" / "web"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src https:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
UNPACKED = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.fixture(scope="module")
def folder(api) -> str:
    """Where the page says that its files lie."""
    page = api.request("GET", "/portal")
    assert page.status == 200 and page.headers["cache-control"] == "no-cache"
    return "/" + re.search(r"portal/[0-9a-f]{16}", page.body.decode())[0]


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None)])
@pytest.mark.parametrize("file", ["style.css", "vendor/preact.js", "vendor/LICENSE.htm.txt"])
def test_a_file_arrives_as_it_lies_in_the_repository(api, folder, file, accepted, encoding):
    # urllib3 unpacks what it is sent, unless it is told to leave it.
    answer = api.request("GET", f"{folder}/{file}", headers={"accept-encoding": accepted}, decode_content=False)
    assert (answer.status, answer.headers.get("content-encoding")) == (200, encoding)
    assert UNPACKED[encoding](answer.body) == (WEB / file).read_bytes()
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/portal", 200),
        ("HEAD", "/portal", 200),
        ("GET", "{folder}/app.js", 200),
        ("GET", "/portal/0000000000000000/app.js", 404),
        ("GET", "{folder}/no.js", 404),
        ("POST", "/portal", 405),
        ("DELETE", "{folder}/app.js", 405),
    ],
)
def test_every_answer_has_its_status_and_the_headers_that_protect_it(api, folder, method, path, status):
    answer = api.request(method, path.format(folder=folder))
    assert answer.status == status
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers.get("allow") == ("GET, HEAD" if status == 405 else None)


def test_who_has_the_page_hears_that_nothing_has_changed(api):
    page = api.request("GET", "/portal")
    again = api.request("GET", "/portal", headers={"if-none-match": page.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
