"""What no route of the API shows or can arrange: read from, and set in, the tables themselves."""

import time
import uuid
from datetime import datetime

from deployed_stack import Stack
from infra.local.cloudformation import of_type, read_template

# By logical id, in the template's order.
TABLES = list(of_type(read_template(), "AWS::DynamoDB::Table"))


def disable_webhook(stack: Stack, account_id: str, webhook_id: str) -> None:
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET #status = :disabled, disabledReason = :reason, disabledAt = :now",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":disabled": {"S": "disabled"},
            ":reason": {"S": "Disabled by a test"},
            ":now": {"N": str(int(time.time() * 1000))},
        },
    )


def add_disabled_webhooks(stack: Stack, account_id: str, like: str, behind: str, number: int) -> None:
    """Puts disabled copies of an outbound webhook behind another in the order of ids, more than the API would allow."""
    dynamodb, table = stack.client("dynamodb"), stack.physical_ids["Webhooks"]
    key = {"accountId": {"S": account_id}, "id": {"S": like}}
    item = dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
    disabled = {**item, "status": {"S": "disabled"}, "disabledReason": {"S": "owner"}, "disabledAt": item["createdAt"]}
    puts = [{"PutRequest": {"Item": {**disabled, "id": {"S": f"{behind}_{n:04}"}}}} for n in range(number)]
    for start in range(0, number, 25):
        dynamodb.batch_write_item(RequestItems={table: puts[start : start + 25]})


def count_hour(stack: Stack, account_id: str, webhook_id: str, hour: datetime, **counters: int) -> None:
    """Sets what is counted of a webhook's attempts in an hour, given by its begin."""
    key = {"deliveryId": account_id, "attemptKey": f"stats#{int(hour.timestamp() * 1000):013d}#{webhook_id}"}
    item = {name: {"S": value} for name, value in key.items()}
    item |= {name: {"N": str(value)} for name, value in counters.items()}
    stack.client("dynamodb").put_item(TableName=stack.physical_ids["DeliveryLogs"], Item=item)


def move_endpoint(stack: Stack, account_id: str, webhook_id: str, url: str) -> None:
    """Points an outbound webhook at a URL that the API would refuse."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET endpoint.#url = :url",
        ConditionExpression="attribute_exists(endpoint.#url)",
        ExpressionAttributeNames={"#url": "url"},
        ExpressionAttributeValues={":url": {"S": url}},
    )


def spoil_payload(stack: Stack, account_id: str, webhook_id: str) -> None:
    """Makes the payload of a webhook one that the API would refuse."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, f"{account_id}#payload", webhook_id),
        UpdateExpression="SET #document = :document",
        ConditionExpression="attribute_exists(#document)",
        ExpressionAttributeNames={"#document": "document"},
        ExpressionAttributeValues={":document": {"S": '{"text": "{{ call.no_more }}"}'}},
    )


def seal_headers(stack: Stack, account_id: str, webhook_id: str, lines: str) -> None:
    """Gives an outbound webhook custom headers that the API would refuse."""
    context = {"account": account_id, "webhook": webhook_id, "purpose": "headers"}
    sealed = stack.client("kms").encrypt(
        KeyId=stack.physical_ids["SecretsKey"], Plaintext=lines.encode(), EncryptionContext=context
    )
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET endpoint.sealedHeaders = :sealed",
        ConditionExpression="attribute_exists(endpoint.sealedHeaders)",
        ExpressionAttributeValues={":sealed": {"B": sealed["CiphertextBlob"]}},
    )


def set_failing_since(stack: Stack, account_id: str, webhook_id: str, path: str, moment_ms: int) -> None:
    """Makes an endpoint one that has failed since a moment; `path` leads to it inside the item."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression=f"SET {path}.failingSince = :moment",
        ConditionExpression=f"attribute_exists({path}.failingSince)",
        ExpressionAttributeValues={":moment": {"N": str(moment_ms)}},
    )


def set_failures(stack: Stack, account_id: str, webhook_id: str, failures: int) -> None:
    """Makes an outbound webhook's endpoint one that has failed so often in a row."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET endpoint.failures = :failures, endpoint.failingSince = :now",
        ConditionExpression="attribute_exists(endpoint.#url)",
        ExpressionAttributeNames={"#url": "url"},
        ExpressionAttributeValues={
            ":failures": {"N": str(failures)},
            ":now": {"N": str(int(time.time() * 1000))},
        },
    )


def failing_since(stack: Stack, account_id: str, webhook_id: str) -> int | None:
    """Since when an outbound webhook's endpoint has failed, in ms."""
    item = stack.client("dynamodb").get_item(
        **_webhook(stack, account_id, webhook_id),
        ConsistentRead=True,
    )["Item"]
    noted = item["endpoint"]["M"].get("failingSince")
    return int(noted["N"]) if noted else None


def set_told_failing_at(stack: Stack, account_id: str, webhook_id: str, ms_ago: int) -> None:
    """Has an outbound webhook's endpoint say that its owner was told so long ago that it fails."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET endpoint.toldFailingAt = :moment",
        ConditionExpression="attribute_exists(endpoint.toldFailingAt)",
        ExpressionAttributeValues={":moment": {"N": str(int(time.time() * 1000) - ms_ago)}},
    )


def set_untold(stack: Stack, account_id: str, webhook_id: str, seconds_ago: float) -> None:
    """Has an outbound webhook say that it was disabled so long ago, by somebody who died before telling anybody."""
    stack.client("dynamodb").update_item(
        **_webhook(stack, account_id, webhook_id),
        UpdateExpression="SET isUntold = :true, disabledAt = :moment",
        ConditionExpression="attribute_exists(disabledAt)",
        ExpressionAttributeValues={
            ":true": {"BOOL": True},
            ":moment": {"N": str(int((time.time() - seconds_ago) * 1000))},
        },
    )


def webhook_item(stack: Stack, account_id: str, webhook_id: str) -> dict:
    """Its item as it is stored."""
    return stack.client("dynamodb").get_item(**_webhook(stack, account_id, webhook_id), ConsistentRead=True)["Item"]


def claim_run(stack: Stack, delivery_id: str, run: str, seconds_ago: float) -> None:
    """Claims a resend, as a request does that dies before it has sent the message."""
    claimed_at = int((time.time() - seconds_ago) * 1000)
    stack.client("dynamodb").put_item(
        TableName=stack.physical_ids["DeliveryLogs"],
        Item={
            "deliveryId": {"S": delivery_id},
            "attemptKey": {"S": run},
            "claimedAt": {"N": str(claimed_at)},
            "isSent": {"BOOL": False},
        },
    )


def commit_call(stack: Stack, like: str, **changes: dict) -> str:
    """Writes a new call that is a copy of another, but for some attributes (None takes one away); its id."""
    table, calls = stack.physical_ids["Calls"], stack.client("dynamodb")
    item = calls.get_item(TableName=table, Key={"id": {"S": like}}, ConsistentRead=True)["Item"]
    item |= {"id": {"S": f"call_{uuid.uuid4().hex}"}, **changes}
    calls.put_item(TableName=table, Item={name: value for name, value in item.items() if value is not None})
    return item["id"]["S"]


def update_call(stack: Stack, call_id: str, **changes: dict) -> None:
    """Sets attributes of a call."""
    stack.client("dynamodb").update_item(
        TableName=stack.physical_ids["Calls"],
        Key={"id": {"S": call_id}},
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeNames={f"#{name}": name for name in changes},
        ExpressionAttributeValues={f":{name}": value for name, value in changes.items()},
    )


def items_of(stack: Stack, table: str, **key: str) -> list[dict]:
    """The items of one partition, as DynamoDB types them."""
    ((name, value),) = key.items()
    return stack.client("dynamodb").query(
        TableName=stack.physical_ids[table],
        KeyConditionExpression="#key = :value",
        ExpressionAttributeNames={"#key": name},
        ExpressionAttributeValues={":value": {"S": value}},
    )["Items"]


def everything_in(stack: Stack, table: str) -> list[dict]:
    pages = stack.client("dynamodb").get_paginator("scan").paginate(TableName=stack.physical_ids[table])
    return [item for page in pages for item in page["Items"]]


def set_next_attempt(stack: Stack, delivery_id: str, attempt_key: str, moment_ms: int) -> None:
    """Has a row of the delivery log say that the next attempt is due at another moment."""
    stack.client("dynamodb").update_item(
        TableName=stack.physical_ids["DeliveryLogs"],
        Key={"deliveryId": {"S": delivery_id}, "attemptKey": {"S": attempt_key}},
        UpdateExpression="SET nextAttemptAt = :moment",
        ConditionExpression="attribute_exists(nextAttemptAt)",
        ExpressionAttributeValues={":moment": {"N": str(moment_ms)}},
    )


def _webhook(stack: Stack, account_id: str, webhook_id: str) -> dict:
    """Where its item is."""
    return {
        "TableName": stack.physical_ids["Webhooks"],
        "Key": {"accountId": {"S": account_id}, "id": {"S": webhook_id}},
    }
