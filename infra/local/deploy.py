"""The template in the emulator: created once, updated in place where the template or a binary changed."""

import hashlib
import json
import time

from botocore.exceptions import ClientError

import template
from build import Binary
from emulator import Emulator
from settings import STACK_NAME, Problem, step

BUCKET = "functions"
TEMPLATE_KEY = "template.json"
# What the deployed stack was made of, kept on the stack itself.
FINGERPRINT = "fingerprint"


def api_url(emulator: Emulator) -> str:
    """By path instead of by host name: `*.localhost` does not resolve everywhere."""
    return f"{emulator.url}/_aws/execute-api/{template.API_ID}"


def deploy(emulator: Emulator, described: dict, binaries: dict[str, Binary]) -> dict[str, str]:
    """Brings the stack to `described` and the binaries; answers its outputs."""
    code = _upload(emulator, template.functions(described), binaries)
    body = json.dumps(template.localise(described, code), sort_keys=True)
    chosen = template.parameters(api_url(emulator))
    fingerprint = hashlib.sha256((body + json.dumps(chosen, sort_keys=True)).encode()).hexdigest()
    cloudformation = emulator.client("cloudformation")
    deployed = _describe(cloudformation)
    if deployed is not None and _fingerprint_of(deployed) == fingerprint:
        step("The stack is up to date")
        return _outputs(deployed)
    step("Deploying template.yaml" if deployed is None else "Updating the stack, data is kept")
    change = cloudformation.create_stack if deployed is None else cloudformation.update_stack
    # In a request a template has 51,200 bytes at most, with CloudFormation as with the emulator.
    emulator.client("s3").put_object(Bucket=BUCKET, Key=TEMPLATE_KEY, Body=body.encode())
    change(
        StackName=STACK_NAME,
        TemplateURL=f"{emulator.url}/{BUCKET}/{TEMPLATE_KEY}",
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in chosen.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Tags=[{"Key": FINGERPRINT, "Value": fingerprint}],
    )
    return _outputs(_await_completion(cloudformation))


def _upload(emulator: Emulator, functions: dict[str, str], binaries: dict[str, Binary]) -> dict[str, str]:
    """Uploads what is not there yet; answers each function's code by logical id."""
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket=BUCKET)
    present = {entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])}
    code = {}
    for name, package in functions.items():
        key = f"{package}-{binaries[package].digest[:16]}.zip"
        if key not in present:
            step(f"Uploading {package}")
            s3.put_object(Bucket=BUCKET, Key=key, Body=binaries[package].zipped())
        code[name] = f"s3://{BUCKET}/{key}"
    return code


def _describe(cloudformation) -> dict | None:
    try:
        return cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise


def _fingerprint_of(stack: dict) -> str | None:
    if not stack["StackStatus"].endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")):
        return None
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}.get(FINGERPRINT)


def _outputs(stack: dict) -> dict[str, str]:
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _await_completion(cloudformation) -> dict:
    while True:
        stack = _describe(cloudformation)
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        time.sleep(0.1)
    if stack["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=STACK_NAME)["StackEvents"]
        failed = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}"
            for e in events
            if e["ResourceStatus"].endswith("FAILED")
        ]
        raise Problem(
            "the template could not be deployed; `make down` and `make up` start afresh.\n  " + "\n  ".join(failed)
        )
    return stack
