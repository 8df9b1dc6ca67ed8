"""`make local-invoke` without Docker: stand-ins for `docker` and `sam` are first on PATH; the stack is the tests' own.

The stand-in `sam` sits where the container would: it reaches this machine by the bridge's address only, which is here
another one of loopback. So these tests also see that the relays are there.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PROGRAM = CHECKOUT / "infra" / "local" / "local_invoke.py"
BRIDGE = "127.0.0.2"
PATIENCE_S = 60
# Whose an event is, by the first word of its name.
FUNCTIONS = {
    "inbound": "Inbound",
    "committed": "Relay",
    "completion": "Fanout",
    "delivery": "Deliver",
    "manage": "Manage",
    "tester": "Tester",
    "operator": "Operator",
    "portal": "Portal",
}
EVENTS = sorted(path.stem for path in (CHECKOUT / "events").glob("*.json"))
MACHINE = "arm64" if os.uname().machine in ("arm64", "aarch64") else "x86_64"
E_MACHINE = {"x86_64": 0x3E, "arm64": 0xB7}

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has a second loopback address without setup"
)


class Invocation:
    """A call of the program, with all it depends on in a folder of its own."""

    def __init__(self, stack, folder: Path):
        self.stack, self.folder, self.seen_file = stack, folder, folder / "seen.json"
        self.environment = {
            **os.environ,
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "STATE_DIR": str(Path(os.environ["STACK_FILE"]).parent),
            "BUILD_DIR": str(folder / "build"),
            "RECORD": str(self.seen_file),
        }
        self.environment.pop("PORT", None)
        self.put_docker("Debian GNU/Linux 12", [{"Subnet": "127.0.0.0/30", "Gateway": BRIDGE}])
        self.put("sam", f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("stand_in_sam.py")}" "$@"\n')
        self.build(*FUNCTIONS.values())

    def put(self, name: str, script: str) -> None:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    def put_docker(self, system: str, networks: list[dict]) -> None:
        answers = f"info) echo '{system}' ;;\nnetwork) echo '{json.dumps(networks)}' ;;"
        self.put("docker", f"#!/bin/sh\ncase $1 in\n{answers}\nesac\n")

    def build(self, *functions: str, machine: str = MACHINE) -> None:
        """What `sam build` leaves behind, as far as it is looked at."""
        for function in functions:
            (self.folder / "build" / function).mkdir(parents=True, exist_ok=True)
            header = b"\x7fELF".ljust(18, b"\0") + E_MACHINE[machine].to_bytes(2, "little")
            (self.folder / "build" / function / "bootstrap").write_bytes(header)
        (self.folder / "build" / "template.yaml").touch()

    def start(self, function: str, event: str, **more: str) -> subprocess.Popen:
        environment = {**self.environment, "FN": function, "EVENT": event, **more}
        return subprocess.Popen(
            [sys.executable, PROGRAM],
            env=environment,
            start_new_session=True,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, function: str, event: str, **more: str) -> str:
        """What it prints, once it has succeeded."""
        running = self.start(function, event, **more)
        output, errors = running.communicate(timeout=PATIENCE_S)
        assert running.returncode == 0, output + errors
        return output

    def refusal(self, function: str, event: str, **more: str) -> str:
        """What it says, once it has failed."""
        running = self.start(function, event, **more)
        output, errors = running.communicate(timeout=PATIENCE_S)
        assert (running.returncode, "Traceback" in errors) == (1, False), output + errors
        return errors

    def seen(self) -> dict:
        return json.loads(self.seen_file.read_text())

    def option(self, name: str) -> str:
        arguments = self.seen()["arguments"]
        return arguments[arguments.index(name) + 1]

    @property
    def endpoint_of(self) -> str:
        """For the stand-in: where the webhook's URL is read."""
        return f"{self.stack.api_url.removeprefix(self.stack.endpoint_url)} {self.stack.api_key}"

    def v1(self, api, path: str) -> dict:
        return api.v1(self.stack.api_key, "GET", path).json()


@pytest.fixture
def invocation(stack, tmp_path) -> Invocation:
    return Invocation(stack, tmp_path)


def message_of(invocation: Invocation) -> dict:
    return json.loads(invocation.seen()["event"]["Records"][0]["body"])


def ports_of(output: str) -> list[int]:
    return [int(port) for port in re.findall(r"host\.docker\.internal:(\d+)", output)]


@pytest.mark.parametrize("event", EVENTS)
def test_every_sample_event_is_filled_in_for_its_function(invocation, event):
    function = FUNCTIONS[event.split("-")[0]]
    invocation.run(function, event)
    seen = invocation.seen()
    assert seen["arguments"][:3] == ["local", "invoke", function]
    assert "your" not in json.dumps(seen["event"]).lower()
    assert "call_bulk789" not in json.dumps(seen["event"])
    assert list(seen["variables"]) == [function]
    assert (seen["stack"], seen["region"]) == (200, invocation.stack.region)
    assert invocation.option("--parameter-overrides") == f"Architecture={MACHINE}"


def test_a_delivery_goes_to_an_endpoint_of_this_machine_whose_webhook_is_disabled_afterwards(invocation, api):
    output = invocation.run("Deliver", "delivery", ENDPOINT_OF=invocation.endpoint_of)
    seen, message = invocation.seen(), message_of(invocation)
    assert seen["endpoint"] == 200
    assert invocation.option("--add-host") == f"host.docker.internal:{BRIDGE}"
    trusted = seen["variables"]["Deliver"]["TRUSTED_NETWORKS"].split(",")
    assert trusted[-1] == f"{BRIDGE}/32"
    assert "The endpoint got POST /call-finished" in output
    assert invocation.v1(api, f"/calls/{message['callId']}")["status"] == "finished"
    webhook = invocation.v1(api, f"/webhooks/{message['webhookId']}")
    assert (webhook["status"], webhook["disabledReason"]) == ("disabled", "owner")
    assert len(ports_of(output)) == 2


def test_a_second_delivery_uses_the_webhook_of_the_first(invocation):
    invocation.run("Deliver", "delivery")
    first = message_of(invocation)
    invocation.run("Deliver", "delivery", ENDPOINT_OF=invocation.endpoint_of)
    second = message_of(invocation)
    assert first["webhookId"] == second["webhookId"]
    assert first["deliveryId"] != second["deliveryId"]
    assert invocation.seen()["endpoint"] == 200


def test_the_stack_sends_nothing_to_the_endpoint_of_the_container(invocation, api, all_delivered):
    invocation.run("Deliver", "delivery")
    all_delivered()
    message = message_of(invocation)
    rows = invocation.v1(api, f"/webhooks/{message['webhookId']}/deliveries")["items"]
    assert [row for row in rows if row["callId"] == message["callId"]] == []


def test_a_relayed_call_is_queued_and_only_the_stack_is_reached(invocation, api):
    output = invocation.run("Relay", "committed-call")
    call = invocation.seen()["event"]["Records"][0]["dynamodb"]["Keys"]["id"]["S"]
    assert invocation.v1(api, f"/calls/{call}")["status"] == "queued"
    assert "TRUSTED_NETWORKS" not in invocation.seen()["variables"]["Relay"]
    assert len(ports_of(output)) == 1


def test_a_function_that_needs_no_endpoint_trusts_no_more_than_on_the_stack(invocation):
    invocation.run("Deliver", "inbound-get")
    assert BRIDGE not in invocation.seen()["variables"]["Deliver"]["TRUSTED_NETWORKS"]


def test_docker_desktop_needs_no_relay(invocation):
    invocation.put_docker("Docker Desktop", [])
    invocation.run("Deliver", "delivery", ENDPOINT_OF=invocation.endpoint_of)
    seen = invocation.seen()
    assert "--add-host" not in seen["arguments"]
    assert "192.168.0.0/16" in seen["variables"]["Deliver"]["TRUSTED_NETWORKS"]
    assert seen["endpoint"] == 200


def test_a_bridge_that_does_not_name_its_gateway_is_the_first_address_of_its_network(invocation):
    invocation.put_docker("Ubuntu 24.04", [{"Subnet": "fd00::/64"}, {"Subnet": "127.0.0.16/28"}])
    invocation.run("Relay", "committed-call")
    assert invocation.option("--add-host") == "host.docker.internal:127.0.0.17"


def test_what_sam_args_says_is_handed_to_sam(invocation):
    invocation.run("Manage", "manage-list-webhooks", SAM_ARGS="--skip-pull-image --invoke-image 'my image'")
    assert invocation.seen()["arguments"][-3:] == ["--skip-pull-image", "--invoke-image", "my image"]


@pytest.mark.parametrize(("sent", "to_sam_too", "code"), [(signal.SIGINT, True, 130), (signal.SIGTERM, False, 143)])
def test_an_interrupted_invocation_cleans_up(invocation, api, sent, to_sam_too, code):
    running = invocation.start("Deliver", "delivery", HANG="1")
    deadline = time.monotonic() + PATIENCE_S
    while not invocation.seen_file.exists():
        assert running.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    if to_sam_too:  # as a terminal does
        os.killpg(running.pid, sent)
    else:
        running.send_signal(sent)
    _, errors = running.communicate(timeout=PATIENCE_S)
    assert (running.returncode, "Traceback" in errors) == (code, False), errors
    assert invocation.seen()["ended by"] == "SIGINT"
    assert invocation.v1(api, f"/webhooks/{message_of(invocation)['webhookId']}")["status"] == "disabled"


def test_an_error_of_the_function_is_an_error_of_the_command(invocation):
    invocation.put("sam", '#!/bin/sh\necho \'{"errorType":"Runtime.ExitError","errorMessage":"exit 1"}\'\n')
    running = invocation.start("Relay", "committed-call")
    assert running.wait(PATIENCE_S) == 1
    assert "Runtime.ExitError" in running.stdout.read()


def test_a_taken_address_on_the_bridge_is_named(invocation):
    with socket.create_server((BRIDGE, int(invocation.stack.endpoint_url.rpartition(":")[2]))):
        assert f"cannot listen on Docker's bridge, {BRIDGE}:" in invocation.refusal("Relay", "committed-call")


def test_an_unknown_function_is_refused_with_those_there_are(invocation):
    said = invocation.refusal("Inbuond", "inbound-accepted")
    assert "FN is 'Inbuond'" in said
    assert all(function in said for function in FUNCTIONS.values())


def test_an_unknown_event_is_refused_with_those_there_are(invocation):
    said = invocation.refusal("Inbound", "")
    assert "EVENT is not set" in said
    assert all(event in said for event in EVENTS)


def test_without_a_stack_it_says_how_to_start_one(invocation, tmp_path):
    assert "`make up`" in invocation.refusal("Inbound", "inbound-accepted", STATE_DIR=str(tmp_path))


def test_without_docker_it_says_so(invocation):
    (invocation.folder / "bin" / "docker").unlink()
    said = invocation.refusal("Inbound", "inbound-accepted", PATH=f"{invocation.folder}/bin")
    assert "docker is missing" in said


def test_a_docker_that_does_not_answer_is_quoted(invocation):
    invocation.put("docker", "#!/bin/sh\necho 'Cannot connect to the Docker daemon' >&2; exit 1\n")
    assert "Cannot connect to the Docker daemon" in invocation.refusal("Inbound", "inbound-accepted")


def test_without_a_build_it_says_how_to_make_one(invocation):
    (invocation.folder / "build" / "Inbound" / "bootstrap").unlink()
    said = invocation.refusal("Inbound", "inbound-accepted")
    assert f"`sam build --parameter-overrides Architecture={MACHINE}`" in said


def test_a_build_for_another_machine_is_refused(invocation):
    other = next(name for name in E_MACHINE if name != MACHINE)
    invocation.build("Inbound", machine=other)
    assert f"is not for this machine, which is {MACHINE}" in invocation.refusal("Inbound", "inbound-accepted")
