"""What every test may ask for: the stack, an account of its own, the dialer's two queues, a server for receivers."""

import pytest

import completions
from accounts import Account, eventually
from api import Api
from deployed_stack import Stack
from queues import Collector, DeadLetters, Dialer, Jobs, is_idle
from receiver import ReceiverServer
from tables import commit_call

# They read what the whole run has logged, whichever folder they stand in.
LAST = ["test_privacy.py", "test_log_lines.py"]


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LAST.index(item.path.name) if item.path.name in LAST else -1)


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack.from_environment()


@pytest.fixture(scope="session")
def api(stack) -> Api:
    return Api(stack)


@pytest.fixture(scope="session")
def jobs(stack):
    with Jobs(stack.client("sqs"), stack.call_jobs_queue_url) as collector:
        yield collector


@pytest.fixture(scope="session")
def dead_letters(stack):
    queue_url = stack.dead_letter_queue_of(stack.call_completions_queue_url)
    with DeadLetters(stack.client("sqs"), queue_url) as collector:
        yield collector


@pytest.fixture(scope="session")
def operational_events(stack):
    with Collector(stack.client("sqs"), stack.operational_events_queue_url) as collector:
        yield collector


@pytest.fixture(scope="session")
def dialer(stack) -> Dialer:
    return Dialer(stack.client("sqs"), stack.call_completions_queue_url)


@pytest.fixture(scope="session")
def all_taken_in(api, dialer, receivers):
    """Waits until every completion sent so far has been taken in.

    A completion of an account of its own is sent after them and awaited at its endpoint, twice: the first is received
    after all that were sent before it, the second after their handling has ended. (The queue's own count of messages
    will not do: a duplicate that comes while its twin is handled is hidden for three minutes.)
    """
    account, endpoint = Account.open(api), receivers.receiver()
    account.outbound(endpoint.url)

    def all_taken_in() -> None:
        for _ in range(2):
            # Counted before: now and then the delivery is there before the sending has returned.
            known = len(endpoint.requests)
            dialer.send(completions.of_elsewhere(account))
            # The emulator asks the queues of one function in turn, for seconds each: on a busy machine that adds up.
            endpoint.await_requests(known + 1, timeout=120)

    return all_taken_in


@pytest.fixture(scope="session")
def all_delivered(stack, all_taken_in):
    """Waits until everything sent so far has been attempted; what is left waits for a later attempt."""
    sqs = stack.client("sqs")

    def all_delivered() -> None:
        all_taken_in()
        for queue_url in (stack.deliveries_queue_url, stack.slow_deliveries_queue_url):
            eventually(lambda url=queue_url: is_idle(sqs, url), "no delivery is due")

    return all_delivered


@pytest.fixture(scope="session")
def all_relayed(api, stack, jobs):
    """Waits until the relay has sent the jobs of every call that was committed so far.

    It takes them in turn, so one more call is committed, of which nobody else knows, and its job awaited.
    """
    account = Account.open(api)
    webhook = account.bound_webhook()
    account.trigger(webhook)
    like = jobs.of(webhook)[0]["callId"]

    def all_relayed() -> None:
        last = commit_call(stack, like)
        jobs.await_messages(lambda message: message.json().get("callId") == last)

    return all_relayed


@pytest.fixture(scope="session")
def receivers():
    server = ReceiverServer()
    yield server
    server.close()


@pytest.fixture
def account(api) -> Account:
    return Account.open(api)


@pytest.fixture(scope="module")
def shared_account(api) -> Account:
    """One account for a table of cases that do not disturb each other."""
    return Account.open(api, credits=10_000)
