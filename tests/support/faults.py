"""Functions that are pointed at what is not there, to see what they do when something they depend on fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from accounts import eventually
from deployed_stack import Stack


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
def without_consumer(stack: Stack, function: str, queue_url: str) -> Iterator[None]:
    """Nothing is taken from this queue by this function."""
    functions = stack.client("lambda")
    queue_arn = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])["Attributes"]
    mappings = functions.list_event_source_mappings(
        FunctionName=stack.function_name(function), EventSourceArn=queue_arn["QueueArn"]
    )
    (mapping,) = mappings["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


@contextmanager
def visible_after(stack: Stack, queue_url: str, seconds: int) -> Iterator[None]:
    """What a function took from this queue and did not finish comes again after so many seconds."""
    sqs, name = stack.client("sqs"), "VisibilityTimeout"
    before = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={name: str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=before)


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
