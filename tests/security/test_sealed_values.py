"""Sealed values open for their own webhook only, and no table holds one in clear however it was changed."""

import base64
import json
import zlib
from urllib.parse import quote

import pytest

import completions
import sent_values
from accounts import Account
from edits import carries, custom, press_test, rotated_secret
from refusals import assert_refused
from tables import TABLES, everything_in

SECRETS = ("header value", "signing secret", "API key")


# moved


class Sealed:
    """An outbound webhook with a header, and what the table holds of it."""

    def __init__(self, account: Account, stack, receiver):
        self.account, self.receiver = account, receiver
        self.headers = custom("X-Key")
        self.webhook = account.outbound(receiver.url, headers=self.headers)
        self._dynamodb, self._table = stack.client("dynamodb"), stack.physical_ids["Webhooks"]
        self._key = {"accountId": {"S": account.id}, "id": {"S": self.webhook.id}}

    def read(self, *path: str) -> dict:
        value = {"M": self._dynamodb.get_item(TableName=self._table, Key=self._key)["Item"]}
        for name in path:
            value = value["M"][name]
        return value

    def write(self, value: dict, *path: str) -> None:
        names = {f"#n{place}": name for place, name in enumerate(path)}
        self._dynamodb.update_item(
            TableName=self._table,
            Key=self._key,
            UpdateExpression=f"SET {'.'.join(names)} = :value",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={":value": value},
        )


HEADERS = ("endpoint", "sealedHeaders")
SECRET = ("signingSecret",)


def from_another_webhook(sealed, stack, api, receivers, *path):
    return Sealed(sealed.account, stack, receivers.receiver()).read(*path)


def from_another_account(sealed, stack, api, receivers, *path):
    return Sealed(Account.open(api), stack, receivers.receiver()).read(*path)


def from_its_other_purpose(sealed, stack, api, receivers, *path):
    return sealed.read(*(SECRET if path == HEADERS else HEADERS))


MOVES = [from_another_webhook, from_another_account, from_its_other_purpose]


@pytest.mark.parametrize("path", [HEADERS, SECRET], ids=["headers", "signing_secret"])
@pytest.mark.parametrize("moved", MOVES)
def test_a_sealed_value_that_was_moved_opens_nowhere_else(account, api, stack, dialer, receivers, moved, path):
    sealed = Sealed(account, stack, receivers.receiver())
    value = moved(sealed, stack, api, receivers, *path)
    assert set(value) == {"B"} and value != sealed.read(*path)
    sealed.write(value, *path)

    result = press_test(account, sealed.webhook)
    assert (result["success"], result["error"]["code"]) == (False, "undecryptable")
    dialer.send(completions.of_elsewhere(account))
    delivery, test = account.attempts_of(sealed.webhook, 2)
    for row in (delivery, test):
        assert (row["outcome"], row["statusCode"], row["error"]["code"]) == ("errored", None, "undecryptable")
        assert "headers" in row["error"]["message"] and "secret" in row["error"]["message"]
    assert delivery["test"] is False and delivery["callId"]
    assert sealed.receiver.requests == []


def test_a_moved_value_never_arrives_under_a_name_that_was_kept(account, stack, receivers):
    sealed, other = (Sealed(account, stack, receivers.receiver()) for _ in range(2))
    sealed.write(other.read(*HEADERS), *HEADERS)
    answer = account.patch(sealed.webhook.path, {"headers": [{"name": "X-Key"}]})
    assert_refused(answer, 409, "undecryptable")
    assert sealed.receiver.requests == []


def test_new_headers_and_a_rotated_secret_repair_what_cannot_be_opened(account, stack, receivers):
    sealed, other = (Sealed(account, stack, receivers.receiver()) for _ in range(2))
    for path in (HEADERS, SECRET):
        sealed.write(other.read(*path), *path)
    headers = custom("X-Key")
    account.edit(sealed.webhook.path, headers=headers)
    rotated_secret(account, sealed.webhook, overlapSeconds=0)
    assert press_test(account, sealed.webhook)["success"]
    assert carries(sealed.receiver.requests[0], headers)


# read raw


@pytest.fixture(scope="module")
def secrets(api, receivers) -> dict[str, str]:
    """The secrets of an account that had every way in which one comes into the system or out of it -> what each is."""
    of_others = sent_values.remembered()
    account, receiver = Account.open(api), receivers.receiver()
    outbound = account.outbound(receiver.url, headers=custom("X-Key", "Authorization"))
    inbound = account.inbound(responseWebhook={"url": receiver.url, "headers": custom("X-Key")})
    account.edit(outbound.path, headers=[{"name": "X-Key"}, *custom("X-New")])
    account.edit(inbound.path, responseWebhook={"headers": [*custom("X-New"), {"name": "X-Key"}]})
    for webhook in (outbound, inbound):
        rotated_secret(account, webhook)
        press_test(account, webhook)
    account.post("/webhooks/test", {"url": receiver.url, "headers": custom("X-Unsaved")})
    account.patch(outbound.path, {"headers": custom("Host")})
    key = api.operator("POST", f"/accounts/{account.id}/api-keys", {"name": "The CRM"}).json()["apiKey"]
    Account(api, account.id, key).read("/account")  # remembers the key
    return {
        value: kind for value, kind in sent_values.remembered().items() if kind in SECRETS and value not in of_others
    }


def parts_of(secret: str) -> set[bytes]:
    """A secret as it is, without its public part (`whsec_`, `whk_<id>_`), and as the bytes that it writes down."""
    public = {"whsec_": 1, "whk_": 2}
    prefix = next((prefix for prefix in public if secret.startswith(prefix)), "")
    parts = {secret.encode(), secret.split("_", public.get(prefix, 0))[-1].encode()}
    if secret.startswith("whsec_"):
        parts.add(base64.b64decode(secret.removeprefix("whsec_")))
    return parts


def base64_of(text: bytes) -> set[bytes]:
    """What is the same of its base64 wherever it stands in a longer text."""
    shifted = (base64.b64encode(b"\0" * shift + text)[4 if shift else 0 :] for shift in range(3))
    inner = {form.rstrip(b"=")[: -2 if len(form) % 4 == 0 else None] for form in shifted}
    return inner | {form.replace(b"+", b"-").replace(b"/", b"_") for form in inner}


def encodings(secret: str) -> set[bytes]:
    forms = set()
    for part in parts_of(secret):
        forms |= {part, part[::-1], part.hex().encode(), part.hex().upper().encode()} | base64_of(part)
        if part.isascii():
            text = part.decode()
            forms |= {quote(text, safe="").encode(), json.dumps(text)[1:-1].encode(), text.encode("utf-16-le")}
    return forms


def texts_in(value) -> list[bytes]:
    """Every text and every byte string in an item, as it is and inflated."""
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts_in(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in texts_in(inner)]
    if isinstance(value, str):
        return [value.encode()]
    return [bytes(value), *inflated(bytes(value))] if isinstance(value, (bytes, bytearray)) else []


def inflated(blob: bytes) -> list[bytes]:
    found = []
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS, zlib.MAX_WBITS | 16):
        try:
            found.append(zlib.decompressobj(window).decompress(blob, 10_000_000))
        except zlib.error:
            continue
    return found


@pytest.mark.parametrize("table", TABLES)
def test_no_table_holds_a_secret_of_any_edit_in_any_encoding(stack, secrets, table):
    held = b"\n".join(text for item in everything_in(stack, table) for text in texts_in(item))
    assert held or table in ("Calls", "Campaigns", "RequestLogs")
    assert set(secrets.values()) == set(SECRETS)
    for secret, kind in secrets.items():
        assert not any(form in held for form in encodings(secret)), f"{table} holds a {kind}: {secret[:6]}…"


@pytest.mark.parametrize("before", [b"", b"X", b"XY", b"X-Key:"])
@pytest.mark.parametrize(
    "written",
    [
        bytes,
        base64.b64encode,
        base64.urlsafe_b64encode,
        lambda text: text.hex().encode(),
        lambda text: quote(text, safe="").encode(),
        lambda text: zlib.compress(text),
        lambda text: text.decode().encode("utf-16-le"),
    ],
)
def test_the_search_finds_a_secret_wherever_it_stands(before, written):
    secret = "header-value-0f/e+" + "1d2c3b4a5968" * 2
    held = b"\n".join(texts_in({"M": {"x": {"B": written(before + secret.encode() + b"!\n")}}}))
    assert any(form in held for form in encodings(secret))
    assert not any(form in held for form in encodings("another-header-value-0f1e2d3c"))


def test_the_search_looks_for_the_secret_part_alone_too():
    secret = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    assert bytes(range(32)) in encodings(secret) and bytes(range(32)).hex().encode() in encodings(secret)
    assert parts_of("whk_01a2_3b_4c") == {b"whk_01a2_3b_4c", b"3b_4c"}
