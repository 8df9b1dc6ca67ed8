"""The load of `make soak` in small: the same mixture, and the same accounts of it."""

from load import Load

SIZE = 200
PATIENCE = 30


def test_a_load_of_requests_and_completions_is_accounted_for_to_the_last_one(
    stack, api, jobs, dialer, dead_letters, receivers
):
    report = Load(stack, api, jobs, dialer, dead_letters, receivers).run(SIZE, PATIENCE)
    assert report.violations == []
