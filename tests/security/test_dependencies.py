"""What is installed is what was looked at: every Python package is pinned and held to its hash."""

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
LISTS = sorted(path for folder in ("infra", "tests") for path in (CHECKOUT / folder).glob("**/*requirements.txt"))
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==([^\s;]+)")


def pins(text: str) -> dict[str, str]:
    """Versions by name, as PyPI compares names."""
    found = filter(None, map(PINNED.match, text.splitlines()))
    return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[2] for match in found}


def test_make_installs_nothing_without_its_hash():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert installs and all("--require-hashes" in line for line in installs)
    lists = re.search(r"^REQUIREMENTS := (.*)$", makefile, re.MULTILINE)[1].split()
    assert {f"{name}.txt" for name in lists} == {str(path.relative_to(CHECKOUT)) for path in LISTS}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_list_has_a_hash_for_every_package_and_says_what_its_source_says(path):
    text = path.read_text(encoding="utf-8")
    packages = re.sub(r"\\\n\s+", "", text)
    for line in packages.splitlines():
        if line and not line.startswith("#"):
            assert PINNED.match(line) and "--hash=sha256:" in line, line
    source = pins(path.with_suffix(".in").read_text(encoding="utf-8"))
    assert source.items() <= pins(text).items(), "`make requirements` writes the list anew"
