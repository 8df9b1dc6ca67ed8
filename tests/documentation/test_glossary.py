"""docs/glossary.md names types, tables and queues that are there."""

import re

import pytest

from markdown_pages import CHECKOUT, pages, table_rows

ROWS = [row for row in table_rows("docs/glossary.md") if row[0] != "word"]
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("functions", "shared")
    for path in sorted((CHECKOUT / folder).rglob("*.rs"))
)
TEMPLATE = (CHECKOUT / "template.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_carries_a_word_is_in_the_code(row):
    for name in re.findall(r"`(\w+)`", row[2]):
        is_a_resource = re.search(rf"^  {name}:$", TEMPLATE, re.MULTILINE)
        assert is_a_resource or re.search(rf"\b{name}\b", SOURCES), f"there is no {name}"


def test_a_word_stands_once():
    words = [row[0] for row in ROWS]
    assert sorted(set(words)) == sorted(words)


def test_no_page_says_callback():
    saying = [
        page for page in pages() if page != "docs/glossary.md" and "callback" in (CHECKOUT / page).read_text().lower()
    ]
    assert saying == []
