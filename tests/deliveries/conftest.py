"""What several files of this folder wait for."""

import pytest

from accounts import eventually
from queues import is_idle


@pytest.fixture
def all_told(stack, all_delivered):
    """Waits until everything sent so far was attempted, and what became of endpoints thereby is told."""

    def all_told() -> None:
        all_delivered()
        eventually(lambda: is_idle(stack.client("sqs"), stack.account_events_queue_url), "no event waits")
        all_delivered()

    return all_told
