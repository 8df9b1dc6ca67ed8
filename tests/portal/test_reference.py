"""The reference says what the repository's documents say."""

import re

import pytest
from playwright.sync_api import expect

from infra.local.settings import CHECKOUT
from openapi import document

WITHOUT_CODE = """node => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll('code').forEach(code => code.remove());
    return copy.textContent;
}"""
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def headings_of(page: str) -> list[str]:
    text = FENCED.sub("", (CHECKOUT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    return [heading.replace("`", "") for heading in re.findall(r"^##+ (.*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("page", ["requests", "mapping", "deliveries", "payloads"])
def test_a_document_is_shown_whole(editor, page):
    editor.open(f"/reference/{page}")
    shown = editor.page.locator(".markdown")
    expect(shown.get_by_role("heading")).to_have_text(headings_of(page))
    source = (CHECKOUT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    expect(shown.locator("pre")).to_have_count(source.count("\n```") // 2)
    expect(shown.locator("table")).to_have_count(len(re.findall(r"^\|---", source, re.MULTILINE)))
    # Nothing of the notation is left where people read.
    prose = shown.evaluate(WITHOUT_CODE)
    assert not re.findall(r"\]\(|\*\*|`|^#|\\\|", prose)


def test_a_link_of_a_document_leads_to_its_place(editor):
    editor.open("/reference/deliveries")
    editor.page.locator(".markdown").get_by_role("link", name="when it comes again").click()
    retries = editor.page.get_by_role("heading", name="Retries")
    expect(retries).to_be_in_viewport()
    expect(retries).to_be_focused()
    assert editor.route == "/reference/deliveries?at=retries"


def test_a_deep_link_opens_at_its_place(editor):
    editor.open("/reference/requests?at=phone-numbers")
    expect(editor.page.get_by_role("heading", name="Phone numbers")).to_be_in_viewport()


def test_both_events_are_there_with_every_field_and_an_example(editor):
    editor.open("/reference")
    for name, webhook in document()["webhooks"].items():
        event = editor.page.locator("section").filter(has=editor.page.get_by_role("heading", name=name, exact=True))
        example = webhook["post"]["requestBody"]["content"]["application/json"]["example"]
        fields = event.get_by_role("rowheader")
        for field in example["call"]:
            expect(fields.get_by_text(f"call.{field}", exact=True)).to_be_visible()
        expect(fields.get_by_text("call.recipient.phoneNumber", exact=True)).to_be_visible()
        expect(fields.get_by_text("call.transcript[].what", exact=True)).to_be_visible()
        expect(event.locator("pre")).to_contain_text(example["call"]["id"])


def test_a_topic_that_is_not_there_says_so(editor):
    editor.open("/reference/nothing")
    expect(editor.page.get_by_role("heading", name="There is no such page")).to_be_visible()


def test_on_a_phone_the_fields_of_an_event_need_no_scrolling_to_the_side(signed_in):
    visitor = signed_in(viewport={"width": 390, "height": 740})
    visitor.open("/reference")
    fields = visitor.page.get_by_role("region", name="Fields of call.finished")
    expect(fields.get_by_text("call.recipient.phoneNumber", exact=True)).to_be_visible()
    assert fields.evaluate("node => node.scrollWidth <= node.clientWidth")
