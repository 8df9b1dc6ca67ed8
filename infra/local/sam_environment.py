"""The file for `sam local invoke --env-vars`: each function's variables as they are in the local stack."""

from pathlib import Path

from containers import HOST
from emulator import Emulator
from settings import STACK_NAME, write_json

# Amazon Linux's bundle, as in the template; the local stack itself has the host's.
CERTIFICATES = "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"


def write(emulator: Emulator, functions: list[str], path: Path) -> None:
    """`functions` are logical ids. In sam's container the certificates are Amazon Linux's."""
    cloudformation, lambda_ = emulator.client("cloudformation"), emulator.client("lambda")
    resources = cloudformation.describe_stack_resources(StackName=STACK_NAME)["StackResources"]
    physical = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
    variables = {}
    for name in functions:
        deployed = lambda_.get_function_configuration(FunctionName=physical[name])["Environment"]["Variables"]
        # Written out, since sam otherwise hands over the one of the shell.
        deployed["SSL_CERT_FILE"] = CERTIFICATES
        variables[name] = {**deployed, "ENDPOINT_URL": f"http://{HOST}:{emulator.port}"}
    write_json(path, variables)
