"""The presets, and what the APIs take that payloads are for: tests/presets/apis has a JSON Schema of each."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

from infra.local.settings import CHECKOUT

APIS = CHECKOUT / "tests" / "presets" / "apis"
# Of a whole body, where the reference has such a limit.
MAX_BYTES = {"microsoft-teams": 28 * 1024, "google-chat": 32_000}
# What a request must have brought along, or the API refuses the result.
NEEDED_METADATA = {"followup-boss-call": "personId"}


def presets(kind: str) -> dict[str, dict]:
    """The presets of a kind by their ids, as their files have them."""
    files = sorted(Path(CHECKOUT, "shared", "presets", "presets").glob("*.json"))
    read = [json.loads(file.read_text(encoding="utf-8")) for file in files]
    return {preset["id"]: preset for preset in read if preset["kind"] == kind}


PAYLOADS = presets("payload")
MAPPINGS = presets("mapping")


@cache
def api_of(preset: str) -> Draft202012Validator:
    schema = json.loads((APIS / f"{preset}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read(preset: str, body: str):
    """A body as its receiver reads it."""
    if "form" not in PAYLOADS[preset]["payload"]:
        return json.loads(body)
    fields = parse_qsl(body, keep_blank_values=True, strict_parsing=True)
    assert max(Counter(name for name, _ in fields).values()) == 1, "a field stands there twice"
    return dict(fields)


def refusals(preset: str, body: str) -> list[str]:
    """Why the API would refuse a body; empty when it takes it."""
    found = [f"{error.json_path}: {error.message[:300]}" for error in api_of(preset).iter_errors(read(preset, body))]
    size = len(body.encode())
    if size > MAX_BYTES.get(preset, size):
        found.append(f"it has {size} bytes")
    return found
