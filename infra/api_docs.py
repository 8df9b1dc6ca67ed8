"""docs/api.html: the OpenAPI document as a page of one file, which asks nobody for anything.

    api_docs.py      writes docs/api.html from infra/openapi.yaml

Redoc draws it, from the copy that the PyPI package drf-spectacular-sidecar brings (nothing of Django is used).
"""

import html
import importlib.util
import json
import sys
from pathlib import Path

import yaml

CHECKOUT = Path(__file__).resolve().parents[1]
DOCUMENT = CHECKOUT / "infra" / "openapi.yaml"
PAGE = CHECKOUT / "docs" / "api.html"
REDOC = "static/drf_spectacular_sidecar/redoc"
SCRIPT = "bundles/redoc.standalone.js"
LICENCES = ("LICENSE", "bundles/redoc.standalone.js.LICENSE.txt")
LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
OPTIONS = {"disableSearch": True, "disableTelemetry": True, "hideDownloadButtons": True}
# The browser itself holds the page to what it carries: no connection, no font, no image, no script from elsewhere.
POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
</head>
<body style="margin: 0">
<!-- Made from infra/openapi.yaml by `make api-docs`. -->
<div id="page"></div>
<!-- Redoc, which draws this page, and what is in it:
{licences}
-->
<script>{script}</script>
<script type="application/json" id="document">{document}</script>
<script>
Redoc.init(JSON.parse(document.getElementById("document").textContent), {options}, document.getElementById("page"));
</script>
</body>
</html>
"""


def page() -> str:
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    redoc = Path(importlib.util.find_spec("drf_spectacular_sidecar").submodule_search_locations[0]) / REDOC
    return SHELL.format(
        policy=html.escape(POLICY),
        title=html.escape(document["info"]["title"]),
        licences="\n".join(
            _without("-->", (redoc / licence).read_text(encoding="utf-8").rstrip()) for licence in LICENCES
        ),
        script=_without("</script", _selfcontained((redoc / SCRIPT).read_text(encoding="utf-8"))),
        # A "</script>" inside a text would end the element.
        document=json.dumps(document, ensure_ascii=False, indent=1).replace("</", "<\\/"),
        options=json.dumps(OPTIONS),
    )


def _selfcontained(script: str) -> str:
    """Its map would be looked for beside the page, and its logo on the web."""
    return script.rsplit("//# sourceMappingURL=", 1)[0].replace(LOGO, "data:,")


def _without(end: str, text: str) -> str:
    """The text, which may not end the element that it stands in."""
    if end in text:
        raise ValueError(f"{end} cannot stand inside the page")
    return text


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(CHECKOUT)}: {PAGE.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
