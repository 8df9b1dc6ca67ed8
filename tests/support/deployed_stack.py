"""The deployed stack under test, as the file named by STACK_FILE describes it."""

import json
import os
import threading
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import boto3
from botocore.config import Config

# boto3 sessions are not thread-safe while they create a client; the clients are.
_creating_a_client = threading.Lock()


@dataclass(frozen=True)
class Stack:
    endpoint_url: str
    api_url: str
    region: str
    access_key_id: str
    secret_access_key: str
    call_jobs_queue_url: str
    call_completions_queue_url: str
    account_id: str
    api_key: str

    @classmethod
    def from_environment(cls) -> "Stack":
        path = os.environ.get("STACK_FILE")
        if not path:
            raise RuntimeError("STACK_FILE is not set: it names the stack.json that `stack.py up` wrote")
        described = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(
            endpoint_url=described["endpointUrl"],
            api_url=described["apiUrl"].rstrip("/"),
            region=described["region"],
            access_key_id=described["accessKeyId"],
            secret_access_key=described["secretAccessKey"],
            call_jobs_queue_url=described["callJobsQueueUrl"],
            call_completions_queue_url=described["callCompletionsQueueUrl"],
            account_id=described["accountId"],
            api_key=described["apiKey"],
        )

    def client(self, service: str):
        with _creating_a_client:
            return boto3.client(
                service,
                endpoint_url=self.endpoint_url,
                region_name=self.region,
                aws_access_key_id=self.access_key_id,
                aws_secret_access_key=self.secret_access_key,
                config=Config(read_timeout=60, retries={"max_attempts": 1}, max_pool_connections=32),
            )

    @cached_property
    def physical_ids(self) -> dict[str, str]:
        """Physical ids by logical id, over every stack of the emulator (it holds only ours)."""
        cloudformation = self.client("cloudformation")
        found = {}
        for page in cloudformation.get_paginator("describe_stacks").paginate():
            for stack in page["Stacks"]:
                if stack["StackStatus"].startswith("DELETE"):
                    continue
                resources = cloudformation.describe_stack_resources(StackName=stack["StackId"])
                for resource in resources["StackResources"]:
                    found[resource["LogicalResourceId"]] = resource.get("PhysicalResourceId")
        return found

    def function_name(self, logical_id: str) -> str:
        return self.physical_ids[logical_id].split(":function:")[-1]

    def dead_letter_queue_of(self, queue_url: str) -> str:
        sqs = self.client("sqs")
        attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["RedrivePolicy"])["Attributes"]
        target = json.loads(attributes["RedrivePolicy"])["deadLetterTargetArn"]
        return sqs.get_queue_url(QueueName=target.split(":")[-1])["QueueUrl"]

    @cached_property
    def fan_out_rests_queue_url(self) -> str:
        return self._queue_url("FanOutRestsQueue")

    @cached_property
    def account_events_queue_url(self) -> str:
        return self._queue_url("AccountEventsQueue")

    @cached_property
    def deliveries_queue_url(self) -> str:
        return self._queue_url("DeliveriesQueue")

    @cached_property
    def slow_deliveries_queue_url(self) -> str:
        return self._queue_url("SlowDeliveriesQueue")

    @cached_property
    def operational_events_queue_url(self) -> str:
        return self._queue_url("OperationalEventsQueue")

    def _queue_url(self, logical_id: str) -> str:
        queue = self.physical_ids[logical_id]
        if queue.startswith("http"):
            return queue
        return self.client("sqs").get_queue_url(QueueName=queue.split(":")[-1])["QueueUrl"]
