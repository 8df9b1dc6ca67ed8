"""What the simulated dialer of `make dialer` and `make demo` reports."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

LOCAL = Path(__file__).parents[2] / "infra" / "local"
PROGRAM = """
import json, sys
from dialer import completion_of
print(json.dumps(completion_of(json.load(sys.stdin), 1730179342000)))
"""


def completion_of(recipient: dict) -> dict:
    job = {"callId": "call_1", "accountId": "acc_1", "campaign": {"id": "cmp_1", "name": "Q4"}, "recipient": recipient}
    # A process of its own: modules of infra/local have the names of some here.
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=LOCAL, input=json.dumps(job), capture_output=True, check=True, text=True
    )
    return json.loads(run.stdout)


@pytest.mark.parametrize(
    ("more", "greeting"),
    [
        ({"firstName": "Jane"}, "Hi, is this Jane?"),
        ({}, "Hi, am I speaking with the right person?"),
    ],
)
def test_somebody_without_a_first_name_is_not_called_by_one(more, greeting):
    completion = completion_of({"phoneNumber": "+15551234567", **more})
    assert completion["transcript"][0]["what"] == greeting
    assert completion["summary"].startswith(more.get("firstName", "The person called"))
