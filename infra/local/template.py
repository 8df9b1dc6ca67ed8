"""template.yaml as the emulator gets it: the same resources, with the few values that differ on this machine."""

import os
import platform
import ssl
from pathlib import Path

import botocore
import yaml

from settings import CHECKOUT

# The emulator takes an API's id from a tag, so the URL is known before the deployment.
API_ID = "c0ffee00"
FUNCTION = "AWS::Serverless::Function"
# Batches of one queue at once: each is a process here. A number and no parameter, whose value the emulator takes for a text.
CONCURRENCY = 16


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, read into the long ones."""


def _intrinsic(loader: _Loader, suffix: str, node: yaml.Node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _intrinsic)


def load() -> dict:
    with open(CHECKOUT / "template.yaml", encoding="utf-8") as file:
        return yaml.load(file, Loader=_Loader)  # noqa: S506 (a SafeLoader with CloudFormation's tags)


def functions(template: dict) -> dict[str, str]:
    """The package of each function, by logical id."""
    return {
        name: Path(resource["Properties"]["CodeUri"]).name
        for name, resource in template["Resources"].items()
        if resource["Type"] == FUNCTION
    }


def localise(template: dict, code: dict[str, str]) -> dict:
    """Puts the built code, the pinned API id and this host's certificates in; `code` is by logical id."""
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == FUNCTION:
            properties["CodeUri"] = code[name]
            for event in properties.get("Events", {}).values():
                if "ScalingConfig" in event["Properties"]:
                    event["Properties"]["ScalingConfig"] = {"MaximumConcurrency": CONCURRENCY}
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
    return {
        "Architecture": architecture(),
        "TrustedNetworks": "127.0.0.0/8,::1/128",
        "PublicUrl": api_url,
    }


def _speak_the_emulators_iam(statement: dict) -> None:
    """MiniStack 1.5.33 enforces IAM as AWS does, but for three things that it would deny and AWS allows."""
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    if "sqs:SendMessage" in actions:  # AWS authorises a batch as SendMessage
        statement["Action"] = [*actions, "sqs:SendMessageBatch"]
    if any(action.startswith("kms:") for action in actions):  # it does not know the encryption context as a condition
        statement.pop("Condition", None)
    if "scheduler:CreateSchedule" in actions:  # it looks for every schedule in the group "default"
        statement["Resource"] = {"Fn::Sub": "arn:aws:scheduler:${AWS::Region}:${AWS::AccountId}:schedule/default/*"}


def _certificates() -> str:
    """This host's root certificates, or those that botocore brings."""
    return ssl.get_default_verify_paths().cafile or os.path.join(os.path.dirname(botocore.__file__), "cacert.pem")
