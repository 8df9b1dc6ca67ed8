"""docs/api.html is what infra/openapi.yaml says, and brings all that it needs."""

import re
import subprocess
import sys

from markdown_pages import CHECKOUT

PAGE = (CHECKOUT / "docs" / "api.html").read_text(encoding="utf-8")


def test_the_page_is_up_to_date():
    script = "import sys, api_docs; sys.stdout.buffer.write(api_docs.page().encode())"
    made = subprocess.run(
        [CHECKOUT / ".venv-docs" / "bin" / "python", "-c", script],
        cwd=CHECKOUT / "infra",
        check=True,
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
    )
    assert made.stdout.decode() == PAGE, "`make api-docs` brings it up to date"


def test_the_browser_is_told_to_ask_nobody_for_anything():
    (policy,) = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', PAGE)
    allowed = dict(rule.split(" ", 1) for rule in policy.replace("&#x27;", "'").split("; "))
    assert allowed.pop("default-src") == "'none'"
    # What an inline script, an inline style and a picture within the page may be; no rule names a host.
    assert allowed == {"script-src": "'unsafe-inline'", "style-src": "'unsafe-inline'", "img-src": "data:"}


def test_nothing_in_the_page_is_loaded_from_elsewhere():
    markup = re.sub(r"(<script[^>]*>).*?</script>", r"\1", PAGE, flags=re.DOTALL)
    markup = re.sub(r"<!--.*?-->", "", markup, flags=re.DOTALL)  # licences, with addresses to read
    assert markup.count("<script") == 3
    assert re.findall(r"\b(?:src|href|srcset)=|@import|url\(", markup) == []
