"""One function in AWS's own container, by `sam local invoke`, with a sample event and the local stack around it.

    FN=Deliver EVENT=delivery local_invoke.py

FN is a logical id of template.yaml, EVENT a file of events/ without `.json`. BUILD_DIR (default .aws-sam/build) is
where `sam build` put the functions; SAM_ARGS is handed to sam as it is. Exit code 0 when the function answered without
an error.
"""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import containers
import emulator
import sample_events
import template
from cloudformation import read_template
from receiver import Receiver
from sample_events import Sample
from settings import (
    ACCESS_KEY_ID,
    CHECKOUT,
    REGION,
    SECRET_ACCESS_KEY,
    Problem,
    Settings,
    read_json,
    report_problems,
    step,
)

STOP_PATIENCE_S = 20
# e_machine of an ELF file, by the names of Lambda.
MACHINES = {0x3E: "x86_64", 0xB7: "arm64"}


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that everything is taken down then, too
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background has it ignored
    settings = Settings.from_environment()
    function = _chosen("FN", sorted(template.functions(read_template())))
    event = _chosen("EVENT", sample_events.names())
    if emulator.find(settings) is None:
        raise Problem("no stack is running; `make up` starts one.")
    build = _build_of(function)
    sam = shutil.which("sam")
    if sam is None:
        raise Problem("sam is missing: `pip install aws-sam-cli cargo-lambda`.")
    with ExitStack() as cleanup:
        return _invoke(settings, sam, build, function, event, cleanup)


def _invoke(settings: Settings, sam: str, build: Path, function: str, event: str, cleanup: ExitStack) -> int:
    stack, variables = read_json(settings.stack_file), read_json(settings.sam_environment_file)
    if function not in variables:
        raise Problem(f"the stack has no {function} yet; `make up` brings it up to date.")
    way, text, receiver = containers.way_to_host(), sample_events.read(event), None
    _open_to_containers(way, int(stack["endpointUrl"].rpartition(":")[2]), "the stack")
    if sample_events.needs_endpoint(text):
        receiver = Receiver()
        _open_to_containers(way, receiver.port, "an endpoint that answers 200")
        _trust(variables[function], way, function)
    endpoint = receiver and f"http://{containers.HOST}:{receiver.port}"
    sample = Sample(stack, variables["Fanout"]["CALLS_TABLE"], endpoint, call_is_over=function == "Deliver")
    cleanup.callback(sample.close)
    text, filled = sample.fill(text)
    for placeholder, value in filled.items():
        shown = f"{value[:8]}…" if placeholder == "YOUR-API-KEY" else value
        step(f"{placeholder} is {shown}")

    folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
    (folder / "event.json").write_text(text, encoding="utf-8")
    (folder / "env.json").write_text(json.dumps({function: variables[function]}), encoding="utf-8")
    answer = _run(
        [
            sam,
            "local",
            "invoke",
            function,
            "--template-file",
            build / "template.yaml",
            "--event",
            folder / "event.json",
            "--env-vars",
            folder / "env.json",
            "--parameter-overrides",
            f"Architecture={template.architecture()}",
            *way.sam_arguments,
            *shlex.split(os.environ.get("SAM_ARGS", "")),
        ]
    )
    _tell_what_came_of_it(sample, filled, receiver)
    return _tell_answer(answer)


def _chosen(variable: str, names: list[str]) -> str:
    chosen = os.environ.get(variable, "")
    if chosen not in names:
        what = f"{variable} is {chosen!r}" if chosen else f"{variable} is not set"
        raise Problem(
            f"{what}; there are {', '.join(names)}.\n"
            "For example: make local-invoke FN=Inbound EVENT=inbound-accepted (events/README.md has one for each)."
        )
    return chosen


def _build_of(function: str) -> Path:
    """Where `sam build` put the function, for this machine."""
    build, architecture = CHECKOUT / os.environ.get("BUILD_DIR", ".aws-sam/build"), template.architecture()
    command = f"`sam build --parameter-overrides Architecture={architecture}`"
    binary = build / function / "bootstrap"
    if not (build / "template.yaml").exists() or not binary.exists():
        raise Problem(f"{function} is not built for sam; {command} does it, which takes some minutes.")
    with binary.open("rb") as file:
        machine = int.from_bytes(file.read(20)[18:], "little")
    if MACHINES.get(machine) != architecture:
        raise Problem(f"{binary} is not for this machine, which is {architecture}; {command} builds it anew.")
    return build


def _open_to_containers(way: containers.WayToHost, port: int, what: str) -> None:
    how = f", by a relay on Docker's bridge {way.bridge}" if way.bridge else ""
    way.open(port)
    step(f"Containers reach {what} at {containers.HOST}:{port}{how}")


def _trust(variables: dict[str, str], way: containers.WayToHost, function: str) -> None:
    """Lets the function send to this machine."""
    if "TRUSTED_NETWORKS" in variables:
        step(f"{function} may send to {way.networks} (TRUSTED_NETWORKS, in this container only)")
        variables["TRUSTED_NETWORKS"] += f",{way.networks}"


def _run(command: list) -> str:
    """What sam wrote to standard output; its messages and the function's log lines pass through to standard error."""
    step("sam " + " ".join(str(part) for part in command[1:4]))
    environment = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    environment |= {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "SAM_CLI_TELEMETRY": "0",
    }
    with subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=subprocess.PIPE, text=True) as running:
        try:
            answer, _ = running.communicate()
        except BaseException:
            _stop(running)
            raise
    if running.returncode != 0:
        raise Problem(f"sam ended with exit code {running.returncode}; what it says is above.")
    return answer


def _stop(running: subprocess.Popen) -> None:
    """sam removes its container on Ctrl-C. A terminal sends that to sam, too, and a second one would disturb it."""
    if sys.exc_info()[0] is not KeyboardInterrupt:
        running.send_signal(signal.SIGINT)
    try:
        running.wait(STOP_PATIENCE_S)
    except subprocess.TimeoutExpired:
        running.kill()


def _tell_what_came_of_it(sample: Sample, filled: dict[str, str], receiver: Receiver | None) -> None:
    if receiver is None:
        return
    received = receiver.next(0)
    if received is None:
        step("Nothing came to the endpoint")
    else:
        step(
            f"The endpoint got POST {received.path}, {len(received.body)} bytes,"
            f" webhook-id {received.headers.get('webhook-id')}"
        )
    if webhook := filled.get("wh_yourwebhook"):
        attempt = sample.attempt(webhook, filled["msg_yourdelivery"])
        step(f"The delivery log: {_in_words(attempt)}. Its webhook is disabled again")


def _in_words(attempt: dict | None) -> str:
    if attempt is None:
        return "no attempt"
    error = attempt["error"]
    why = f"{error['code']}: {error['message']}" if error else f"{attempt['statusCode']} in {attempt['durationMs']} ms"
    if attempt["nextAttemptAt"]:
        why += ". The stack's own deliver takes the retry, finds the webhook disabled, and ends it"
    return f"{attempt['outcome']}, {why}"


def _tell_answer(answer: str) -> int:
    step("The function's answer")
    try:
        read = json.loads(answer)
    except ValueError:
        print(answer)
        return 1
    print(json.dumps(read, indent=2, ensure_ascii=False))
    return 1 if isinstance(read, dict) and "errorType" in read else 0


if __name__ == "__main__":
    sys.exit(report_problems(main))
