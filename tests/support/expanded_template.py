"""template.yaml as CloudFormation gets it: with SAM's own resources spelled out as those of AWS."""

from functools import cache

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from infra.local.cloudformation import of_type, read_template


@cache
def expanded_template() -> dict:
    template = read_template()
    for function in of_type(template, "AWS::Serverless::Function").values():
        function["CodeUri"] = "s3://code/function.zip"  # where `sam deploy` puts it
    return Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1")).translate(template, {})
