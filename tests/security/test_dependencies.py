"""What is installed is what was looked at: every Python and npm package is pinned and held to its hash."""

import json
import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NPM = [CHECKOUT / folder for folder in ("infra/npm", "integrations/zapier")]
LISTS = sorted(path for folder in ("infra", "tests") for path in (CHECKOUT / folder).glob("**/*requirements.txt"))
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==([^\s;]+)")


def pins(text: str) -> dict[str, str]:
    """Versions by name, as PyPI compares names."""
    found = filter(None, map(PINNED.match, text.splitlines()))
    return {re.sub(r"[-_.]+", "-", match[1]).lower(): match[2] for match in found}


def test_make_installs_nothing_without_its_hash():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    installs = [line for line in makefile.splitlines() if re.search(r"\bpip\b.* install\b", line)]
    assert installs and all("--require-hashes" in line for line in installs)
    lists = re.search(r"^REQUIREMENTS := (.*)$", makefile, re.MULTILINE)[1].split()
    assert {f"{name}.txt" for name in lists} == {str(path.relative_to(CHECKOUT)) for path in LISTS}


def test_make_advisories_asks_about_every_crate_and_every_package_of_every_list():
    asks = subprocess.run(["make", "-n", "advisories"], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    assert "cargo-deny --locked check advisories\n" in asks
    loops = re.findall(r"in ([^;]*); do echo [^\n]*\n(.*); done$", asks, re.MULTILINE)
    (python,) = [lists for lists, does in loops if "pip-audit" in does and "--requirement $list.txt" in does]
    assert {f"{name}.txt" for name in python.split()} == {str(path.relative_to(CHECKOUT)) for path in LISTS}
    (npm,) = [folders for folders, does in loops if does.endswith(" --prefix $folder audit --package-lock-only")]
    assert {CHECKOUT / folder for folder in npm.split()} == set(NPM)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_a_list_has_a_hash_for_every_package_and_says_what_its_source_says(path):
    text = path.read_text(encoding="utf-8")
    packages = re.sub(r"\\\n\s+", "", text)
    for line in packages.splitlines():
        if line and not line.startswith("#"):
            assert PINNED.match(line) and "--hash=sha256:" in line, line
    source = pins(path.with_suffix(".in").read_text(encoding="utf-8"))
    assert source.items() <= pins(text).items(), "`make requirements` writes the list anew"


def test_npm_installs_what_its_lock_file_has_a_hash_for_and_runs_none_of_it():
    makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
    (npm,) = re.findall(r"^NPM := (.*\\\n.*)$", makefile, re.MULTILINE)
    assert "--ignore-scripts" in npm
    # What writes the lock file, and what looks it up, installs nothing.
    uses = re.findall(r"\$\(NPM\) (.*)$", makefile, re.MULTILINE)
    assert [use for use in uses if "--package-lock-only" not in use] == ["--prefix $* ci --no-audit"]


@pytest.mark.parametrize("folder", NPM, ids=lambda folder: folder.name)
def test_every_npm_package_has_a_hash_and_the_version_that_is_asked_for(folder):
    described = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    locked = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    own, asked = locked.pop(""), {}
    for kind in ("dependencies", "devDependencies"):
        assert own.get(kind) == described.get(kind), "`make requirements` writes the list anew"
        asked |= described.get(kind, {})
    assert asked
    for path, package in locked.items():
        assert package["integrity"].startswith("sha512-"), path
    assert {name: locked[f"node_modules/{name}"]["version"] for name in asked} == asked


def test_every_list_of_npm_packages_is_one_of_those():
    assert {path.parent for path in CHECKOUT.glob("*/*/package-lock.json")} == set(NPM)
