"""An account with more webhooks than one step of a fan-out tells."""

import completions


def test_a_completion_reaches_the_webhooks_of_its_second_and_third_step(account, stack, dialer, receivers):
    first, last = account.outbound(receivers.receiver().url), account.outbound(receivers.receiver().url)
    dynamodb, table = stack.client("dynamodb"), stack.physical_ids["Webhooks"]
    key = {"accountId": {"S": account.id}, "id": {"S": first.id}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    disabled = {**item, "status": {"S": "disabled"}, "disabledReason": {"S": "owner"}, "disabledAt": item["createdAt"]}
    # Their ids stand between those of the two that are enabled.
    puts = [{"PutRequest": {"Item": {**disabled, "id": {"S": f"{first.id}_{number:04}"}}}} for number in range(2_100)]
    for start in range(0, len(puts), 25):
        dynamodb.batch_write_item(RequestItems={table: puts[start : start + 25]})
    dialer.send(completions.of_elsewhere(account))
    for webhook in (first, last):
        (attempt,) = account.attempts_of(webhook)
        assert attempt["outcome"] == "succeeded"
