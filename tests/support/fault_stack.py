"""The stack under faults: functions whose calls to AWS pass through proxies, queues that try again within seconds."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager

from accounts import eventually
from fault_plan import FaultPlan
from fault_proxy import Call, FaultProxy, Verdict
from faults import reconfigured
from killer import Killer
from queues import is_idle

# Those on a main job's way.
MAIN_JOB = ("Inbound", "Relay", "Fanout", "Deliver")

# Longer than the SDK tries one call (6 s), so that a message comes again when its first handling has ended.
VISIBILITY_SECONDS = 7

# Functions that are killed or fail take other cases' messages down with them.
MAX_RECEIVES = 100


def mappings_of_queues(stack) -> list[dict]:
    mappings = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    return [mapping for mapping in mappings if ":sqs:" in mapping["EventSourceArn"]]


@contextmanager
def taken_in_batches(stack, mapping: dict, size: int) -> Iterator[None]:
    functions = stack.client("lambda")
    functions.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=size)
    try:
        yield
    finally:
        functions.update_event_source_mapping(UUID=mapping["UUID"], BatchSize=mapping["BatchSize"])


def functions_of(stack, wanted: tuple[str, ...]) -> list[str]:
    return [function for function in wanted if function in stack.physical_ids]


def plan_of(stack) -> FaultPlan:
    return FaultPlan({physical: logical for logical, physical in stack.physical_ids.items() if physical})


@contextmanager
def spoiled(
    stack,
    judge: Callable[[Call], Verdict],
    functions: tuple[str, ...] = MAIN_JOB,
    killer: Killer | None = None,
    visible_after: int = VISIBILITY_SECONDS,
    batch_size: int = 10,
) -> Iterator[None]:
    """Leads the functions' calls through proxies, and shortens what SQS would wait for three minutes.

    With a batch size of 1 a function that dies takes no other message along. The queues come first and are restored
    last: a worker that is replaced while it is at a message of another test loses it for seconds, not for minutes.
    """
    sqs = stack.client("sqs")
    queue_urls = queues_of_functions(stack)
    with ExitStack() as restored:
        for queue_url in queue_urls:
            restored.enter_context(tried_again(sqs, queue_url, visible_after))
        for mapping in mappings_of_queues(stack):
            restored.enter_context(taken_in_batches(stack, mapping, batch_size))
        eventually(lambda: all(is_idle(sqs, queue_url) for queue_url in queue_urls), "nothing is being handled")
        proxies = {
            name: FaultProxy(name.lower(), stack.endpoint_url, judge, sqs, killer)
            for name in functions_of(stack, functions)
        }
        for proxy in proxies.values():
            restored.callback(proxy.close)
        led = [reconfigured(stack, name, ENDPOINT_URL=proxy.url) for name, proxy in proxies.items()]
        restored.enter_context(side_by_side(led))
        yield


@contextmanager
def led_through_a_proxy(stack, function: str, judge: Callable[[Call], Verdict]) -> Iterator[None]:
    """Runs one function with its calls to AWS told to `judge`."""
    proxy = FaultProxy(function.lower(), stack.endpoint_url, judge, stack.client("sqs"))
    try:
        with reconfigured(stack, function, ENDPOINT_URL=proxy.url):
            yield
    finally:
        proxy.close()


@contextmanager
def side_by_side(contexts: list[AbstractContextManager]) -> Iterator[None]:
    """Enters all at once, and leaves all at once: replacing a function takes half a second."""
    with ThreadPoolExecutor(len(contexts)) as pool:
        list(pool.map(lambda context: context.__enter__(), contexts))
        try:
            yield
        finally:
            list(pool.map(lambda context: context.__exit__(None, None, None), contexts))


def queues_of_functions(stack) -> list[str]:
    """The queues that feed a function."""
    sqs = stack.client("sqs")
    names = [mapping["EventSourceArn"].split(":")[-1] for mapping in mappings_of_queues(stack)]
    return [sqs.get_queue_url(QueueName=name)["QueueUrl"] for name in dict.fromkeys(names)]


@contextmanager
def tried_again(sqs, queue_url: str, after_seconds: int) -> Iterator[None]:
    """Messages that were not handled come again soon, and very often before they are dead letters."""
    names = ["VisibilityTimeout", "RedrivePolicy"]
    before = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    redrive = {**json.loads(before["RedrivePolicy"]), "maxReceiveCount": MAX_RECEIVES}
    changed = {"VisibilityTimeout": str(after_seconds), "RedrivePolicy": json.dumps(redrive)}
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=changed)
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=before)


def dead_letters_behind(stack) -> dict[str, int]:
    """How many messages each function's queue has given up, by the dead-letter queue's URL."""
    sqs, name = stack.client("sqs"), "ApproximateNumberOfMessages"
    counts = {}
    for queue_url in queues_of_functions(stack):
        dead = stack.dead_letter_queue_of(queue_url)
        counts[dead] = int(sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=[name])["Attributes"][name])
    return counts
