"""Links and sessions of the portal as their table has them."""

from deployed_stack import Stack


def expire(stack: Stack, token: str) -> None:
    """Moves the moment from which the token opens nothing to the past. DynamoDB deletes it days later."""
    _, account, token_id, _ = token.split("_", 3)
    stack.client("dynamodb").update_item(
        TableName=stack.physical_ids["PortalTokens"],
        Key={"accountId": {"S": f"acc_{account}"}, "id": {"S": f"ptk_{token_id}"}},
        UpdateExpression="SET goodUntil = :past",
        ConditionExpression="attribute_exists(id)",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )
