"""A page asks for as much, and the API reads as much for it, whether ten rows lie in a log or hundreds."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from accounts import Account
from fault_proxy import Call
from fault_stack import led_through_a_proxy
from long_logs import LongAccount
from portal_routes import is_of, routes
from visitor import Visitor

FEW, MANY = 9, 250  # Rows that are added to the first. A page has 100 at most.
A_PAGE = 50  # The API's, for who asks for no other.
READ_BY_A_FILTER = 200  # Rows that one query reads of which a filter may drop some.
OF_THE_ACCOUNT = re.compile(r"\b(wh_|cmp_|call_|msg_|until=)[^/&?]+")


@dataclass(frozen=True)
class Asked:
    """A request of a page to the API, and how many rows its answer has."""

    target: str
    rows: int | None

    @property
    def form(self) -> str:
        """Without ids and moments, which each account has its own of."""
        return OF_THE_ACCOUNT.sub(r"\1…", self.target)

    @property
    def page(self) -> int:
        return int(parse_qs(urlsplit(self.target).query).get("limit", [A_PAGE])[0])


class Reads:
    """The judge of a proxy before `manage`: lets all pass, and keeps what was read from DynamoDB."""

    def __init__(self, stack):
        self._dynamodb = stack.client("dynamodb")
        self._tables = {physical: logical for logical, physical in stack.physical_ids.items()}
        self.made: list[tuple[str, dict]] = []

    def __call__(self, call: Call) -> None:
        self.made.append((call.operation, json.loads(call.body)))

    def names(self) -> list[str]:
        return sorted(f"{operation} {self._tables.get(body.get('TableName'), '')}" for operation, body in self.made)

    def rows(self) -> int:
        """How many rows the queries have looked at. They are made once more for it, with the same limit."""
        queries = [body for operation, body in self.made if operation == "Query"]
        return sum(self._dynamodb.query(**body)["ScannedCount"] for body in queries)


@pytest.fixture(scope="module")
def accounts(stack, api, jobs, dialer, receivers) -> dict[int, LongAccount]:
    made = {n: LongAccount(stack, Account.open(api), jobs, dialer, receivers) for n in (FEW, MANY)}
    for n, account in made.items():
        account.lengthen(attempts=n, others=n)
    return made


@pytest.fixture(scope="module")
def asked(browser, api, accounts) -> dict[int, dict[str, list[Asked]]]:
    """What each page asks for, by the length of the account's logs."""
    return {
        n: {name: asked_by(browser, api, account, name) for name in account.pages()} for n, account in accounts.items()
    }


def asked_by(browser, api, account: LongAccount, name: str) -> list[Asked]:
    """In a window of its own: Home remembers in its tab that an account is through."""
    visitor = Visitor(browser, api.url)
    visitor.begin(account.account.portal_session())
    answers = visitor.answered()
    visitor.open(account.pages()[name])
    visitor.settle()
    assert all(answer.request.method == "GET" and answer.status == 200 for answer in answers), answers
    read = [Asked(answer.url.partition("/v1")[2], rows_of(answer.json())) for answer in answers]
    visitor.leave()
    return read


def rows_of(answer: dict | list) -> int | None:
    lists = answer if isinstance(answer, list) else answer.get("items", answer.get("attempts"))
    return None if lists is None else len(lists)


def test_no_page_is_left_out(accounts):
    paths = accounts[FEW].pages().values()
    assert not [route for route in routes() if not any(is_of(route, path) for path in paths)]


def test_a_page_asks_for_the_same_however_long_the_logs_are(asked):
    def forms(n: int) -> dict[str, list[str]]:
        return {name: sorted(one.form for one in requests) for name, requests in asked[n].items()}

    assert forms(MANY) == forms(FEW)
    assert sum(map(len, forms(MANY).values())) > 40


def test_no_answer_has_more_than_a_page_of_rows(asked):
    requests = {one for requests in asked[MANY].values() for one in requests if one.rows is not None}
    assert [one for one in requests if one.rows > one.page] == []
    # Each of the long logs was asked for, and has more than that.
    full = {one.form.partition("?")[0] for one in requests if one.rows == one.page}
    lists = ("/webhooks/wh_…/deliveries", "/webhooks/wh_…/requests", "/campaigns/cmp_…/calls", "/account/ledger")
    assert full == set(lists)


@pytest.mark.parametrize(
    "name", ["/inbound/:id", "/inbound/:id?log=deliveries", "/outbound/:id", "/results", "/credits"]
)
def test_what_comes_next_is_one_page_more(signed_in, accounts, name):
    visitor = signed_in(of=accounts[MANY].account)
    visitor.open(accounts[MANY].pages()[name])
    visitor.settle()
    answers = visitor.answered()
    rows = visitor.page.get_by_role("main").locator("tbody:visible").last.get_by_role("row")
    before = rows.count()
    visitor.page.get_by_role("button", name="Load more").click()
    expect(rows).to_have_count(2 * before)
    visitor.settle()
    assert [rows_of(answer.json()) for answer in answers] == [before]


def test_the_api_reads_no_more_than_a_page_however_long_the_logs_are(stack, accounts, asked):
    """Beside each other: the same request of the two accounts."""
    reads = Reads(stack)

    def read_for(account: Account, one: Asked) -> tuple[list[str], int]:
        reads.made.clear()
        account.read(one.target)
        return reads.names(), reads.rows()

    targets = {n: {one.form: one for requests in asked[n].values() for one in requests} for n in (FEW, MANY)}
    with led_through_a_proxy(stack, "Manage", reads):
        for form, one in targets[MANY].items():
            calls, rows = read_for(accounts[MANY].account, one)
            assert calls == read_for(accounts[FEW].account, targets[FEW][form])[0], form
            # One row more tells whether there is a next page.
            assert rows <= (READ_BY_A_FILTER if "outcome=" in form else one.page + 1), (form, rows)
