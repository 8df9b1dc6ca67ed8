"""The balance, and what has changed it."""

from playwright.sync_api import expect

from accounts import Account


def test_the_balance_and_every_change_of_it_are_shown(editor, account):
    webhook = account.bound_webhook()
    account.trigger(webhook)
    editor.open("/credits")
    expect(editor.page.get_by_text("99 credits left")).to_be_visible()
    rows = editor.page.get_by_role("table").get_by_role("row")
    expect(rows.nth(1)).to_contain_text("Reserved for a call")
    expect(rows.nth(1)).to_contain_text("-1")
    expect(rows.nth(2)).to_contain_text("Credits added")
    expect(rows.nth(2)).to_contain_text("+100")
    rows.nth(1).get_by_role("link").click()
    expect(editor.page.get_by_text("The call is queued.")).to_be_visible()


def test_a_long_ledger_comes_page_by_page_and_loses_nothing(editor, account, api):
    for _ in range(60):
        assert api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 1}).status == 200
    editor.open("/credits")
    expect(editor.page.get_by_text("160 credits left")).to_be_visible()
    rows = editor.page.get_by_role("table").locator("tbody").get_by_role("row")
    expect(rows).to_have_count(50)
    editor.page.get_by_role("button", name="Load more").dblclick()
    expect(rows).to_have_count(61)
    expect(rows.last).to_contain_text("+100")


def test_an_account_without_credits_is_told_what_that_means(signed_in, api):
    visitor = signed_in(of=Account.open(api, credits=0))
    visitor.open("/credits")
    expect(visitor.page.get_by_text("0 credits left")).to_be_visible()
    expect(visitor.page.get_by_text("Without credits no call is placed")).to_be_visible()


def test_it_is_loaded_again_when_asked(editor, account, api):
    editor.open("/credits")
    expect(editor.page.get_by_text("100 credits left")).to_be_visible()
    api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 20})
    editor.page.get_by_role("button", name="Load again").click()
    expect(editor.page.get_by_text("120 credits left")).to_be_visible()
    expect(editor.page.get_by_role("table")).to_contain_text("+20")
