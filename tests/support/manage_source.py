"""The routes and error codes as the source of functions/manage has them: the one place where they cannot hide."""

import re
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "functions" / "manage" / "src"
FUNCTION = re.compile(r"\bfn (\w+)[(<]")
ARM = re.compile(r"^ +(\[[^\]\n]*\]) => ", re.MULTILINE)
METHOD = re.compile(r"\bMethod::([A-Z]+)\b")
CODE = re.compile(
    r'\b(?:new|conflict|unknown_reference|invalid_parameter)\(\s*(?:StatusCode::\w+,\s*)?"([a-z_]+)"|"(invalid_\w+)"'
)
CALLED = re.compile(r"\bself\.(route_\w+)\(")


def routes() -> set[tuple[str, str]]:
    """Method and path of every route, parameters as `{}`."""
    functions = _routing_functions()
    found = list(_routes_of("route", "", functions))
    everywhere = sum(len(METHOD.findall(code)) for code in _files())
    assert len(found) == everywhere, (
        f"{everywhere} methods are matched in {SOURCE.name}, and {len(found)} of them are read here: "
        "the router has a form that this module does not know"
    )
    assert len(set(found)) == len(found), found
    return set(found)


def error_codes() -> set[str]:
    return {first or second for code in _files() for first, second in CODE.findall(code)}


def _files() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(SOURCE.glob("**/*.rs"))]


def _routing_functions() -> dict[str, list[tuple[str, str]]]:
    """The arms, pattern and code, of each function that is called `route` or `route_…`."""
    functions: dict[str, list[tuple[str, str]]] = {}
    for file in _files():
        name_and_code = FUNCTION.split(file)[1:]
        for name, code in zip(name_and_code[::2], name_and_code[1::2], strict=True):
            if name == "route" or name.startswith("route_"):
                parts = ARM.split(code)[1:]
                functions[name] = list(zip(parts[::2], parts[1::2], strict=True))
    return functions


def _routes_of(function: str, prefix: str, functions: dict):
    for pattern, code in functions[function]:
        segments = [segment.strip() for segment in pattern.strip("[]").split(",") if segment.strip()]
        fixed = [segment for segment in segments if not segment.endswith("@ ..")]
        path = prefix + "".join("/" + (segment.strip('"') if '"' in segment else "{}") for segment in fixed)
        called = CALLED.search(code)
        if called:
            yield from _routes_of(called[1], path, functions)
        else:
            for method in METHOD.findall(code):
                yield method, path
