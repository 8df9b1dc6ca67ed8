"""The stand-in for CloudWatch's filter patterns, by the examples of its documentation."""

import pytest

from filter_patterns import UnknownPattern, matches

LINE = '{"level":"ERROR","code":"panic","attempt":1,"last":true,"nested":{"a":1}}'


@pytest.mark.parametrize(
    ("pattern", "is_matched"),
    [
        ('{ $.level = "ERROR" }', True),
        ('{ $.level = "ERR" }', False),
        ('{ $.level != "INFO" }', True),
        ('{ $.level != "ERROR" }', False),
        ('{ $.absent = "ERROR" }', False),
        ('{ $.absent != "ERROR" }', False),
        ("{ $.code = * }", True),
        ("{ $.attempt = * }", True),
        ("{ $.absent = * }", False),
        ("{ $.nested = * }", False),
        ("{ $.attempt = 1 }", True),
        ("{ $.attempt = 2 }", False),
        ('{ $.attempt = "1" }', False),
        ("{ $.last IS TRUE }", True),
        ("{ $.code IS TRUE }", False),
        ('{ $.level = "ERROR" && $.code = "panic" }', True),
        ('{ $.level = "ERROR" && $.code = "dns" }', False),
        ('{ $.level = "INFO" || $.code = "panic" }', True),
        ('{ $.level = "ERROR" && $.attempt = 2 || $.last IS TRUE }', True),
    ],
)
def test_a_pattern_matches_what_it_matches_in_cloudwatch(pattern, is_matched):
    assert matches(pattern, LINE) is is_matched


@pytest.mark.parametrize("line", ["", "START RequestId: 1", '"level"', "[1]", "Error: level ERROR"])
def test_a_line_that_is_no_object_is_not_matched(line):
    assert not matches('{ $.level != "x" }', line)


@pytest.mark.parametrize(
    "pattern",
    [
        "ERROR",
        "",
        '$.level = "ERROR"',
        '{ $.level = "ER*" }',
        '{ $.level = "*" }',
        '{ $.call.id = "x" }',
        "{ $.['call.id'] = * }",
        "{ $.attempt > 1 }",
        "{ ($.attempt = 1) }",
        "{ $.level = %E% }",
        "{ $.level NOT EXISTS }",
    ],
)
def test_what_the_stand_in_does_not_know_is_refused(pattern):
    with pytest.raises(UnknownPattern):
        matches(pattern, LINE)
