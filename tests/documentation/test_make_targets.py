"""The table of commands in docs/local.md has every target of the Makefile that `make help` shows, and no other."""

import re

from markdown_pages import CHECKOUT, table_rows

# What `make` says without a target: the list itself.
UNLISTED = {"help"}


def test_the_table_of_commands_has_what_make_help_shows():
    shown = re.findall(r"^([a-z-]+):.*## ", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    listed = [row[0].strip("`") for row in table_rows("docs/local.md") if row[0].startswith("`make ")]
    assert sorted(listed) == sorted(f"make {target}" for target in set(shown) - UNLISTED)
