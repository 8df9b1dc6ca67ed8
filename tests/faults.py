"""Functions that are pointed at what is not there, to see what they do when something they depend on fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts import eventually
from stack import Stack


@contextmanager
def reconfigured(stack: Stack, function: str, **variables: str) -> Iterator[None]:
    """Runs a function with changed environment variables, then as before."""
    functions = stack.client("lambda")
    name = stack.function_name(function)
    before = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    _configure(functions, name, {**before, **variables})
    try:
        yield
    finally:
        _configure(functions, name, before)


def _configure(functions, name: str, variables: dict) -> None:
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
    eventually(
        lambda: (
            functions.get_function_configuration(FunctionName=name).get("LastUpdateStatus", "Successful")
            == "Successful"
        ),
        f"{name} is configured",
    )
