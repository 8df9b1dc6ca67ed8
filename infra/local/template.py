"""template.yaml as the emulator gets it: the same resources, with the few values that differ on this machine."""

import os
import platform
import ssl
from pathlib import Path

import botocore

from cloudformation import of_type

# How the portal looks and who may frame it, by parameter and by the variable that chooses it, as the function has it.
PORTAL = {
    "PortalName": "PORTAL_NAME",
    "PortalAccent": "PORTAL_ACCENT",
    "PortalFrameAncestors": "PORTAL_FRAME_ANCESTORS",
}
# The emulator takes an API's id from a tag, so the URL is known before the deployment.
API_ID = "c0ffee00"
FUNCTION = "AWS::Serverless::Function"
# Batches of one queue at once: each is a process here.
# A number and no parameter, whose value the emulator takes for a text.
MANY = 16
# Completions one batch after the other. Of two of one call at the same moment, one would wait until its queue shows it
# again, for three minutes. So it does on AWS, where no test waits for it.
CONCURRENCY = {"Fanout": 1}


def functions(template: dict) -> dict[str, str]:
    """The package of each function, by logical id."""
    return {name: Path(properties["CodeUri"]).name for name, properties in of_type(template, FUNCTION).items()}


def localise(template: dict, code: dict[str, str]) -> dict:
    """Puts the built code, the pinned API id and this host's certificates in; `code` is by logical id."""
    # They refuse what comes without TLS, and the emulator has none.
    for name in of_type(template, "AWS::SQS::QueuePolicy"):
        del template["Resources"][name]
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION:
            properties["CodeUri"] = code[name]
            for event in properties.get("Events", {}).values():
                if "ScalingConfig" in event["Properties"]:
                    event["Properties"]["ScalingConfig"] = {"MaximumConcurrency": CONCURRENCY.get(name, MANY)}
            variables = properties["Environment"]["Variables"]
            if "SCHEDULE_TARGET_ARN" in variables:  # the emulator's scheduler drops what has a universal target
                variables["SCHEDULE_TARGET_ARN"] = variables["SLOW_DELIVERIES_QUEUE_ARN"]
        elif resource["Type"] == "AWS::ApiGatewayV2::Api":
            properties["Tags"] = {"ms-custom-id": API_ID}
        elif resource["Type"] == "AWS::IAM::Role":
            for policy in properties.get("Policies", []):
                for statement in policy["PolicyDocument"]["Statement"]:
                    _speak_the_emulators_iam(statement)
    template["Globals"]["Function"]["Environment"]["Variables"]["SSL_CERT_FILE"] = _certificates()
    return template


def architecture() -> str:
    """Of this machine, by Lambda's name for it."""
    return "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"


def parameters(api_url: str) -> dict[str, str]:
    chosen = {name: os.environ.get(variable) for name, variable in PORTAL.items()}
    return {
        **{name: value for name, value in chosen.items() if value},
        "Architecture": architecture(),
        "TrustedNetworks": "127.0.0.0/8,::1/128",
        "PublicUrl": api_url,
    }


def _speak_the_emulators_iam(statement: dict) -> None:
    """MiniStack 1.5.33 enforces IAM as AWS does, but for four things that it would deny and AWS allows."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    if "sqs:SendMessage" in actions:  # AWS authorises a batch as SendMessage
        statement["Action"] = [*actions, "sqs:SendMessageBatch"]
    if any(action.startswith("kms:") for action in actions):  # it does not know the encryption context as a condition
        statement.pop("Condition", None)
    # It knows the attributes of a read only.
    if "dynamodb:UpdateItem" in actions and "dynamodb:Attributes" in str(statement.get("Condition")):
        statement.pop("Condition")
    if "scheduler:CreateSchedule" in actions:  # it looks for every schedule in the group "default"
        statement["Resource"] = {"Fn::Sub": "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/*"}


def _certificates() -> str:
    """This host's root certificates, or those that botocore brings."""
    return ssl.get_default_verify_paths().cafile or str(Path(botocore.__file__).with_name("cacert.pem"))
