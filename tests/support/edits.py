"""What an integrator changes later: headers, secrets, and the Test button that shows whether they work."""

import uuid

import sent_values
from accounts import Account, Webhook, eventually
from receiver import Receiver, Request

# An edit takes effect on the next request within this time.
EFFECT = 5.0


def custom(*names: str) -> list[dict]:
    """Custom headers, each with a value that no other header has and nobody may see again."""
    headers = [{"name": name, "value": f"header-value-{uuid.uuid4().hex}"} for name in names]
    sent_values.remember("header value", [header["value"] for header in headers])
    return headers


def named(headers: list[dict]) -> list[str]:
    return [header["name"] for header in headers]


def carries(request: Request, headers: list[dict]) -> bool:
    """Whether the request brought every one of the headers, each once and with its value."""
    brought = [(name.lower(), value) for name, value in request.header_list]
    return all(
        [value for name, value in brought if name == header["name"].lower()] == [header["value"]] for header in headers
    )


def lacks(request: Request, headers: list[dict]) -> bool:
    """Whether the request brought none of the headers, by name or by value."""
    names = {header["name"].lower() for header in headers}
    values = {header["value"] for header in headers}
    return not any(name.lower() in names or value in values for name, value in request.header_list)


def edit_among_others(account: Account, path: str, **changes) -> dict:
    """An edit beside others of the same thing: one that came too late is told so, and is sent again."""

    def edited():
        answer = account.patch(path, changes)
        assert answer.status == 200 or (answer.status, answer.error["code"]) == (409, "edit_conflict"), answer
        return answer.status == 200 and answer.json()

    return eventually(edited, f"{path} is edited")


def rotated_secret(account: Account, webhook: Webhook, **overlap) -> str:
    answer = account.post(f"{webhook.path}/rotate-secret", overlap)
    assert answer.status == 200, answer
    assert set(answer.json()) == {"signingSecret"}
    secret = answer.json()["signingSecret"]
    sent_values.remember("signing secret", secret)
    return secret


def press_test(account: Account, webhook: Webhook) -> dict:
    """What the Test button of a saved webhook says."""
    answer = account.post(f"{webhook.path}/test", {})
    assert answer.status == 200, answer
    return answer.json()


def sample_sent(account: Account, webhook: Webhook, receiver: Receiver) -> Request:
    """What the Test button of a saved webhook sends."""
    before = len(receiver.requests)
    result = press_test(account, webhook)
    assert result["success"], result
    return receiver.await_requests(before + 1)[-1]
