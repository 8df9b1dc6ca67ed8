"""A local stack: the real binaries and the real template in MiniStack, on loopback.

    stack.py up      builds, starts, deploys; a second time it changes only what changed and keeps the data.
                     Prints a link into the portal
    stack.py start   the same without the link
    stack.py down    ends everything that `up` started
    stack.py logs    writes and prints what the functions logged

Environment: STATE_DIR (default .local) for its files, PORT (default 4566); PORTAL_NAME, PORTAL_ACCENT and
PORTAL_FRAME_ANCESTORS for the parameters of these names. What others need to use the stack is in
$STATE_DIR/stack.json. Besides the functions' own log groups (/aws/lambda/webhooks-<function>, read with any
CloudWatch Logs client), their output is written to $STATE_DIR/functions.log by `logs` and `down`.
"""

import sys

import deploy
import emulator
import sam_environment
import template
from accounts import open_account, portal_link
from build import build
from cloudformation import read_template
from function_logs import collect
from settings import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    Problem,
    Settings,
    read_json,
    report_problems,
    step,
    write_json,
)

CREDITS = 1000
# Outputs of the template that stand in stack.json, there with a small first letter.
OUTPUTS = [
    "CallJobsQueueUrl",
    "CallJobsDeadLetterQueueUrl",
    "CallCompletionsQueueUrl",
    "CallCompletionsDeadLetterQueueUrl",
    "FanOutRestsQueueUrl",
    "FanOutRestsDeadLetterQueueUrl",
    "AccountEventsQueueUrl",
    "AccountEventsDeadLetterQueueUrl",
    "DeliveriesQueueUrl",
    "SlowDeliveriesQueueUrl",
    "DeliveriesDeadLetterQueueUrl",
    "OperationalEventsQueueUrl",
    "RelayFailureQueueUrl",
    "SecretsKeyArn",
]


def up(settings: Settings) -> None:
    stack = start(settings)
    print(f"""  portal       {portal_link(stack["apiUrl"], stack["apiKey"])}
               (signs in once, within five minutes; `make up` prints another one)
""")


def start(settings: Settings) -> dict[str, str]:
    running = emulator.find(settings)
    if running is not None and settings.port_was_chosen and running.port != settings.port:
        raise Problem(f"this stack already runs on port {running.port}; `make down` first to move it.")
    if running is None:
        emulator.stop(settings)  # what an emulator that was killed may have left
        emulator.refuse_a_taken_port(settings.port)
    described = read_template()
    binaries = build(sorted(template.functions(described).values()))
    started = running or emulator.start(settings)
    outputs = deploy.deploy(started, described, binaries)
    sam_environment.write(started, sorted(template.functions(described)), settings.sam_environment_file)
    stack = _describe(started, outputs, _account(settings, started))
    write_json(settings.stack_file, stack)
    print(f"""
Ready. Everything others need is in {settings.stack_file}
  API          {stack["apiUrl"]}
  account      {stack["accountId"]}
  API key      {stack["apiKey"]}""")
    return stack


def _account(settings: Settings, started: emulator.Emulator) -> dict[str, str]:
    """The account of the stack file, made when there is no such file yet."""
    stack = read_json(settings.stack_file)
    if stack is not None:
        return {name: stack[name] for name in ("accountId", "apiKey")}
    step(f"Making an account with {CREDITS:,} credits")
    made = open_account(deploy.api_url(started), "Local account", CREDITS)
    return {"accountId": made["id"], "apiKey": made["apiKey"]}


def _describe(started: emulator.Emulator, outputs: dict[str, str], account: dict[str, str]) -> dict[str, str]:
    return {
        "endpointUrl": started.url,
        "apiUrl": deploy.api_url(started),
        "region": REGION,
        "accessKeyId": ACCESS_KEY_ID,
        "secretAccessKey": SECRET_ACCESS_KEY,
        **{output[0].lower() + output[1:]: outputs[output] for output in OUTPUTS},
        **account,
    }


def down(settings: Settings) -> None:
    running = emulator.find(settings)
    if running is not None:
        collect(running, settings.functions_log)
    step("The stack is stopped" if emulator.stop(settings) else "No stack was running")


def logs(settings: Settings) -> None:
    running = emulator.find(settings)
    if running is None:
        raise Problem("no stack is running; `make up` starts one.")
    collect(running, settings.functions_log)
    print(settings.functions_log.read_text(), end="")


def main() -> int:
    commands = {"up": up, "start": start, "down": down, "logs": logs}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    commands[sys.argv[1]](Settings.from_environment())
    return 0


if __name__ == "__main__":
    sys.exit(report_problems(main))
