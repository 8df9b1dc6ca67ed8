"""Every page of the portal, as its router has them."""

import re

from infra.local.settings import CHECKOUT

WEB = CHECKOUT / "functions" / "portal" / "web"


def routes() -> list[str]:
    """Such as `/inbound/:id/edit`."""
    listed = (WEB / "router.js").read_text(encoding="utf-8")
    table = re.search(r"export const ROUTES = \[\n(.*?)^\];", listed, re.DOTALL | re.MULTILINE)[1]
    found = [re.fullmatch(r'  \["(/[^"]*)", "[a-z-]+"\],', line) for line in table.splitlines()]
    assert found and all(found), "router.js writes its routes otherwise than is read here"
    return [match[1] for match in found]


def is_of(route: str, path: str) -> bool:
    """Whether the router leads a path to this route."""
    return re.fullmatch(re.sub(r":\w+", "[^/]+", route), path.split("?")[0]) is not None
