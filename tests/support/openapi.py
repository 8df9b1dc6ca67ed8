"""infra/openapi.yaml as data: its operations, and whether an answer agrees with it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from api import Answer

DOCUMENT = Path(__file__).parents[2] / "infra" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
JSON = "application/json"


class _Loader(yaml.SafeLoader):
    """YAML takes the last of two equal keys; a route that stands there twice would hide one."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        repeated = {key for key in keys if keys.count(key) > 1}
        assert not repeated, f"line {node.start_mark.line + 1}: twice {repeated}"
        return super().construct_mapping(node, deep)


@cache
def document() -> dict:
    return yaml.load(DOCUMENT.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 (a SafeLoader)


def resolved(part: dict) -> dict:
    """A parameter, response or request body, where it may stand by reference."""
    if "$ref" not in part:
        return part
    found = document()
    for name in part["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    return found


@dataclass(frozen=True)
class Operation:
    id: str
    method: str
    path: str
    parameters: tuple[dict, ...]
    body: dict | None  # the schema of the request's body
    body_required: bool
    responses: dict[str, dict]
    security: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path

    @property
    def error_codes(self) -> dict[str, list[str]]:
        """The codes of each status that is an error of ours."""
        return {status: codes for status in self.responses if (codes := _codes(self.schema_of(status)))}

    @property
    def successes(self) -> list[str]:
        return [status for status in self.responses if status.startswith("2")]

    def schema_of(self, status: str) -> dict | None:
        return self.responses[status].get("content", {}).get(JSON, {}).get("schema")


def operations(section: str = "paths") -> list[Operation]:
    return [
        _operation(path, method, item)
        for path, item in document()[section].items()
        for method in METHODS
        if method in item
    ]


def operation(name: str) -> Operation:
    (found,) = [one for one in operations() if one.id == name]
    return found


def _operation(path: str, method: str, item: dict) -> Operation:
    described = item[method]
    parameters = [*item.get("parameters", []), *described.get("parameters", [])]
    body = resolved(described.get("requestBody", {}))
    security = described.get("security", document()["security"])
    return Operation(
        id=described["operationId"],
        method=method.upper(),
        path=path,
        parameters=tuple(resolved(parameter) for parameter in parameters),
        body=body.get("content", {}).get(JSON, {}).get("schema"),
        body_required=body.get("required", False),
        responses={status: resolved(response) for status, response in described["responses"].items()},
        security=tuple(scheme for either in security for scheme in either),
    )


def _codes(schema: dict | None) -> list[str]:
    """The codes that an answer of this schema may carry."""
    if schema is None:
        return []
    if "oneOf" in schema:
        return [code for one in schema["oneOf"] for code in _codes(one)]
    return schema.get("properties", {}).get("error", {}).get("properties", {}).get("code", {}).get("enum", [])


# whether a value agrees


def errors_in(schema: dict, value) -> list[str]:
    """What in `value` disagrees with a schema of the document. An undescribed field does."""
    whole = {**_closed(schema), "components": _closed_components()}
    if schema.keys() & {"$ref", "type", "allOf"}:
        whole.setdefault("unevaluatedProperties", False)
    found = Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def assert_documented(one: Operation, answer: Answer) -> None:
    """The status is described for this operation, and the body and headers are what is described for the status."""
    status = str(answer.status)
    assert status in one.responses, (one.id, answer)
    schema = one.schema_of(status)
    if schema is None:
        assert answer.body == b"", (one.id, answer)
    else:
        assert answer.headers["content-type"].partition(";")[0] == JSON, (one.id, answer)
        assert errors_in(schema, answer.json()) == [], (one.id, answer)
    for name, header in one.responses[status].get("headers", {}).items():
        assert name.lower() in answer.headers or not resolved(header).get("required"), (one.id, answer)


@cache
def _closed_components() -> dict:
    return _closed(document()["components"])


def _closed(part):
    """A copy in which no object has fields that are not described.

    The document leaves its answers open, so that a field can be added. `unevaluatedProperties` goes where a schema is
    used as a whole, and not on the parts that it is composed of.
    """
    if isinstance(part, list):
        return [_closed(one) for one in part]
    if not isinstance(part, dict):
        return part
    copy = {key: _closed(value) for key, value in part.items()}
    for key in ("properties", "items"):
        used = copy.get(key)
        schemas = used.values() if key == "properties" and used else [used]
        for schema in schemas:
            if isinstance(schema, dict) and schema.keys() & {"$ref", "type", "oneOf", "allOf", "anyOf"}:
                schema.setdefault("unevaluatedProperties", False)
    return copy


# examples


def examples() -> Iterator[tuple[str, dict, object]]:
    """Every example of the document: where it stands, its schema, its value."""
    yield from _examples_in("#", document())


def _examples_in(place: str, part) -> Iterator[tuple[str, dict, object]]:
    if isinstance(part, list):
        for index, one in enumerate(part):
            yield from _examples_in(f"{place}/{index}", one)
    if not isinstance(part, dict):
        return
    if isinstance(part.get("schema"), dict):
        if "example" in part:
            yield place, part["schema"], part["example"]
        for name, example in part.get("examples", {}).items():
            yield f"{place}/{name}", part["schema"], example["value"]
    elif isinstance(part.get("examples"), list):
        for example in part["examples"]:
            yield place, part, example
    for name, inner in part.items():
        if name not in ("example", "examples"):
            yield from _examples_in(f"{place}/{name}", inner)


def shape(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)
