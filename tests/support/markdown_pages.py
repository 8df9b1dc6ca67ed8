"""The project's Markdown pages, as a reader sees them: headings, links, blocks."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

CHECKOUT = Path(__file__).resolve().parents[2]
# Folders of what is built or installed; the other ones have names with a dot.
NOT_OURS = {"target", "node_modules"}
# An image that follows the reader's colour scheme is HTML in Markdown.
HTML_TARGET = re.compile(r'(?:href|src|srcset)="([^"]+)"')


@dataclass(frozen=True)
class Block:
    page: str
    line: int
    language: str
    # What the info string says after the language: how the block is run, or why not.
    mark: str
    text: str


@dataclass(frozen=True)
class Link:
    page: str
    line: int
    target: str


@cache
def pages() -> tuple[str, ...]:
    """Every page of the project, by its path in the checkout."""
    return tuple(sorted(_below(CHECKOUT)))


def _below(folder: Path) -> Iterator[str]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in NOT_OURS and not path.name.startswith("."):
            yield from _below(path)
        elif path.suffix == ".md":
            yield str(path.relative_to(CHECKOUT))


def blocks(page: str) -> list[Block]:
    found = []
    for token in _tokens(page):
        if token.type == "code_block":  # indented, without a word that says what it is
            found.append(Block(page, token.map[0] + 1, "", "", token.content))
        elif token.type == "fence":
            language, _, mark = token.info.strip().partition(" ")
            found.append(Block(page, token.map[0] + 1, language, mark, token.content))
    return found


def links(page: str) -> list[Link]:
    found = []
    for token in _tokens(page):
        line = token.map[0] + 1 if token.map else 0
        if token.type == "html_block":
            found += [Link(page, line, target) for target in HTML_TARGET.findall(token.content)]
        for child in token.children or []:
            if child.type == "link_open":
                found.append(Link(page, line, child.attrGet("href")))
            elif child.type == "image":
                found.append(Link(page, line, child.attrGet("src")))
            elif child.type == "html_inline":
                found += [Link(page, line, target) for target in HTML_TARGET.findall(child.content)]
    return found


def table_rows(page: str) -> list[list[str]]:
    """The cells of every row of every table, headings included, as they are written."""
    rows: list[list[str]] = []
    tokens = _tokens(page)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "tr_open":
            rows.append([])
        elif opening.type in ("td_open", "th_open"):
            rows[-1].append(inline.content)
    return rows


@cache
def anchors(page: str) -> frozenset[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    seen: dict[str, int] = {}
    found = set()
    tokens = _tokens(page)
    for opening, inline in itertools.pairwise(tokens):
        if opening.type == "heading_open":
            anchor = _anchor("".join(child.content for child in inline.children))
            found.add(f"{anchor}-{seen[anchor]}" if anchor in seen else anchor)
            seen[anchor] = seen.get(anchor, 0) + 1
    return frozenset(found)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@cache
def _tokens(page: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse((CHECKOUT / page).read_text(encoding="utf-8"))
