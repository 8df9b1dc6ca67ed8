"""`make bench-portal`: every page of the portal, of an account with ten rows in its logs beside one with 100,000, in a
real browser. Prints one table. bench/README.md says what the figures are."""

import json
import statistics
import sys
import time
from dataclasses import dataclass, field

import urllib3
from playwright.sync_api import Browser, expect, sync_playwright

from accounts import Account
from api import Api
from deployed_stack import Stack
from fault_proxy import Answered, Call
from fault_stack import led_through_a_proxy
from infra.check.browser import usable
from infra.local.settings import Problem, report_problems, step
from long_logs import LongAccount
from queues import Dialer, Jobs
from receiver import ReceiverServer
from visitor import PATIENCE_MS, Visitor

FEW, MANY_ATTEMPTS, MANY_OTHERS = 10, 100_000, 20_000
ROUNDS = 5  # after one that is not counted
READS = ("GetItem", "BatchGetItem", "Query")
# When the page changed last, in milliseconds since it was asked for.
WATCH = """new MutationObserver(() => (window.changedAt = performance.now()))
    .observe(document, {subtree: true, childList: true, characterData: true, attributes: true});"""


@dataclass
class Opened:
    """What opening one page of one account took, each time."""

    ms: list[float] = field(default_factory=list)
    requests: int = 0
    bytes: int = 0
    reads: int = 0


class Memory:
    """Stands before `manage` in the place of DynamoDB: asks the emulator once for each read, and answers from memory
    then. The emulator sorts a whole partition for each query, where DynamoDB reads a page of it."""

    def __init__(self, stack: Stack):
        self._url = stack.endpoint_url
        self._credential = (
            f"AWS4-HMAC-SHA256 Credential={stack.access_key_id}/20260101/{stack.region}/dynamodb/aws4_request"
        )
        self._answers: dict[tuple[str, str], bytes] = {}
        self.reads = 0

    def __call__(self, call: Call) -> Answered | None:
        if call.operation not in READS:
            return None
        self.reads += 1
        # The SDK writes the members of a map in another order each time.
        key = (call.operation, json.dumps(json.loads(call.body), sort_keys=True))
        if key not in self._answers:
            headers = {
                "x-amz-target": f"{call.service}.{call.operation}",
                "content-type": "application/x-amz-json-1.0",
                "authorization": self._credential,
            }
            answer = urllib3.request("POST", self._url, body=call.body, headers=headers, timeout=60)
            if answer.status != 200:
                raise Problem(f"the emulator answered {answer.status} to a {call.operation}.")
            self._answers[key] = answer.data
        return Answered(self._answers[key])


class Window:
    """A window of the browser in which an account's pages are opened."""

    def __init__(self, browser: Browser, api: Api, account: LongAccount, memory: Memory):
        self._visitor, self._memory = Visitor(browser, api.url), memory
        # Once the emulator may take longer than `manage` waits. What is counted must not have any.
        self._visitor.expects(503)
        self._visitor.begin(account.account.portal_session())
        self._visitor.page.add_init_script(WATCH)
        self._answers = self._visitor.answered()
        self._addresses = account.pages()
        self.pages = {name: Opened() for name in self._addresses}

    def open(self, name: str, counts: bool) -> None:
        self._answers.clear()
        before = self._memory.reads
        self._visitor.open(self._addresses[name])
        self._visitor.settle()
        if not counts:
            return
        refused = [answer.url for answer in self._answers if answer.status != 200]
        if refused:
            raise Problem(f"these were not answered: {refused}")
        opened = self.pages[name]
        opened.ms.append(self._visitor.page.evaluate("window.changedAt"))
        opened.requests = len(self._answers)
        opened.bytes = sum(len(answer.body()) for answer in self._answers)
        opened.reads = self._memory.reads - before

    def close(self) -> None:
        self._visitor.leave()


def long_accounts(stack: Stack, api: Api) -> list[LongAccount]:
    sqs = stack.client("sqs")
    server = ReceiverServer()
    with Jobs(sqs, stack.call_jobs_queue_url) as jobs:
        dialer = Dialer(sqs, stack.call_completions_queue_url)
        few, many = (LongAccount(stack, Account.open(api), jobs, dialer, server) for _ in range(2))
    server.close()
    few.lengthen(FEW - 1, FEW - 1)
    step(f"Writing {MANY_ATTEMPTS:,} attempts, and {MANY_OTHERS:,} rows of each other log")
    began = time.monotonic()
    many.lengthen(MANY_ATTEMPTS - 1, MANY_OTHERS - 1)
    step(f"Written in {time.monotonic() - began:.0f} s. They stay in this stack until `make down`")
    return [few, many]


def opened(browser: Browser, stack: Stack, api: Api, accounts: list[LongAccount]) -> list[dict[str, Opened]]:
    """The two take turns, and so does who is first."""
    memory = Memory(stack)
    with led_through_a_proxy(stack, "Manage", memory):
        windows = [Window(browser, api, account, memory) for account in accounts]
        for round_ in range(ROUNDS + 1):
            step(f"Every page of both: round {round_} of {ROUNDS}" + ("" if round_ else ", which is not counted"))
            for name in windows[0].pages:
                for window in windows[:: -1 if round_ % 2 else 1]:
                    window.open(name, counts=round_ > 0)
        for window in windows:
            window.close()
    return [window.pages for window in windows]


def table(few: dict[str, Opened], many: dict[str, Opened]) -> str:
    rows = [("page", "requests", "", "bytes", "", "reads", "", "ms", ""), ("", *("ten", "100,000") * 4)]
    for name, one in few.items():
        both = (one, many[name])
        rows.append(
            (
                name,
                *(str(it.requests) for it in both),
                *(f"{it.bytes:,}" for it in both),
                *(str(it.reads) for it in both),
                *(f"{statistics.median(it.ms):.0f}" for it in both),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def main() -> None:
    stack = Stack.from_environment()
    api = Api(stack)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        executable = usable(playwright)
        if executable is None:
            raise Problem("no browser is there: make browser")
        browser = executable.launch(playwright)
        print(table(*opened(browser, stack, api, long_accounts(stack, api))))
        browser.close()


if __name__ == "__main__":
    sys.exit(report_problems(main))
