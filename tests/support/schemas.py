"""The published JSON Schemas of the two queues."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parents[2] / "infra" / "schemas"


def schema_of(contract: str) -> dict:
    schema = json.loads((SCHEMAS / f"{contract}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return schema
