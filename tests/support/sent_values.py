"""Every secret and every piece of personal data the tests have sent or been given, for test_privacy.py to look for."""

import threading

# Shorter values ("TX", "142") would be found in any log by chance.
SHORTEST_TELLING = 5
LONGEST_KEPT = 80

# The documentation's own example, which messages quote to show what a phone number looks like.
EXAMPLE_PHONE = "+15551234567"

_lock = threading.Lock()
_values: dict[str, str] = {}


def remember(kind: str, value) -> None:
    """Keeps each text inside `value` under the name `kind`."""
    if isinstance(value, dict):
        for inner in value.values():
            remember(kind, inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            remember(kind, inner)
    elif isinstance(value, str):
        kept = value.strip()[:LONGEST_KEPT]
        if len(kept) >= SHORTEST_TELLING:
            with _lock:
                _values.setdefault(kept, kind)


def remember_phone(value) -> None:
    """Keeps a phone as it was written and as its last ten digits, which any spelling of it in a log would show."""
    text = str(value)
    if text == EXAMPLE_PHONE:
        return
    remember("phone number", text)
    digits = "".join(c for c in text if c in "0123456789")
    if len(digits) >= 7:
        remember("phone number", digits[-10:])


def remembered() -> dict[str, str]:
    """value -> what it is."""
    with _lock:
        return dict(_values)
