"""docs/cost.md and README.md say what bench/cost.py computes from bench/results.json."""

import subprocess
import sys

import pytest

from markdown_pages import CHECKOUT

PRINTED = subprocess.run(
    [sys.executable, CHECKOUT / "bench" / "cost.py"], check=True, stdout=subprocess.PIPE, text=True
).stdout
FIGURES, TABLES = PRINTED.split("\n\n", 1)
PAGE = (CHECKOUT / "docs" / "cost.md").read_text(encoding="utf-8")


def in_one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("figures", FIGURES.splitlines())
def test_the_figures_stand_in_the_text(figures):
    assert figures in in_one_line(PAGE)


def test_the_readme_has_the_figures_of_the_page():
    assert FIGURES.splitlines()[0] in in_one_line((CHECKOUT / "README.md").read_text(encoding="utf-8"))


def test_the_tables_stand_on_the_page_as_they_are_printed():
    # Compared by lines, so that a failure shows those that differ. The page has no other table.
    begin, end = PAGE.index(TABLES.splitlines()[0]), PAGE.index("\n## What follows")
    assert PAGE[begin:end].splitlines() == TABLES.splitlines()
