"""ARCHITECTURE.md's table of crates says what their manifests say."""

import re
import tomllib

from markdown_pages import CHECKOUT, table_rows

LINK = re.compile(r"\[([a-z]+)\]\(shared/\1/README\.md\)")
ROWS = {LINK.fullmatch(row[0])[1]: row[2] for row in table_rows("ARCHITECTURE.md") if LINK.fullmatch(row[0])}
MANIFESTS = {path.parent.name: tomllib.loads(path.read_text()) for path in CHECKOUT.glob("shared/*/Cargo.toml")}


def test_each_crate_knows_those_of_its_row():
    known = {crate: set(manifest["dependencies"]) & set(MANIFESTS) for crate, manifest in MANIFESTS.items()}
    assert {crate: set(row.split(", ")) - {"nothing"} for crate, row in ROWS.items()} == known
