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
    _configure(functions, name, Environment={"Variables": {**before, **variables}})
    try:
        yield
    finally:
        _configure(functions, name, Environment={"Variables": before})


@contextmanager
def killed_after(stack: Stack, function: str, seconds: int) -> Iterator[None]:
    """Runs a function whose process is killed when an invocation takes longer than this, then as before."""
    functions = stack.client("lambda")
    name = stack.function_name(function)
    before = functions.get_function_configuration(FunctionName=name)["Timeout"]
    _configure(functions, name, Timeout=seconds)
    try:
        yield
    finally:
        _configure(functions, name, Timeout=before)


def gone(queue_url: str) -> str:
    """A queue's URL, with no queue behind it."""
    return queue_url.replace(".fifo", "-gone.fifo")


def _configure(functions, name: str, **change) -> None:
    functions.update_function_configuration(FunctionName=name, **change)
    eventually(
        lambda: (
            functions.get_function_configuration(FunctionName=name).get("LastUpdateStatus", "Successful")
            == "Successful"
        ),
        f"{name} is configured",
    )
