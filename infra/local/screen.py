"""How the demo prints its story: numbered headings, aligned lines, JSON that takes no more lines than it needs."""

import json

WIDTH = 120
MARGIN, LABEL = 3, 21


def heading(number: int, text: str) -> None:
    print(f"\n{number}. {text}\n", flush=True)


def line(label: str, *values: str) -> None:
    """A label, and beside it one value or some below each other."""
    for value in values:
        print(f"{'':{MARGIN}}{label:{LABEL}}{value}".rstrip(), flush=True)
        label = ""


def remark(text: str) -> None:
    print(f"{'':{MARGIN}}{text}", flush=True)


def show(value: dict) -> None:
    for row in _written(value, WIDTH - MARGIN).splitlines():
        print(f"{'':{MARGIN}}{row}")


def _written(value, room: int, label: str = "") -> str:
    """On one line where that fits into `room`, else an item a line."""
    text = label + json.dumps(value, ensure_ascii=False)
    if len(text) < room or not isinstance(value, (dict, list)):  # a comma may follow
        return text
    if isinstance(value, list):
        items, (begin, end) = [_written(item, room - 2) for item in value], "[]"
    else:
        items, (begin, end) = [_written(item, room - 2, f"{json.dumps(name)}: ") for name, item in value.items()], "{}"
    inside = ",\n".join(items).replace("\n", "\n  ")
    return f"{label}{begin}\n  {inside}\n{end}"
