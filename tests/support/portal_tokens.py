"""Links and sessions of the portal: whether a printed link opens it, and what their table has."""

import json

import urllib3

from deployed_stack import Stack


def opens_the_portal(url: str) -> bool:
    """As a browser does: it gets the page, which gives the link for a session."""
    page, _, link = url.partition("#link=")
    if urllib3.request("GET", page).status != 200:
        return False
    body = json.dumps({"link": link})
    opened = urllib3.request("POST", f"{page.removesuffix('/portal')}/v1/portal-sessions", body=body)
    return opened.status == 201 and "token" in opened.json()


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
