"""Every failure is a line that something counts, and every filter counts something: what the whole run has logged.

Comes after all other tests (tests/conftest.py).
"""

import json

import pytest

from filter_patterns import matches
from infra.local.cloudformation import of_type, read_template
from log_lines import lines_of
from nested_stacks import FILTERS

FUNCTIONS = list(of_type(read_template(), "AWS::Serverless::Function"))
# How a function ends whose variables it cannot use. The invocation counts as an error of the function.
COULD_NOT_START = ("Error: ", "Caused by:", "    ")
# The emulator writes no access log. test_rehearsal.py has a line in the template's format.
OF_API_GATEWAY = ["RefusedAsTooMany"]


@pytest.fixture(scope="module")
def logs(stack, day, everything_has_failed) -> dict[str, list[str]]:
    return {function: lines_of(stack, function) for function in FUNCTIONS}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_line_is_an_object_with_a_level(logs, function):
    for line in logs[function]:
        if line.strip() and not line.startswith(COULD_NOT_START):
            assert json.loads(line)["level"] in ("INFO", "WARN", "ERROR"), line


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_line_that_tells_of_an_error_is_counted_and_no_other(logs, function):
    pattern = FILTERS[f"{function}ErrorLines"]["FilterPattern"]
    for line in logs[function]:
        assert matches(pattern, line) is ('"level":"ERROR"' in line), line


@pytest.mark.parametrize("name", [name for name in FILTERS if name not in OF_API_GATEWAY])
def test_every_filter_counts_a_line_of_the_run(logs, name):
    properties = FILTERS[name]
    lines = logs[properties["LogGroupName"]["Ref"].removesuffix("Logs")]
    assert any(matches(properties["FilterPattern"], line) for line in lines)
