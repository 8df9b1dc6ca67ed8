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
REDOC = "static/drf_spectacular_sidecar/redoc/bundles/redoc.standalone.js"
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
<script>{redoc}</script>
<script type="application/json" id="document">{document}</script>
<script>
Redoc.init(JSON.parse(document.getElementById("document").textContent), {options}, document.getElementById("page"));
</script>
</body>
</html>
"""


def page() -> str:
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return SHELL.format(
        policy=html.escape(POLICY),
        title=html.escape(document["info"]["title"]),
        redoc=_redoc(),
        # A "</script>" inside a text would end the element.
        document=json.dumps(document, ensure_ascii=False, indent=1).replace("</", "<\\/"),
        options=json.dumps(OPTIONS),
    )


def _redoc() -> str:
    package = importlib.util.find_spec("drf_spectacular_sidecar")
    script = (Path(package.submodule_search_locations[0]) / REDOC).read_text(encoding="utf-8")
    # The map would be looked for beside the page, and the logo on the web.
    script = script.rsplit("//# sourceMappingURL=", 1)[0].replace(LOGO, "data:,")
    if "</script" in script:
        raise ValueError("the script cannot stand inside a page")
    return script


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(CHECKOUT)}: {PAGE.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
