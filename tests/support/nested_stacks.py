"""The stacks of alarms and of the dashboard: as they are written, and with the names of the stack under test."""

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts import eventually
from deployed_stack import Stack
from infra.local.cloudformation import of_type, read_template

INFRA = Path(__file__).resolve().parents[2] / "infra"
ALARMS_TEMPLATE = read_template(INFRA / "alarms.yaml")
ALARMS = of_type(ALARMS_TEMPLATE, "AWS::CloudWatch::Alarm")
DASHBOARD_TEMPLATE = read_template(INFRA / "dashboard.yaml")
# What is counted in logs, by the name of its metric.
FILTERS_OF_ALARMS = of_type(ALARMS_TEMPLATE, "AWS::Logs::MetricFilter")
FILTERS_OF_DASHBOARD = of_type(DASHBOARD_TEMPLATE, "AWS::Logs::MetricFilter")
FILTERS = {**FILTERS_OF_ALARMS, **FILTERS_OF_DASHBOARD}
STACK_NAME = "webhooks"
REGION = "us-east-1"
TOPIC = "arn:aws:sns:us-east-1:000000000000:alarms"


def parameters(stack: Stack, nested: dict) -> dict[str, str]:
    """What template.yaml hands down to it."""
    given = {"Stack": STACK_NAME, "AlarmTopic": TOPIC}
    for name in nested["Parameters"].keys() - given.keys():
        # Of a queue it is the name: the last part of its URL.
        physical = stack.physical_ids[name]
        given[name] = physical.rsplit("/", 1)[1] if "://" in physical else physical
    return {name: given[name] for name in nested["Parameters"]}


def resolved(value, given: dict[str, str]):
    """With the parameters' values in the place of their names."""
    match value:
        case {"Ref": name}:
            return given[name]
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], text.replace("${AWS::Region}", REGION))
        case dict():
            return {key: resolved(inside, given) for key, inside in value.items()}
        case list():
            return [resolved(inside, given) for inside in value]
    return value


@contextmanager
def deployed(stack: Stack, nested: dict, given: dict[str, str]) -> Iterator[None]:
    """A nested stack as one by itself: it is there, and then no more."""
    cloudformation, s3 = stack.client("cloudformation"), stack.client("s3")
    name = f"nested-{uuid.uuid4().hex[:8]}"
    # As sam does it: it is too large for a request.
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="template", Body=json.dumps(nested).encode())
    cloudformation.create_stack(
        StackName=name,
        TemplateURL=f"{stack.endpoint_url}/{name}/template",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
    )

    def status() -> str:
        return cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]

    try:
        eventually(lambda: not status().endswith("IN_PROGRESS"), "the nested stack is made")
        assert status() == "CREATE_COMPLETE", cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        yield
    finally:
        cloudformation.delete_stack(StackName=name)
