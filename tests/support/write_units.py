"""What the writes of `inbound` cost: units from the sizes of items, as DynamoDB's documentation counts them."""

import base64
import json
import re
import threading
from collections import defaultdict

from deployed_stack import Stack
from fault_proxy import Call
from infra.local.cloudformation import of_type, read_template

TABLES = of_type(read_template(), "AWS::DynamoDB::Table")
UNIT = 1024
READS = ("GetItem", "Query", "BatchGetItem")
CALL_ID = re.compile(r"\bcall_[A-Za-z0-9_-]+")


def size_of(item: dict) -> int:
    return sum(len(name.encode()) + _size_of_value(value) for name, value in item.items())


def _size_of_value(value: dict) -> int:
    ((kind, held),) = value.items()
    match kind:
        case "S":
            return len(held.encode())
        case "B":
            return len(base64.b64decode(held))
        case "N":
            return min((len(held) + 1) // 2 + 1, 21)
        case "L":
            return 3 + sum(1 + _size_of_value(one) for one in held)
        case "M":
            return 3 + len(held) + size_of(held)
    return 1


def units_of(table: str, item: dict, in_transaction: bool = False) -> int:
    """Of writing an item, or of failing to on its condition: once for the table and once for each index that has it."""
    properties = TABLES[table]
    key = [part["AttributeName"] for part in properties["KeySchema"]]
    units = _units(size_of(item)) * (2 if in_transaction else 1)
    for index in properties.get("GlobalSecondaryIndexes", []):
        index_key = [part["AttributeName"] for part in index["KeySchema"]]
        if all(name in item for name in index_key):
            copied = {*key, *index_key, *index["Projection"].get("NonKeyAttributes", [])}
            copies_all = index["Projection"]["ProjectionType"] == "ALL"
            units += _units(size_of({name: value for name, value in item.items() if copies_all or name in copied}))
    return units


def _units(size: int) -> int:
    return max(-(-size // UNIT), 1)


class WriteUnits:
    """The judge of a proxy before `inbound`: lets all pass, and counts what is written for each call."""

    def __init__(self, stack: Stack):
        self._tables = {stack.physical_ids[table]: table for table in TABLES}
        self._changed = threading.Lock()
        self._units: dict[str, int] = defaultdict(int)
        self._requests: dict[str, int] = defaultdict(int)
        self.transactions: dict[str, int] = defaultdict(int)

    def __call__(self, call: Call) -> None:
        if call.service != "DynamoDB_20120810" or call.operation in READS:
            return
        asked = json.loads(call.body)
        with self._changed:
            if call.operation == "PutItem":
                self._count(asked["TableName"], asked["Item"], call.body)
                return
            assert call.operation == "TransactWriteItems", call.operation
            self.transactions[_call_in(call.body)] += 1
            for part in asked["TransactItems"]:
                ((kind, write),) = part.items()
                # An update changes a few bytes of an item that is small.
                item = write["Item"] if kind == "Put" else write["Key"]
                self._count(write["TableName"], item, call.body, in_transaction=True)

    def _count(self, table: str, item: dict, body: str, in_transaction: bool = False) -> None:
        call, table = _call_in(body), self._tables[table]
        self._units[call] += units_of(table, item, in_transaction)
        self._requests[call] += table == "RequestLogs"

    def of_each_request(self) -> dict[str, float]:
        """By call; of several requests for one call, their mean."""
        with self._changed:
            return {call: units / self._requests[call] for call, units in self._units.items()}

    def requests(self) -> int:
        with self._changed:
            return sum(self._requests.values())


def _call_in(body: str) -> str:
    return CALL_ID.search(body)[0]
