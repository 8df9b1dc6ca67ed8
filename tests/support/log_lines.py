"""What the functions of the stack under test have logged."""

from deployed_stack import Stack

# The platform writes them around an invocation.
PLATFORM_LINES = ("START RequestId:", "END RequestId:", "REPORT RequestId:", "INIT_START")


def lines_of(stack: Stack, function: str) -> list[str]:
    """Everything that a function has logged, without what the platform writes around it."""
    group = stack.physical_ids[f"{function}Logs"]
    pages = stack.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
    lines = [event["message"] for page in pages for event in page["events"]]
    return [line for line in lines if not line.startswith(PLATFORM_LINES)]
