"""What the processes of `deliver` hold: at rest, and at most while hostile endpoints answer them."""

from pathlib import Path

import pytest

import completions
from accounts import Account, eventually
from hostile import ANSWERS
from isolation import Slow
from load_truth import came_to

ROUNDS = 10
# 10 s, and what a machine may need that does other things at the same time.
LONGEST_ATTEMPT_MS = 10_500
# A message whose handling broke off comes again after three minutes.
PATIENCE = 400
# A batch has ten attempts side by side, and one may need a mebibyte (shared/egress/tests/memory). As much again is for
# an allocator that keeps what it was given back.
MOST_BEYOND_REST_KIB = 2 * 10 * 1024


def test_hostile_endpoints_do_not_fill_the_memory_of_a_process(stack, api, dialer, receivers):
    if not Path("/proc/self/status").exists():
        pytest.skip("the memory of another process is read from /proc")
    account, endpoint = Account.open(api, credits=1_000), receivers.receiver()
    account.outbound(endpoint.url)
    dialer.send(*[completions.of_elsewhere(account) for _ in range(10)])
    endpoint.await_requests(10)
    at_rest = processes_of(stack, "Deliver")

    hostile, webhooks, slow = Account.open(api, credits=1_000), {}, Slow(stack, [])
    for name, (answer, _) in ANSWERS.items():
        webhooks[name] = hostile.outbound(receivers.receiver(answer).url)
        slow.webhooks.append((hostile, webhooks[name]))
    dialer.send(*[completions.of_elsewhere(hostile) for _ in range(ROUNDS)])
    for webhook in webhooks.values():
        _await_first_attempts(hostile, webhook)
    afterwards = processes_of(stack, "Deliver")
    slow.tidy_up()

    print(f"\n{'':30}  VmRSS   VmHWM   KiB")
    for told, processes in (("at rest", at_rest), (f"after {len(ANSWERS) * ROUNDS} hostile attempts", afterwards)):
        for pid, (resident, most) in sorted(processes.items()):
            print(f"{told:30} {resident:6}  {most:6}   process {pid}")
    outcomes, longest = {}, 0
    for name, webhook in webhooks.items():
        rows = [row for row in slow.rows[webhook.id] if came_to(row) != "webhook_deleted"]
        outcomes[name] = {came_to(row) for row in rows}
        durations = [int(row["durationMs"]) for row in rows]
        print(f"{name:30} {len(rows):4} attempts, {min(durations)} to {max(durations)} ms: {outcomes[name]}")
        longest = max(longest, *durations)
    assert longest < LONGEST_ATTEMPT_MS
    assert outcomes == {name: {expected} for name, (_, expected) in ANSWERS.items()}
    rest = min(resident for resident, _ in at_rest.values())
    assert max(most for _, most in afterwards.values()) - rest < MOST_BEYOND_REST_KIB


def _await_first_attempts(account: Account, webhook) -> None:
    def all_made() -> bool:
        rows = account.read(f"{webhook.path}/deliveries", limit=100)["items"]
        return sum(row["attempt"] == 1 for row in rows) == ROUNDS

    eventually(all_made, f"{ROUNDS} first attempts", PATIENCE)


def processes_of(stack, function: str) -> dict[int, tuple[int, int]]:
    """Of the emulator's processes that run a function: what each holds now, and held at most, in KiB."""
    marks = {
        f"AWS_LAMBDA_FUNCTION_NAME={stack.function_name(function)}".encode(),
        f"AWS_ENDPOINT_URL={stack.endpoint_url}".encode(),
    }
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if marks <= set((process / "environ").read_bytes().split(b"\0")):
                told = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
                found[int(process.name)] = int(told["VmRSS"].split()[0]), int(told["VmHWM"].split()[0])
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass  # it has ended meanwhile, or is none of ours
    return found
