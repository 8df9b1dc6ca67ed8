"""docs/alarms.md in the words of an e-mail: who is woken by an alarm has no checkout at hand."""

import re
from functools import cache
from pathlib import Path

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "alarms.md"
# What an entry says after what it means, which an alarm says in a sentence of its own.
PARTS = ("Look at", "Do")


def advice(anchor: str) -> str:
    """What to look at and what to do, of the entry with this anchor, and where the rest is."""
    heading, entry = _entries()[anchor]
    found = {part: re.search(rf"\*\*{part}:\*\* (.+?)(?=\n- \*\*|\n\n|\Z)", entry, re.DOTALL)[1] for part in PARTS}
    lines = [f"{part}: {_plain(text)}" for part, text in found.items()]
    return "\n".join([*lines, f'More: "{heading}" in docs/alarms.md of the checkout that was deployed.'])


@cache
def _entries() -> dict[str, tuple[str, str]]:
    """Heading and text of each entry."""
    found = re.findall(r"^### (.+)\n((?:(?!#).*\n)*)", RUNBOOK.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {heading.lower().replace(" ", "-"): (heading, entry) for heading, entry in found}


def _plain(markdown: str) -> str:
    """One line, without the marks; a link as its words."""
    words = re.sub(r"\[([^\]]+)\]\([^)]+\)", r"\1", markdown).replace("`", "")
    return " ".join(words.split())
