"""The seed's payload, written down a second time, key by key; nothing here looks at the product's code."""

import json
from urllib.parse import parse_qsl

RECIPIENT_KEYS = (
    "phoneNumber",
    "firstName",
    "lastName",
    "email",
    "address1",
    "address2",
    "city",
    "state",
    "zipCode",
    "note",
)

FINISHED_DEFAULTS = {
    "summary": "",
    "transcript": [],
    "recording": None,
    "duration": 0,
    "analysis": {"sentiment": "neutral", "lead_warmth": "unknown", "justification": ""},
    "tokensConsumed": 0,
}


def written(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def finished(webhook_id: str, completion: dict, recipient: dict, campaign: dict) -> bytes:
    """The body of `call.finished`: every call field, with its default where the call has none."""
    results = {key: completion.get(key, default) for key, default in FINISHED_DEFAULTS.items()}
    return _body("call.finished", webhook_id, completion, recipient, campaign, results)


def completed(webhook_id: str, completion: dict, recipient: dict, campaign: dict) -> bytes:
    """The body of `call.completed`: an absent call field is left out."""
    results = {key: completion[key] for key in FINISHED_DEFAULTS if key in completion}
    return _body("call.completed", webhook_id, completion, recipient, campaign, results)


def _body(event: str, webhook_id: str, completion: dict, recipient: dict, campaign: dict, results: dict) -> bytes:
    return written(
        {
            "type": event,
            "timestamp": completion["finishedAt"],
            "webhook": {"id": webhook_id, "type": "outbound"},
            "call": {
                "id": completion["callId"],
                "status": completion["status"],
                "recipient": {key: recipient[key] for key in RECIPIENT_KEYS if key in recipient},
                **results,
            },
            "campaign": {"id": campaign["id"], "name": campaign["name"]},
        }
    )


def query_pairs(payload: dict) -> list[tuple[str, str]]:
    """A GET delivery's parameters: dotted names in the payload's order, the transcript one JSON value, null empty."""
    pairs: list[tuple[str, str]] = []

    def walk(prefix: str, value) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(f"{prefix}.{key}" if prefix else key, inner)
        elif isinstance(value, list):
            pairs.append((prefix, written(value).decode()))
        else:
            text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            pairs.append((prefix, text))

    walk("", payload)
    return pairs


def parsed_query(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, strict_parsing=True)
