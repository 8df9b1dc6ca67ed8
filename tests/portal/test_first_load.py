"""Whoever opens the portal with an empty cache waits for a handful of small files, whichever page the address names."""

import re
from urllib.parse import urlsplit

import pytest

from portal_routes import routes

# The page, its style, the library, the script for files that do not come, the start and the page's own; a page of the
# reference has a document besides.
MOST_REQUESTS, MOST_BYTES = 7, 60_000


def is_a_file(request) -> bool:
    return re.search(r"/portal(/|$)", urlsplit(request.url).path) is not None


@pytest.mark.parametrize("route", [*routes(), "/no/such/page"])
def test_a_first_load_is_small_to_its_end(visit, account, route):
    visitor = visit()
    visitor.expects(400, 404)  # of ids that are none
    visitor.begin(account.portal_session())
    asked = []
    visitor.page.on("requestfinished", lambda request: asked.append(request))
    address = route.replace(":topic", "deliveries").replace(":", "no-")
    visitor.page.goto(f"{visitor.api_url}/portal#{address}")
    visitor.page.get_by_role("main").get_by_role("heading", level=1).wait_for()
    visitor.page.wait_for_load_state("networkidle")
    files = [request for request in asked if is_a_file(request)]
    assert 4 < len(files) <= MOST_REQUESTS, [file.url for file in files]
    assert 0 < sum(file.sizes()["responseBodySize"] for file in files) <= MOST_BYTES
