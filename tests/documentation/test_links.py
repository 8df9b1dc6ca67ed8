"""A reader who follows a link arrives, and finds every page from README.md."""

from urllib.parse import unquote

import pytest

from markdown_pages import CHECKOUT, Link, anchors, links, pages

RELATIVE = [link for page in pages() for link in links(page) if "://" not in link.target]


def aim(link: Link) -> tuple[str, str]:
    """The path in the checkout that a link leads to, and the anchor there."""
    path, _, anchor = unquote(link.target).partition("#")
    if not path:
        return link.page, anchor
    aimed = ((CHECKOUT / link.page).parent / path).resolve()
    assert aimed.is_relative_to(CHECKOUT), f"{link.page}:{link.line}: {link.target} leads out of the checkout"
    return str(aimed.relative_to(CHECKOUT)), anchor


@pytest.mark.parametrize("link", RELATIVE, ids=lambda link: f"{link.page}:{link.line}:{link.target}")
def test_a_relative_link_leads_to_a_file_and_to_a_heading_in_it(link):
    path, anchor = aim(link)
    assert (CHECKOUT / path).exists(), f"there is no {path}"
    if anchor:
        assert path in pages(), f"{path} is no page with headings"
        assert anchor in anchors(path), f"{path} has no heading #{anchor}"


def test_every_page_in_docs_is_found_from_the_readme():
    reached, following = set(), ["README.md"]
    while following:
        page = following.pop()
        if page not in reached:
            reached.add(page)
            following += [path for path, _ in map(aim, links_within(page)) if path in pages()]
    assert {page for page in pages() if page.startswith("docs/")} - reached == set()


def links_within(page: str) -> list[Link]:
    return [link for link in RELATIVE if link.page == page]


def test_the_readme_is_short_enough_to_be_read():
    lines = (CHECKOUT / "README.md").read_text(encoding="utf-8").count("\n")
    assert lines <= 200
