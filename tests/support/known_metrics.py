"""The metrics that AWS has, with their dimensions and what these name; and those that our filters make.

docs.aws.amazon.com: Lambda "Types of metrics", SQS "Available CloudWatch metrics", API Gateway "HTTP API metrics",
EventBridge Scheduler "List of metrics", DynamoDB "Metrics and dimensions".
"""

from expanded_template import expanded_template

OURS = "Webhooks/${Stack}"
# By namespace: metrics, and the dimensions by which AWS gives them, with the kind of resource that each value names.
METRICS = {
    "AWS/Lambda": [
        (
            {
                "Errors",
                "Throttles",
                "Duration",
                "IteratorAge",
                "DestinationDeliveryFailures",
                "RecursiveInvocationsDropped",
            },
            {"FunctionName": "AWS::Lambda::Function"},
        ),
        ({"ClaimedAccountConcurrency", "ConcurrentExecutions"}, {}),
    ],
    "AWS/SQS": [
        (
            {
                "ApproximateNumberOfMessagesVisible",
                "ApproximateAgeOfOldestMessage",
                "ApproximateAgeOfOldestMessageInQuietGroups",
                "ApproximateNumberOfNoisyGroups",
            },
            {"QueueName": "AWS::SQS::Queue"},
        ),
    ],
    "AWS/ApiGateway": [({"Count", "4xx", "5xx", "Latency"}, {"ApiId": "AWS::ApiGatewayV2::Api"})],
    "AWS/Scheduler": [
        (
            {
                "InvocationAttemptCount",
                "TargetErrorCount",
                "InvocationDroppedCount",
                "InvocationThrottleCount",
                "InvocationsFailedToBeSentToDeadLetterCount",
            },
            {"ScheduleGroup": "AWS::Scheduler::ScheduleGroup"},
        )
    ],
    "AWS/DynamoDB": [
        ({"ReadThrottleEvents", "WriteThrottleEvents", "TransactionConflict"}, {"TableName": "AWS::DynamoDB::Table"}),
        (
            {"ReadThrottleEvents", "WriteThrottleEvents"},
            {"TableName": "AWS::DynamoDB::Table", "GlobalSecondaryIndexName": None},
        ),
    ],
}


def assert_exists(filters: dict, namespace: str, name: str, dimensions: dict) -> None:
    """`dimensions` by name, a resource as `{"Ref": …}`; `filters` are those of the stack that the metric stands in."""
    if namespace == OURS:
        (properties,) = [each for each in filters.values() if _made_by(each)["MetricName"] == name]
        assert {each["Key"] for each in _made_by(properties).get("Dimensions", [])} == dimensions.keys()
        return
    resources = expanded_template()["Resources"]
    known = [kinds for names, kinds in METRICS[namespace] if name in names]
    (kinds,) = [kinds for kinds in known if kinds.keys() == dimensions.keys()]
    for dimension, value in dimensions.items():
        if dimension == "GlobalSecondaryIndexName":
            table = resources[dimensions["TableName"]["Ref"]]["Properties"]
            assert value in [index["IndexName"] for index in table["GlobalSecondaryIndexes"]]
        else:
            assert resources[value["Ref"]]["Type"] == kinds[dimension]


def _made_by(properties: dict) -> dict:
    (made,) = properties["MetricTransformations"]
    return made
