"""The queries of the log that pages print ask for fields that lines of the log have."""

import re

import pytest

from markdown_pages import CHECKOUT, Block, blocks, pages

QUERIES = [block for page in pages() for block in blocks(page) if block.language == "logs-insights"]
KEYWORDS = {"fields", "filter", "sort", "desc"}
# What every line has, from CloudWatch (with an @) and from the formatter.
OF_EVERY_LINE = {"@timestamp", "message", "level"}
LINE = re.compile(r"tracing::(?:info|warn|error)!\((.*?)\);", re.DOTALL)
TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
# `name = value`, or `%name` of a variable with the name.
FIELD = re.compile(r"\s*%?([a-z_][a-z_.]*)(?:\s+=.*)?\s*", re.DOTALL)


def fields_of_lines() -> set[str]:
    sources = [path for folder in ("functions", "shared") for path in (CHECKOUT / folder).glob("*/src/**/*.rs")]
    lines = [line for path in sources for line in LINE.findall(path.read_text(encoding="utf-8"))]
    parts = [part for line in lines for part in TEXT.sub("", line).split(",")]
    return {found[1] for part in parts if (found := FIELD.fullmatch(part))}


def fields_of(query: str) -> set[str]:
    return set(re.findall(r"[@\w.]+", TEXT.sub("", query))) - KEYWORDS


def test_there_are_queries():
    assert {block.page for block in QUERIES} == {"docs/alarms.md", "docs/operate.md"}


@pytest.mark.parametrize("query", QUERIES, ids=lambda block: f"{block.page}:{block.line}")
def test_a_query_asks_for_fields_that_lines_have(query: Block):
    assert fields_of(query.text) - OF_EVERY_LINE - fields_of_lines() == set()


@pytest.mark.parametrize("block", [block for page in pages() for block in blocks(page) if block.language == "text"])
def test_no_query_hides_behind_another_language(block: Block):
    assert not re.search(r"\| *(filter|sort|stats)\b|^fields ", block.text)
