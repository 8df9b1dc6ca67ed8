"""Completions as a dialer writes them."""

import itertools
import random
import string
import time
import uuid

_numbers = itertools.count(1)

TRANSCRIPT = [
    {"who": "assistant", "what": "Hi, is this Jannetje?", "when": "2024-04-30T14:00:03.000Z"},
    {"who": "user", "what": "Yes, speaking. Who is calling?", "when": "2024-04-30T14:00:05.000Z"},
]

RESULTS = {
    "summary": "Jannetje expressed interest in the enterprise plan and asked about pricing.",
    "transcript": TRANSCRIPT,
    "recording": "https://recordings.example/jannetje-quillhaven.mp3",
    "duration": 142,
    "analysis": {
        "sentiment": "positive",
        "lead_warmth": "hot",
        "justification": "Expressed immediate interest and asked specific pricing questions.",
    },
    "actionItems": ["Send the enterprise price list to Jannetje", "Call back on Thursday"],
    "tokensConsumed": 1,
}

RECIPIENT = {
    "phoneNumber": "+15558675309",
    "firstName": "Jannetje",
    "lastName": "van Quillhaven",
    "email": "jannetje@quillhaven.example",
    "companyName": "Quillhaven Realty BV",
    "address1": "123 Harbour View",
    "address2": "Apartment 9c",
    "city": "Zwijndrecht",
    "state": "TX",
    "zipCode": "78701-1234",
    "note": "VIP lead: prefers mornings",
}


def of_job(job: dict, status: str = "finished", **results) -> dict:
    """The completion of a call this system queued, with only the results that are named."""
    return {
        "version": 1,
        "type": "call.completion",
        "callId": job["callId"],
        "accountId": job["accountId"],
        "source": "inbound",
        "status": status,
        "finishedAt": int(time.time() * 1000),
        **results,
    }


def of_elsewhere(
    account, source: str = "campaign", status: str = "finished", recipient: dict | None = None, **results
) -> dict:
    """The completion of a bulk campaign's call or of a test call, which this system has never seen."""
    return {
        "version": 1,
        "type": "call.completion",
        "callId": unknown_call_id(),
        "accountId": account.id,
        "source": source,
        "status": status,
        "finishedAt": int(time.time() * 1000),
        "campaign": {"id": "cmp_bulk_winter", "name": "Winter Outreach"},
        "recipient": recipient or {"phoneNumber": f"+1556{next(_numbers):07d}"},
        **results,
    }


def unknown_call_id() -> str:
    return f"call_{uuid.uuid4().hex}"


def spoken(characters: int, alphabet: str = string.ascii_letters + string.digits + "+/", seed: int = 7) -> list[dict]:
    """A transcript of that many random characters: hardly compressible, as ordinary speech never is."""
    text = "".join(random.Random(seed).choices(alphabet, k=characters))
    return [{"who": "user", "what": text, "when": "2024-04-30T14:00:05.000Z"}]


def rambling(characters: int) -> list[dict]:
    """A transcript of that many characters that compresses well."""
    turn = {
        "who": "user",
        "what": "Well, as I said before, it depends on the price. " * 20,
        "when": "2024-04-30T14:00:05.000Z",
    }
    return [turn] * (characters // len(turn["what"]))
