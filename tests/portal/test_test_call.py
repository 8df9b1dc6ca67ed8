"""From the button to the phone to the delivery: whoever tries a campaign sees on its page what came of the call, and
where that was sent. The dialer is that of `make dialer`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from accounts import unused_phone
from infra.local.settings import CHECKOUT


@pytest.fixture
def dialer_of_the_stack(jobs):
    """At work, in the place of the collector of jobs. Its output has a line for each call that it has made."""
    environment = {**os.environ, "STATE_DIR": str(Path(os.environ["STACK_FILE"]).resolve().parent)}
    program = [sys.executable, CHECKOUT / "infra" / "local" / "dialer.py"]
    with jobs.paused(), subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert "Waiting for call jobs" in process.stdout.readline()
        yield process.stdout
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


@pytest.fixture
def campaign(account) -> dict:
    return account.campaign(name="Spring viewings", prompt="Ask whether a viewing suits.")


def try_it(visitor, campaign: dict, phone: str) -> Locator:
    """Presses the button; what the page says of the call."""
    visitor.open(f"/campaigns/{campaign['id']}")
    visitor.page.get_by_label("Phone number").fill(phone)
    visitor.page.get_by_label("First name").fill("Jannetje")
    visitor.page.get_by_role("button", name="Call me").click()
    return visitor.page.get_by_role("status", name="The test call")


def told(visitor) -> Locator:
    page = visitor.page
    return page.locator("section").filter(has=page.get_by_role("heading", name="Deliveries", exact=True)).last


def test_a_test_call_is_dialled_and_its_delivery_arrives(editor, account, campaign, receivers, dialer_of_the_stack):
    page, receiver, phone = editor.page, receivers.receiver(), unused_phone()
    webhook = account.webhook(direction="outbound", name="Data warehouse", url=receiver.url)

    progress = try_it(editor, campaign, phone)

    expect(progress).to_contain_text("Finished", timeout=30_000)
    expect(progress).to_contain_text("Jannetje expressed interest in the enterprise plan")
    (call,) = account.calls_of(campaign)
    line = next(line for line in dialer_of_the_stack if line.startswith(call["id"]))
    assert line.split() == [call["id"], phone, "Spring", "viewings:", "finished"]
    row = told(editor).get_by_role("listitem")
    expect(row).to_contain_text("Delivered 200", timeout=30_000)
    (delivered,) = receiver.requests
    assert editor.findings_in_both_schemes() == []

    row.get_by_role("link", name="Data warehouse").click()
    page.get_by_role("heading", name="Delivered").wait_for()
    assert editor.route == f"/outbound/{webhook.id}/deliveries/{delivered.headers['webhook-id']}"
    shown = page.get_by_label("Body", exact=True).inner_text()
    assert json.loads(shown) == json.loads(delivered.body)
    assert json.loads(delivered.body)["call"]["id"] == call["id"]
