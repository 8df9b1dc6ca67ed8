"""Where the functions' variables come from. A constant would be believed: no operators are all operators."""

import pytest

from infra.local.cloudformation import of_type, read_template

TEMPLATE = read_template()
FUNCTIONS = of_type(TEMPLATE, "AWS::Serverless::Function")
# How a variable's name ends -> how that of its resource does, the resource's type, and which value of it is meant.
KINDS = {
    "_TABLE": ("", "AWS::DynamoDB::Table", None),
    "_QUEUE_URL": ("Queue", "AWS::SQS::Queue", None),
    "_QUEUE_ARN": ("Queue", "AWS::SQS::Queue", "Arn"),
    "_DLQ_URL": ("DeadLetterQueue", "AWS::SQS::Queue", None),
    "_DLQ_ARN": ("DeadLetterQueue", "AWS::SQS::Queue", "Arn"),
    "_ROLE_ARN": ("Role", "AWS::IAM::Role", "Arn"),
}
# Those whose names do not say it.
OTHERS = {
    "SCHEDULE_GROUP": {"Ref": "DeliverySchedules"},
    "SCHEDULE_TARGET_ARN": {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:sendMessage"},
    "SCHEDULER_ROLE_ARN": {"Fn::GetAtt": ["DeliverySchedulerRole", "Arn"]},
    "SECRETS_KEY_ID": {"Fn::GetAtt": ["SecretsKey", "Arn"]},
}
CONSTANTS = {"ENDPOINT_URL": "", "SSL_CERT_FILE": "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}


def variables() -> list[tuple[str, str, object]]:
    every = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    own = [
        (function, *variable)
        for function, properties in FUNCTIONS.items()
        for variable in properties["Environment"]["Variables"].items()
    ]
    return [("every function", *variable) for variable in every.items()] + own


def in_pascal_case(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def expected(variable: str):
    """The resource of that name, or else the parameter."""
    if variable in OTHERS:
        return OTHERS[variable]
    for ending, (of_resource, kind, value) in KINDS.items():
        if variable.endswith(ending):
            name = in_pascal_case(variable.removesuffix(ending)) + of_resource
            assert TEMPLATE["Resources"][name]["Type"] == kind, name
            return {"Fn::GetAtt": [name, value]} if value else {"Ref": name}
    name = in_pascal_case(variable)
    assert name in TEMPLATE["Parameters"], name
    return {"Ref": name}


@pytest.mark.parametrize(("function", "variable", "value"), variables())
def test_a_variable_has_the_value_of_the_parameter_or_the_resource_that_it_is_named_after(function, variable, value):
    assert value == (CONSTANTS[variable] if variable in CONSTANTS else expected(variable))
