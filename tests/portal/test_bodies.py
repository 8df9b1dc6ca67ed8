"""A body of one's own: begun with a preset, tried beside its editor, refused at its place, delivered."""

import json
import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, expect

import completions
from infra.local.settings import CHECKOUT
from webhook_pages import deliver

MARKUP = "<img src=x onerror=document.title='ran'>"
HUBSPOT = "HubSpot: log a call"


def body(visitor) -> Locator:
    return visitor.page.get_by_role("group", name="Body")


def kind(visitor, name: str) -> None:
    body(visitor).get_by_role("radio", name=name).check()


def editor_of_json(visitor) -> Locator:
    return body(visitor).get_by_role("textbox", name="JSON")


def sent(visitor) -> Locator:
    return body(visitor).get_by_role("status", name="What is sent")


def refusal(field: Locator) -> str:
    described = field.get_attribute("aria-describedby").split()
    return field.page.locator(f"#{next(id_ for id_ in described if id_.endswith('-refusal'))}").inner_text()


@pytest.fixture
def new_webhook(editor, receivers):
    """The form of a new outbound webhook, for an endpoint that is there."""
    endpoint = receivers.receiver()
    editor.open("/outbound/new")
    editor.page.get_by_label("Name", exact=True).fill("To the CRM")
    editor.page.get_by_label("URL", exact=True).fill(endpoint.url)
    return endpoint


# from a preset to a delivery


def test_a_preset_becomes_a_payload_whose_body_is_previewed_saved_and_delivered(editor, account, dialer, new_webhook):
    page = editor.page
    body(editor).get_by_label("Begin with a preset").select_option(HUBSPOT)
    expect(body(editor).get_by_role("link", name="Its documentation")).to_have_attribute(
        "href", re.compile("^https://developers.hubspot.com/")
    )
    expect(sent(editor)).to_contain_text('"hs_call_duration": 123000')
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="To the CRM is ready").wait_for()
    (made,) = account.read("/webhooks")["items"]
    assert account.read(f"/webhooks/{made['id']}")["payload"] == account.preset("hubspot-call")

    call = completions.of_elsewhere(account, summary="Wants a viewing.", duration=42)
    dialer.send(call)
    (request,) = new_webhook.await_requests(1)
    properties = json.loads(request.body)["properties"]
    assert (properties["hs_call_body"], properties["hs_call_duration"]) == ("Wants a viewing.", 42_000)

    # The preview of that call is what was sent.
    editor.open(f"/outbound/{made['id']}/edit")
    body(editor).get_by_label("What is sent, of").select_option("the last real call")
    expect(sent(editor)).to_contain_text("Wants a viewing.")
    shown = json.loads(sent(editor).locator("pre").inner_text())
    assert shown == json.loads(request.body)


def test_what_a_preset_says_of_url_and_headers_is_taken_over_into_an_empty_form(editor):
    page = editor.page
    editor.open("/outbound/new")
    body(editor).get_by_label("Begin with a preset").select_option(HUBSPOT)
    expect(body(editor)).to_contain_text("the access token of a private app")
    page.get_by_role("button", name="Take them over").click()
    expect(page.get_by_label("URL", exact=True)).to_have_value("https://api.hubapi.com/crm/v3/objects/calls")
    expect(page.get_by_label("Name of header 1")).to_have_value("Authorization")
    expect(page.get_by_label("Value of header 1")).to_have_value("")
    expect(page.get_by_role("button", name="Take them over")).to_have_count(0)


def test_a_preset_takes_the_place_of_what_is_typed_only_after_a_question(editor, new_webhook):
    page = editor.page
    kind(editor, "Text")
    text = body(editor).get_by_role("textbox", name="Text")
    text.fill("{{ call.summary }}")
    preset = body(editor).get_by_label("Begin with a preset")
    preset.select_option("Slack: post in a channel")
    question = page.get_by_role("dialog", name="Replace what is typed?")
    question.get_by_role("button", name="Cancel").click()
    expect(preset).to_have_value("")
    expect(text).to_have_value("{{ call.summary }}")
    preset.select_option("Slack: post in a channel")
    question.get_by_role("button", name="Replace").click()
    expect(editor_of_json(editor)).to_have_value(re.compile("plain_text"))
    # What was typed in another form of body is there still.
    kind(editor, "Text")
    expect(text).to_have_value("{{ call.summary }}")


@pytest.mark.parametrize("event", ["call.finished", "call.completed"])
def test_each_form_of_body_is_written_tested_and_saved(editor, account, receivers, event):
    page, endpoint = editor.page, receivers.receiver()
    if event == "call.finished":
        editor.open("/outbound/new")
    else:
        editor.open("/inbound/new")
        page.get_by_label("Send the results of this webhook's calls to a URL").check()
    page.get_by_label("Name", exact=True).fill("To the CRM")
    page.get_by_label("URL", exact=True).fill(endpoint.url)
    kind(editor, "Form fields")
    for row, (name, value) in enumerate([("event", "{{ type }}"), ("who", "To {{ call.recipient.name }}")], 1):
        page.get_by_role("button", name="Add a field").click()
        page.get_by_label(f"Name of field {row}").fill(name)
        page.get_by_label(f"Value of field {row}").fill(value)
    expect(sent(editor)).to_contain_text("who=To+Jessica+Smith")
    expect(sent(editor)).to_contain_text(f"event={event}")
    page.get_by_role("button", name="Send a test").click()
    page.get_by_text("The endpoint answered 200.").wait_for()
    (tested,) = endpoint.requests
    assert parse_qs(tested.body.decode())["who"] == ["To Jessica Smith"]

    kind(editor, "Text")
    body(editor).get_by_role("textbox", name="Text").fill("{{ call.recipient.name }}: {{ call.summary }}")
    expect(sent(editor)).to_contain_text("Jessica Smith: Example call summary")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="To the CRM is ready").wait_for()
    (made,) = account.read("/webhooks")["items"]
    read = account.read(f"/webhooks/{made['id']}")
    payload = (read if event == "call.finished" else read["responseWebhook"])["payload"]
    assert payload == {"text": "{{ call.recipient.name }}: {{ call.summary }}"}

    editor.open(f"/{made['direction']}/{made['id']}/edit")
    kind(editor, "Ours, as documented")
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Saved.").wait_for()
    read = account.read(f"/webhooks/{made['id']}")
    assert (read if event == "call.finished" else read["responseWebhook"])["payload"] is None


# refusals


def test_a_refusal_stands_at_its_line_and_nothing_typed_is_lost(editor, account, new_webhook):
    page = editor.page
    editor.expects(400)
    kind(editor, "JSON of my own")
    document = '{\n  "id": "{{ call.id }}",\n  "properties": {\n    "note": "{{ call.sumary }}"\n  }\n}'
    area = editor_of_json(editor)
    area.fill(document)
    expect(body(editor)).to_contain_text("Line 4: There is no `call.sumary`")
    expect(sent(editor)).to_contain_text("There is a mistake in it.")
    assert area.get_attribute("aria-invalid") is None  # nobody is sent there while typing
    page.get_by_role("button", name="Create webhook").click()
    expect(area).to_be_focused()
    expect(area).to_have_attribute("aria-invalid", "true")
    assert refusal(area).startswith("Line 4: There is no `call.sumary`")
    assert account.read("/webhooks")["items"] == []
    page.get_by_role("button", name="Line 4").click()
    expect(area).to_be_focused()
    marked = area.evaluate("area => area.value.slice(area.selectionStart, area.selectionEnd)")
    assert marked == '    "note": "{{ call.sumary }}"'
    page.reload()
    page.get_by_text("What you typed before is here again.").wait_for()
    expect(area).to_have_value(document)
    area.fill(document.replace("sumary", "summary"))
    expect(sent(editor)).to_contain_text("Example call summary")
    page.get_by_role("button", name="Create webhook").click()
    page.get_by_role("heading", name="To the CRM is ready").wait_for()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{\n  "a": 1\n  "b": 2\n}', "Line 3: A comma or } belongs here."),
        ('{\n  "a": {{ call.id }}\n}', "Line 2: The name of a field belongs here"),
        ('{"a": call}', "Line 1: A value belongs here."),
        ('["a",\n"b]', "Line 2: This text has no end"),
        ('{"a": 1}\n}', "Line 2: The JSON is over before this."),
        ('{"a": 1,', "Line 1: The name of a field belongs here"),
        ("[" * 200, "Line 1: This is nested too deeply."),
    ],
)
def test_what_is_no_json_is_said_at_its_line_and_asks_nobody(editor, new_webhook, text, says):
    kind(editor, "JSON of my own")
    asked = editor.counted("POST", "/webhooks/preview")
    editor_of_json(editor).fill(text)
    expect(body(editor)).to_contain_text(says)
    editor.page.get_by_role("button", name="Create webhook").click()
    expect(editor_of_json(editor)).to_be_focused()
    assert asked == []


def test_a_field_of_a_form_is_refused_at_its_row(editor, new_webhook):
    editor.expects(400)
    page = editor.page
    kind(editor, "Form fields")
    for row, (name, value) in enumerate([("id", "{{ call.id }}"), ("First Name", "{{ call.first }}")], 1):
        page.get_by_role("button", name="Add a field").click()
        page.get_by_label(f"Name of field {row}").fill(name)
        page.get_by_label(f"Value of field {row}").fill(value)
    page.get_by_role("button", name="Create webhook").click()
    value = page.get_by_label("Value of field 2")
    expect(value).to_be_focused()
    assert "There is no `call.first`" in refusal(value)


def test_a_delivery_without_a_body_leads_to_the_editor_with_that_call(editor, account, dialer, receivers):
    endpoint = receivers.receiver()
    own = {"json": {"amount": "{{ call.metadata.amount | default(0) | round }}"}}
    webhook = account.outbound(endpoint.url, payload=own)
    (row,) = deliver(account, dialer, webhook, metadata={"amount": "a lot"})
    editor.expects(400)
    editor.open(f"/outbound/{webhook.id}/deliveries/{row['deliveryId']}")
    editor.page.get_by_role("link", name="Mend its body").click()
    expect(body(editor).get_by_label("What is sent, of")).to_have_value("failed")
    expect(body(editor)).to_contain_text("Line 2:")
    editor_of_json(editor).fill('{"amount": "{{ call.metadata.amount }}"}')
    expect(sent(editor)).to_contain_text('"amount": "a lot"')
    editor.page.get_by_role("button", name="Save changes").click()
    editor.page.get_by_text("Saved.").wait_for()
    editor.open(f"/outbound/{webhook.id}/deliveries/{row['deliveryId']}")
    editor.page.get_by_role("button", name="Send again").click()
    (request,) = endpoint.await_requests(1)
    assert json.loads(request.body) == {"amount": "a lot"}


# how it is written


def test_numbers_of_a_document_keep_their_digits_when_something_else_is_changed(editor, account):
    own = {"json": {"id": 9007199254740993, "text": "{{ call.id }}"}, "omitNulls": True}
    webhook = account.outbound("https://example.com/hook", payload=own)
    editor.open(f"/outbound/{webhook.id}/edit")
    expect(editor_of_json(editor)).to_have_value('{\n  "id": 9007199254740993,\n  "text": "{{ call.id }}"\n}')
    asked = editor.counted("PATCH", webhook.path)
    editor.page.get_by_label("Name", exact=True).fill("Another name")
    editor.page.get_by_role("button", name="Save changes").click()
    editor.page.get_by_text("Saved.").wait_for()
    assert json.loads(asked[0].post_data) == {"name": "Another name"}
    editor.open(f"/outbound/{webhook.id}/edit")
    editor_of_json(editor).press("Control+End")
    editor_of_json(editor).fill('{"id": 9007199254740993, "more": 1.10}')
    editor.page.get_by_role("button", name="Save changes").click()
    editor.page.get_by_text("Saved.").wait_for()
    payload = account.read(webhook.path)["payload"]
    assert payload == {"json": {"id": 9007199254740993, "more": 1.10}, "omitNulls": True}


def test_a_field_is_put_where_the_cursor_was(editor, new_webhook):
    kind(editor, "JSON of my own")
    area = editor_of_json(editor)
    area.fill('{"note": "Says: ", "who": }')
    area.evaluate("area => { area.focus(); area.setSelectionRange(16, 16); }")
    body(editor).get_by_text("Fields and filters").click()
    body(editor).get_by_role("button", name="call.summary", exact=True).click()
    expect(area).to_have_value('{"note": "Says: {{ call.summary }}", "who": }')
    area.evaluate("area => { area.focus(); area.setSelectionRange(44, 44); }")
    body(editor).get_by_role("button", name='call.summary | default("none")').click()
    # Outside of a text it gets quotes, and its own do not end them.
    expect(area).to_have_value(
        '{"note": "Says: {{ call.summary }}", "who": "{{ call.summary | default(\\"none\\") }}"}'
    )
    expect(sent(editor)).to_contain_text('"who": "Example call summary')


def test_every_documented_field_and_filter_is_offered_and_taken(editor, account, new_webhook):
    kind(editor, "Text")
    body(editor).get_by_text("Fields and filters").click()
    fields, filters = (ul.get_by_role("button").all_inner_texts() for ul in body(editor).locator(".name-list").all())
    form = {str(at): f"{{{{ {expression} }}}}" for at, expression in enumerate([*fields, *filters])}
    assert account.post("/webhooks/preview", {"payload": {"form": form}}).status == 200
    page = (CHECKOUT / "docs/payloads.md").read_text()
    assert set(fields) == set(documented_names(page.split("## What there is")[1].split("\n## ")[0]))
    first_column = [
        line.split(" | ")[0] for line in page.split("| filter | makes |")[1].split("\n\n")[0].splitlines()[2:]
    ]
    documented = set(re.findall(r"`(\w+)", " ".join(first_column)))
    assert documented and {text.split(" | ")[1].split("(")[0] for text in filters} == documented


def documented_names(table: str):
    """Those of the table's first column, where `.email` behind `call.recipient.name` is `call.recipient.email`."""
    for column in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE):
        first, *others = re.findall(r"`([^`]+)`", column)
        parent = first.rpartition(".")[0]
        yield first
        yield from (parent + other if other.startswith(".") else other for other in others)


def test_a_get_has_no_body(editor, account):
    webhook = account.outbound("https://example.com/hook", payload={"text": "{{ call.id }}"})
    editor.open(f"/outbound/{webhook.id}/edit")
    editor.page.get_by_label("Method").select_option("GET")
    expect(editor.page.get_by_text("A GET has no body: what you wrote for it is not saved.")).to_be_visible()
    editor.page.get_by_role("button", name="Save changes").click()
    # The sentence above ends so, too.
    editor.page.get_by_text("Saved. It counts").wait_for()
    read = account.read(webhook.path)
    assert (read["method"], read["payload"]) == ("GET", None)


# who looks, how, and at what


def test_a_viewer_reads_the_body_and_changes_nothing(viewer, account):
    outbound = account.outbound(
        "https://example.com/hook", payload={"json": {MARKUP: "{{ call.id }}", "url": "{{ call.recording }}"}}
    )
    response = {"url": "https://example.com/hook", "payload": {"text": "<b>{{ call.id }}</b>"}}
    inbound = account.inbound(responseWebhook=response)
    viewer.open(f"/outbound/{outbound.id}")
    viewer.page.get_by_text("JSON of its own").click()
    expect(viewer.page.locator("details pre")).to_contain_text("<img src=x")
    expect(viewer.page.locator("details pre")).to_contain_text('"url": "{{ call.recording }}"')
    viewer.open(f"/inbound/{inbound.id}")
    viewer.page.get_by_text("A text of its own").click()
    expect(viewer.page.locator("details pre")).to_have_text("<b>{{ call.id }}</b>")
    assert viewer.page.locator("textarea, main img").count() == 0


def test_the_body_is_written_by_the_keyboard_alone(editor, account, new_webhook):
    page = editor.page
    editor.tab_to(body(editor).get_by_role("radio", name="Ours, as documented"))
    page.keyboard.press("ArrowDown")
    expect(body(editor).get_by_role("radio", name="JSON of my own")).to_be_checked()
    editor.tab_to(editor_of_json(editor))
    page.keyboard.type('{"id": ""}')
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    editor.press(body(editor).get_by_text("Fields and filters"))
    editor.press(body(editor).get_by_role("button", name="call.id"))
    expect(editor_of_json(editor)).to_have_value('{"id": "{{ call.id }}"}')
    expect(editor_of_json(editor)).to_be_focused()
    editor.press(page.get_by_role("button", name="Create webhook"))
    page.get_by_role("heading", name="To the CRM is ready").wait_for()
    (made,) = account.read("/webhooks")["items"]
    assert account.read(f"/webhooks/{made['id']}")["payload"] == {"json": {"id": "{{ call.id }}"}}


def test_hostile_and_long_texts_are_text_and_fit(signed_in, account, dialer, receivers):
    long = "<script>document.title='ran'</script>" + "x" * 3_000
    own = {"json": {"<img src=x>" + "y" * 500: long + "{{ call.summary }}"}}
    name = (MARKUP + "z" * 200)[:200]
    account.campaign(name=name)
    told = {"campaignIds": ["cmp_bulk_winter", account.campaign(name=name)["id"]]}
    webhook = account.outbound(receivers.receiver().url, payload=own, filter=told)
    deliver(account, dialer, webhook, summary=long)
    visitor = signed_in(viewport={"width": 360, "height": 740})
    for route in (f"/outbound/{webhook.id}/edit", f"/outbound/{webhook.id}"):
        visitor.open(route)
        if route.endswith("edit"):
            body(visitor).get_by_label("What is sent, of").select_option("the last real call")
            expect(sent(visitor)).to_contain_text("<script>")
            expect(visitor.page.get_by_role("status", name="What the filter lets through")).to_contain_text(MARKUP)
        else:
            visitor.page.get_by_text("JSON of its own").click()
        assert visitor.page.locator("img, main script").count() == 0
        assert not visitor.wider_than_the_screen()
        assert not visitor.findings_in_both_schemes()
        visitor.page.set_viewport_size({"width": 1280, "height": 860})
        assert not visitor.wider_than_the_screen()
        visitor.page.set_viewport_size({"width": 360, "height": 740})
    assert visitor.page.title() != "ran"
