"""Two people at one webhook or campaign: who saves changes what they typed, and nothing that the other has changed."""

import json

from playwright.sync_api import expect

SECRET = {"name": "Authorization", "value": "Bearer stored"}
NEW = {"name": "X-New", "value": "of a colleague"}


def edit(editor, webhook):
    editor.open(f"/{webhook.body['direction']}/{webhook.id}/edit")
    editor.page.get_by_role("button", name="Save changes").wait_for()
    return editor.page


def save(page) -> None:
    page.get_by_role("button", name="Save changes").click()
    page.get_by_text("Saved.").wait_for()


def test_a_new_name_leaves_the_url_and_the_headers_of_a_colleague(editor, account, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound("https://example.com/old", headers=[SECRET])
    page = edit(editor, webhook)
    account.edit(webhook.path, url=endpoint.url, headers=[SECRET, NEW])
    page.get_by_label("Name", exact=True).fill("Renamed")
    save(page)
    assert account.read(webhook.path)["name"] == "Renamed"
    assert account.post(f"{webhook.path}/test", None).json()["success"]
    assert endpoint.requests[0].headers["x-new"] == "of a colleague"


def test_a_removed_header_leaves_the_one_that_a_colleague_added(editor, account, receivers):
    endpoint = receivers.receiver()
    webhook = account.outbound(endpoint.url, headers=[SECRET, {"name": "X-Team", "value": "sales"}])
    page = edit(editor, webhook)
    page.get_by_role("button", name="Remove header 2, X-Team").click()
    account.edit(webhook.path, headers=[{"name": "Authorization"}, {"name": "X-Team"}, NEW])
    page.reload()
    page.get_by_text("What you typed before is here again.").wait_for()
    save(page)
    assert account.read(webhook.path)["headers"] == ["Authorization", "X-New"]
    assert account.post(f"{webhook.path}/test", None).json()["success"]
    sent = endpoint.requests[0].headers
    assert (sent["authorization"], sent["x-new"]) == ("Bearer stored", "of a colleague")


def test_a_new_name_leaves_the_response_webhook_of_a_colleague(editor, account):
    webhook = account.inbound()
    page = edit(editor, webhook)
    account.edit(webhook.path, responseWebhook={"url": "https://example.com/results", "headers": [NEW]})
    page.get_by_label("Name", exact=True).fill("Renamed")
    save(page)
    after = account.read(webhook.path)
    assert (after["name"], after["responseWebhook"]["headers"]) == ("Renamed", ["X-New"])


def test_what_was_cancelled_does_not_come_back(editor, account):
    webhook = account.outbound("https://example.com/old")
    page = edit(editor, webhook)
    page.get_by_label("URL", exact=True).fill("https://example.com/typed")
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("link", name="Edit", exact=True).click()
    expect(page.get_by_label("URL", exact=True)).to_have_value("https://example.com/old")


def at_campaign(editor, account):
    campaign = account.campaign(name="Spring viewings", prompt="Old prompt.")
    editor.open(f"/campaigns/{campaign['id']}")
    expect(editor.page.get_by_label("Prompt")).to_have_value("Old prompt.")
    return editor.page, f"/campaigns/{campaign['id']}"


def test_pausing_takes_over_what_a_colleague_has_written(editor, account):
    page, path = at_campaign(editor, account)
    sent = editor.counted("PATCH", path)
    for text in ("Typed by mistake.", "Old prompt."):
        page.get_by_label("Prompt").fill(text)
    account.edit(path, prompt="New prompt.", voice="alex")
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Activate").wait_for()
    expect(page.get_by_label("Prompt")).to_have_value("New prompt.")
    expect(page.get_by_text("Everything is saved")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Renamed")
    save(page)
    assert [json.loads(request.post_data) for request in sent] == [{"status": "paused"}, {"name": "Renamed"}]


def test_what_is_kept_over_a_reload_is_what_was_typed(editor, account):
    page, path = at_campaign(editor, account)
    page.get_by_label("Name", exact=True).fill("Renamed")
    account.edit(path, prompt="New prompt.", voice="alex")
    page.reload()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Renamed")
    expect(page.get_by_label("Prompt")).to_have_value("New prompt.")
    save(page)
    after = account.read(path)
    assert (after["name"], after["prompt"], after["voice"]) == ("Renamed", "New prompt.", "alex")
