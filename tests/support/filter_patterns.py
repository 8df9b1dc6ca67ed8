"""CloudWatch's filter patterns for lines that are JSON: as much of them as infra/ uses.

    { $.level = "ERROR" }                            a property is this text
    { $.last IS TRUE && $.outcome != "succeeded" }   both; a property that is not there is not unequal
    { $.attempt = 1 && $.waited_ms = * }             a number; any text or number

Whatever else is written is refused, so that nothing is held against a guess of what CloudWatch would do.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
"""

import json
import re
from collections.abc import Callable

Condition = Callable[[dict], bool]
# A name with a dot would be written in brackets. None is needed so far.
CONDITION = re.compile(
    r'\$\.(?P<name>[A-Za-z0-9_-]+) (?:(?P<sign>=|!=) (?:"(?P<text>[^"*]*)"|(?P<number>\d+)|(?P<any>\*))|IS TRUE)'
)
SELECTOR = re.compile(r"\$\.([A-Za-z0-9_-]+)")


class UnknownPattern(ValueError):
    pass


def matches(pattern: str, line: str) -> bool:
    condition = parsed(pattern)
    try:
        properties = json.loads(line)
    except ValueError:
        return False
    return isinstance(properties, dict) and condition(properties)


def value_of(selector: str, line: str):
    """What a filter counts for a line that it matches, or gives as a dimension: a number or text, or a property."""
    if not selector.startswith("$"):
        return selector
    found = SELECTOR.fullmatch(selector)
    if not found:
        raise UnknownPattern(selector)
    return json.loads(line).get(found[1])


def parsed(pattern: str) -> Condition:
    whole = re.fullmatch(r"\{ (.+) \}", pattern)
    if not whole:
        raise UnknownPattern(pattern)
    alternatives = [[_condition(part) for part in alternative.split(" && ")] for alternative in whole[1].split(" || ")]
    return lambda properties: any(all(holds(properties) for holds in all_of) for all_of in alternatives)


def _condition(text: str) -> Condition:
    found = CONDITION.fullmatch(text)
    if not found:
        raise UnknownPattern(text)
    name, is_any, number = found["name"], found["any"], found["number"]
    if not found["sign"]:
        return lambda properties: properties.get(name) is True
    if is_any:
        return _compared(found["sign"], name, lambda _: True)
    wanted = int(number) if number else found["text"]
    return _compared(found["sign"], name, lambda value: type(value) is type(wanted) and value == wanted)


def _compared(sign: str, name: str, is_it: Callable[[object], bool]) -> Condition:
    # Nothing, a list or an object is neither equal nor unequal.
    def holds(properties: dict) -> bool:
        value = properties.get(name)
        return isinstance(value, str | int | float) and is_it(value) == (sign == "=")

    return holds
