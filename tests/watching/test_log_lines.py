"""No failure is a line that nothing counts: what the functions have logged in this run, so far."""

import json

import pytest

from filter_patterns import matches
from infra.local.cloudformation import of_type, read_template
from log_lines import lines_of
from nested_stacks import FILTERS

FUNCTIONS = list(of_type(read_template(), "AWS::Serverless::Function"))
# How a function ends whose variables it cannot use. The invocation counts as an error of the function.
COULD_NOT_START = ("Error: ", "Caused by:", "    ")


@pytest.fixture(scope="module", params=FUNCTIONS)
def logged(stack, request) -> tuple[str, list[str]]:
    return request.param, lines_of(stack, request.param)


def test_a_line_is_an_object_with_a_level(logged):
    _, lines = logged
    for line in lines:
        if line.strip() and not line.startswith(COULD_NOT_START):
            assert json.loads(line)["level"] in ("INFO", "WARN", "ERROR"), line


def test_a_line_that_tells_of_an_error_is_counted(logged):
    function, lines = logged
    pattern = FILTERS[f"{function}ErrorLines"]["FilterPattern"]
    for line in lines:
        assert matches(pattern, line) is ('"level":"ERROR"' in line), line
