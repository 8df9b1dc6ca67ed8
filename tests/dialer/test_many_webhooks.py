"""An account with more webhooks than one step of a fan-out tells."""

import json

import completions
from accounts import eventually
from faults import visible_after
from queues import is_idle


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
    eventually(lambda: is_idle(stack.client("sqs"), stack.fan_out_rests_queue_url), "every step is done")


def test_a_completion_in_the_queue_of_rests_is_taken_for_none(account, stack, dialer, receivers):
    endpoint, sqs = receivers.receiver(), stack.client("sqs")
    account.outbound(endpoint.url)
    given_up = stack.dead_letter_queue_of(stack.fan_out_rests_queue_url)
    forged, reported = completions.of_elsewhere(account), completions.of_elsewhere(account)
    with visible_after(stack, stack.fan_out_rests_queue_url, seconds=1):
        sqs.send_message(QueueUrl=stack.fan_out_rests_queue_url, MessageBody=json.dumps(forged))
        dead_letters = eventually(lambda: sqs.receive_message(QueueUrl=given_up).get("Messages"), "it is a dead letter")
    assert [json.loads(letter["Body"])["callId"] for letter in dead_letters] == [forged["callId"]]
    dialer.send(reported)
    endpoint.await_requests(1)
    assert [json.loads(request.body)["call"]["id"] for request in endpoint.requests] == [reported["callId"]]
