"""What cannot be seen from outside: the rights, queues, tables and keys that template.yaml asks for."""

import json
import re
from pathlib import Path

import pytest

from infra.local.cloudformation import of_type, read_template

CHECKOUT = Path(__file__).resolve().parents[2]
TEMPLATE = read_template()
FUNCTIONS = of_type(TEMPLATE, "AWS::Serverless::Function")
ROLES = of_type(TEMPLATE, "AWS::IAM::Role")
QUEUES = of_type(TEMPLATE, "AWS::SQS::Queue")
TABLES = of_type(TEMPLATE, "AWS::DynamoDB::Table")
ROUTES = of_type(TEMPLATE, "AWS::ApiGatewayV2::Route")
# Nothing of ours takes from the last two: their messages wait for an operator, or for nobody.
UNREAD_QUEUES = ("OperationalEventsQueue", "RelayFailureQueue")
SOURCE_QUEUES = [name for name in QUEUES if not name.endswith(("DeadLetterQueue", *UNREAD_QUEUES))]


def as_list(value) -> list:
    return value if isinstance(value, list) else [value]


def statements_of(role: dict) -> list[dict]:
    return [statement for policy in role.get("Policies", []) for statement in policy["PolicyDocument"]["Statement"]]


def role_of(function: str) -> dict:
    return ROLES[FUNCTIONS[function]["Role"]["Fn::GetAtt"][0]]


def rights_of(function: str) -> set[tuple[str, str]]:
    """(action, logical id it reaches) of a function's role."""
    rights = set()
    for statement in statements_of(role_of(function)):
        for action in as_list(statement["Action"]):
            for resource in as_list(statement["Resource"]):
                rights.add((action, logical_id(resource)))
    return rights


def logical_id(resource) -> str:
    if "Fn::GetAtt" in resource:
        return resource["Fn::GetAtt"][0]
    text = resource["Fn::Sub"]
    names = [name for name in TEMPLATE["Resources"] if "${" + name + "}" in text or "${" + name + "." in text]
    assert len(names) == 1, text
    return names[0]


def writes(function: str, table: str) -> bool:
    verbs = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
    return any((f"dynamodb:{verb}", table) in rights_of(function) for verb in verbs)


def test_there_are_the_eight_functions():
    assert set(FUNCTIONS) == {"Inbound", "Relay", "Fanout", "Deliver", "Manage", "Tester", "Operator", "Portal"}


@pytest.mark.parametrize("role", ROLES)
def test_no_policy_has_a_wildcard(role):
    for statement in statements_of(ROLES[role]):
        assert statement["Effect"] == "Allow"
        for action in as_list(statement["Action"]):
            assert "*" not in action, statement
        for resource in as_list(statement["Resource"]):
            # The schedules of the stack's own group have names made at run time.
            assert "*" not in json.dumps(resource).replace('schedule/${DeliverySchedules}/*"', '"'), statement
    assert not ROLES[role].get("ManagedPolicyArns")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_has_a_written_role_and_no_policy_that_sam_would_widen(function):
    assert role_of(function)
    assert "Policies" not in FUNCTIONS[function]


@pytest.mark.parametrize("function", ["Inbound", "Relay", "Fanout", "Operator", "Portal"])
def test_what_needs_no_secret_cannot_open_any(function):
    assert not [action for action, _ in rights_of(function) if action.startswith("kms:")]
    assert "SECRETS_KEY_ID" not in FUNCTIONS[function]["Environment"]["Variables"]


def kms_statements_of(function: str) -> list[dict]:
    statements = statements_of(role_of(function))
    return [s for s in statements if any(action.startswith("kms:") for action in as_list(s["Action"]))]


@pytest.mark.parametrize("function", ["Deliver", "Manage", "Tester"])
def test_secrets_open_only_under_an_encryption_context(function):
    assert kms_statements_of(function)
    for statement in kms_statements_of(function):
        assert set(as_list(statement["Action"])) <= {"kms:Encrypt", "kms:Decrypt"}
        keys = ("account", "webhook", "purpose")
        assert statement["Condition"]["Null"] == {f"kms:EncryptionContext:{key}": "false" for key in keys}
        assert statement["Condition"]["ForAllValues:StringEquals"] == {"kms:EncryptionContextKeys": list(keys)}


@pytest.mark.parametrize("function", ["Deliver", "Tester"])
def test_who_sends_may_only_open_and_not_seal(function):
    assert ("kms:Encrypt", "SecretsKey") not in rights_of(function)


def test_manage_opens_headers_and_never_a_signing_secret():
    (opens,) = [s for s in kms_statements_of("Manage") if "kms:Decrypt" in as_list(s["Action"])]
    assert as_list(opens["Action"]) == ["kms:Decrypt"]
    assert opens["Condition"]["StringEquals"] == {"kms:EncryptionContext:purpose": "headers"}


def test_only_operator_makes_accounts_credits_and_api_keys():
    makers = [name for name in FUNCTIONS if ("dynamodb:PutItem", "ApiKeys") in rights_of(name)]
    assert makers == ["Operator"]
    assert not writes("Manage", "Accounts") and not writes("Tester", "Accounts")
    assert {verb for verb, table in rights_of("Manage") if table == "ApiKeys"} == {
        "dynamodb:GetItem",
        "dynamodb:UpdateItem",
    }


def test_manage_and_operator_alone_write_links_and_sessions_and_no_role_but_operator_finds_those_of_an_account():
    reach = {name: {verb for verb, table in rights_of(name) if table == "PortalTokens"} for name in FUNCTIONS}
    assert {name: verbs for name, verbs in reach.items() if verbs} == {
        "Manage": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"},
        "Tester": {"dynamodb:GetItem"},
        "Inbound": {"dynamodb:GetItem"},
        "Operator": {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchWriteItem"},
    }


@pytest.mark.parametrize("function", ["Inbound", "Manage", "Tester"])
def test_of_an_api_key_the_day_of_its_last_use_is_written_and_nothing_else(function):
    (writes_key,) = [
        statement
        for statement in statements_of(role_of(function))
        if "ApiKeys" in map(logical_id, as_list(statement["Resource"]))
        and not set(as_list(statement["Action"])) <= {"dynamodb:GetItem"}
    ]
    # The other writes replace an item whole, whatever attributes they name.
    assert as_list(writes_key["Action"]) == ["dynamodb:UpdateItem"]
    assert writes_key["Resource"] == {"Fn::GetAtt": ["ApiKeys", "Arn"]}
    assert writes_key["Condition"] == {
        "Null": {"dynamodb:Attributes": "false"},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["id", "lastUsedOn"]},
        "StringEquals": {"dynamodb:ReturnValues": "NONE"},
    }


def test_manage_erases_what_is_personal_in_a_call_and_changes_nothing_else_of_it():
    (erases,) = [
        statement
        for statement in statements_of(role_of("Manage"))
        if "Calls" in map(logical_id, as_list(statement["Resource"]))
        and not set(as_list(statement["Action"])) <= {"dynamodb:GetItem", "dynamodb:Query"}
    ]
    assert as_list(erases["Action"]) == ["dynamodb:UpdateItem"]
    condition = erases["Condition"]
    assert condition["Null"] == {"dynamodb:Attributes": "false"}
    assert condition["StringEquals"] == {"dynamodb:ReturnValues": "NONE"}
    asked = {"id", "accountId", "status"}
    brought = {"recipient", "metadata", "variables"}
    reported = {"summary", "recording", "analysis", "actionItems", "extracted", "transcript"}
    erased = brought | reported | {"bodyDigest", "erasedAt"}
    assert set(condition["ForAllValues:StringEquals"]["dynamodb:Attributes"]) == asked | erased


def test_tester_reads_a_webhook_logs_its_test_and_nothing_else():
    assert rights_of("Tester") == {
        ("logs:CreateLogStream", "TesterLogs"),
        ("logs:PutLogEvents", "TesterLogs"),
        ("dynamodb:GetItem", "ApiKeys"),
        ("dynamodb:UpdateItem", "ApiKeys"),
        ("dynamodb:GetItem", "PortalTokens"),
        ("dynamodb:GetItem", "Webhooks"),
        ("dynamodb:PutItem", "DeliveryLogs"),
        ("dynamodb:GetItem", "DeliveryLogs"),
        ("kms:Decrypt", "SecretsKey"),
    }


def conditions_of_single_reads_of_the_delivery_log(function: str) -> list[dict]:
    return [
        statement["Condition"]
        for statement in statements_of(role_of(function))
        if "dynamodb:GetItem" in as_list(statement["Action"])
        and "DeliveryLogs" in map(logical_id, as_list(statement["Resource"]))
    ]


def test_of_the_delivery_log_a_single_item_is_read_where_the_budgets_lie_and_elsewhere_only_whether_it_is_there():
    budgets = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["acc_*"]}}
    is_there = {
        "Null": {"dynamodb:Attributes": "false"},
        "ForAllValues:StringEquals": {"dynamodb:Attributes": ["deliveryId", "attemptKey"]},
        "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
    }
    assert conditions_of_single_reads_of_the_delivery_log("Manage") == [budgets]
    assert conditions_of_single_reads_of_the_delivery_log("Tester") == [budgets, is_there]


def test_deliver_counts_and_manage_reads_what_is_counted_under_accounts_alone():
    under_accounts = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["acc_*"]}}

    def conditions(function: str, action: str) -> list:
        return [
            statement.get("Condition")
            for statement in statements_of(role_of(function))
            if action in as_list(statement["Action"])
            and [logical_id(resource) for resource in as_list(statement["Resource"])] == ["DeliveryLogs"]
        ]

    assert conditions("Deliver", "dynamodb:UpdateItem") == [under_accounts]
    assert conditions("Manage", "dynamodb:BatchGetItem") == [under_accounts]


def test_operator_touches_accounts_keys_portal_tokens_and_the_ledger_and_nothing_else():
    reached = {resource for _, resource in rights_of("Operator")}
    assert reached == {"OperatorLogs", "Accounts", "ApiKeys", "PortalTokens", "Ledger"}


def test_portal_writes_its_log_and_may_do_nothing_else():
    assert rights_of("Portal") == {("logs:CreateLogStream", "PortalLogs"), ("logs:PutLogEvents", "PortalLogs")}


@pytest.mark.parametrize(
    ("parameter", "taken", "refused"),
    [
        ("PortalName", ["Acme", "Acme & Söhne"], ["", " Acme", "Acme\n"]),
        ("PortalAccent", ["#3b4fd1", "#ABCDEF"], ["red", "#123", "3b4fd1", "#3b4fd1;"]),
        (
            "PortalFrameAncestors",
            ["'none'", "'self'", "https://app.example.com 'self'", "http://localhost:3000 https://*.example.com"],
            ["", "*", "'none' 'self'", "https://a.example; script-src *", "https://a.example,b"],
        ),
    ],
)
def test_a_parameter_of_the_portal_cannot_break_out_of_its_place(parameter, taken, refused):
    pattern = re.compile(TEMPLATE["Parameters"][parameter]["AllowedPattern"])
    assert all(pattern.fullmatch(value) for value in [*taken, TEMPLATE["Parameters"][parameter]["Default"]])
    assert not [value for value in refused if pattern.fullmatch(value)]


def test_each_function_writes_only_the_tables_of_its_row():
    written = {name: {table for table in TABLES if writes(name, table)} for name in FUNCTIONS}
    assert written == {
        "Inbound": {"Accounts", "ApiKeys", "Calls", "Ledger", "RequestLogs"},
        "Relay": set(),
        "Fanout": {"Accounts", "Calls", "Ledger", "DeliveryLogs"},
        "Deliver": {"Webhooks", "DeliveryLogs"},
        "Manage": {"ApiKeys", "PortalTokens", "Calls", "Webhooks", "Campaigns", "Counts", "DeliveryLogs"},
        "Tester": {"ApiKeys", "DeliveryLogs"},
        "Operator": {"Accounts", "ApiKeys", "PortalTokens", "Ledger"},
        "Portal": set(),
    }


def test_no_function_can_report_a_completion():
    assert not [name for name in FUNCTIONS if ("sqs:SendMessage", "CallCompletionsQueue") in rights_of(name)]


def test_fanout_sends_deliveries_dead_letters_and_itself_rests_and_lambda_lets_it():
    sends_to = {queue for action, queue in rights_of("Fanout") if action == "sqs:SendMessage"}
    own = {"FanOutRestsQueue", "AccountEventsQueue"}
    assert sends_to == {"DeliveriesQueue", "CallCompletionsDeadLetterQueue", *own}
    assert [name for name in FUNCTIONS if ("sqs:SendMessage", "FanOutRestsQueue") in rights_of(name)] == ["Fanout"]
    assert FUNCTIONS["Fanout"]["RecursiveLoop"] == "Allow"


@pytest.mark.parametrize(
    ("variable", "event", "queue"),
    [
        ("FAN_OUT_RESTS_QUEUE_ARN", "FanOutRests", "FanOutRestsQueue"),
        ("ACCOUNT_EVENTS_QUEUE_ARN", "AccountEvents", "AccountEventsQueue"),
    ],
)
def test_fanout_knows_its_own_messages_by_the_queue_that_they_come_from(variable, event, queue):
    told = FUNCTIONS["Fanout"]["Environment"]["Variables"][variable]
    assert told == {"Fn::GetAtt": [queue, "Arn"]}
    assert FUNCTIONS["Fanout"]["Events"][event]["Properties"]["Queue"] == told


def test_only_who_sees_it_says_what_has_happened_in_an_account():
    senders = [name for name in FUNCTIONS if ("sqs:SendMessage", "AccountEventsQueue") in rights_of(name)]
    assert senders == ["Relay", "Fanout", "Deliver"]


def test_only_inbound_and_relay_send_call_jobs():
    senders = [name for name in FUNCTIONS if ("sqs:SendMessage", "CallJobsQueue") in rights_of(name)]
    assert senders == ["Inbound", "Relay"]


def test_relay_reads_the_stream_calls_campaigns_and_counts_sends_jobs_says_what_was_cancelled_and_nothing_else():
    reads_stream = {f"dynamodb:{verb}" for verb in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")}
    assert rights_of("Relay") == {
        ("logs:CreateLogStream", "RelayLogs"),
        ("logs:PutLogEvents", "RelayLogs"),
        *((action, "Calls") for action in reads_stream),
        ("dynamodb:BatchGetItem", "Calls"),
        ("dynamodb:BatchGetItem", "Campaigns"),
        ("dynamodb:BatchGetItem", "Counts"),
        ("sqs:SendMessage", "CallJobsQueue"),
        ("sqs:SendMessage", "AccountEventsQueue"),
        # Lambda tells it which records were given up, with this role.
        ("sqs:SendMessage", "RelayFailureQueue"),
    }
    (stream,) = [s for s in statements_of(role_of("Relay")) if "dynamodb:GetRecords" in as_list(s["Action"])]
    assert stream["Resource"] == {"Fn::GetAtt": ["Calls", "StreamArn"]}


@pytest.mark.parametrize("role", ROLES)
def test_no_role_can_scan_a_table(role):
    assert not [s for s in statements_of(ROLES[role]) if "dynamodb:Scan" in as_list(s["Action"])]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_only_of_the_tables_and_queues_it_may_use(function):
    may = {resource for _, resource in rights_of(function)}
    for name, value in FUNCTIONS[function]["Environment"]["Variables"].items():
        if isinstance(value, dict) and value.get("Ref") in {*TABLES, *QUEUES}:
            assert value["Ref"] in may, name


# queues


@pytest.mark.parametrize("queue", SOURCE_QUEUES)
def test_a_queue_gives_a_message_up_after_five_receives(queue):
    redrive = QUEUES[queue]["RedrivePolicy"]
    assert redrive["maxReceiveCount"] == 5
    dead_letters = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
    assert dead_letters in QUEUES and dead_letters.endswith("DeadLetterQueue")
    assert QUEUES[dead_letters]["MessageRetentionPeriod"] > QUEUES[queue].get("MessageRetentionPeriod", 345_600)


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_is_encrypted(queue):
    assert QUEUES[queue].get("SqsManagedSseEnabled") is True or "KmsMasterKeyId" in QUEUES[queue]


@pytest.mark.parametrize("function", ["Fanout", "Deliver"])
def test_a_batch_is_answered_record_by_record_and_hidden_for_six_timeouts(function):
    for event in FUNCTIONS[function]["Events"].values():
        source = event["Properties"]["Queue"]["Fn::GetAtt"][0]
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert QUEUES[source]["VisibilityTimeout"] >= 6 * FUNCTIONS[function]["Timeout"]


def test_the_two_lanes_of_deliveries_share_no_consumers_and_both_have_a_limit():
    limits = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]: event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for event in FUNCTIONS["Deliver"]["Events"].values()
    }
    assert limits == {
        "DeliveriesQueue": {"Ref": "DeliveryConcurrency"},
        "SlowDeliveriesQueue": {"Ref": "SlowDeliveryConcurrency"},
    }


def test_a_backlog_of_completions_cannot_take_the_concurrency_of_the_region():
    limits = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]: event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for event in FUNCTIONS["Fanout"]["Events"].values()
    }
    assert limits == {
        "CallCompletionsQueue": {"Ref": "FanoutConcurrency"},
        "FanOutRestsQueue": 5,
        "AccountEventsQueue": 5,
    }
    assert TEMPLATE["Parameters"]["FanoutConcurrency"]["Default"] == 50


def test_every_queue_that_invokes_a_function_has_a_limit():
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                assert "MaximumConcurrency" in event["Properties"]["ScalingConfig"], name


def test_concurrency_is_reserved_for_requests_only_if_an_operator_asks_for_it():
    assert TEMPLATE["Parameters"]["InboundReservedConcurrency"]["Default"] == 0
    reserved = {name: f["ReservedConcurrentExecutions"] for name, f in FUNCTIONS.items() if "Reserved" in str(list(f))}
    assert reserved == {
        "Inbound": {"Fn::If": ["ReservesInbound", {"Ref": "InboundReservedConcurrency"}, {"Ref": "AWS::NoValue"}]}
    }
    none = {"Fn::Equals": [{"Ref": "InboundReservedConcurrency"}, 0]}
    assert TEMPLATE["Conditions"]["ReservesInbound"] == {"Fn::Not": [none]}


def test_lambda_lets_deliver_feed_its_own_queue_for_the_ten_attempts_of_a_delivery():
    assert FUNCTIONS["Deliver"]["RecursiveLoop"] == "Allow"


def test_the_delivery_log_is_kept_for_longer_than_a_deliverys_attempts_take():
    assert TEMPLATE["Parameters"]["DeliveryLogDays"]["MinValue"] * 24 > 75


def test_a_schedule_sends_its_message_by_the_universal_target_and_may_send_nowhere_else():
    variables = FUNCTIONS["Deliver"]["Environment"]["Variables"]
    assert variables["SCHEDULE_TARGET_ARN"] == {"Fn::Sub": "arn:${AWS::Partition}:scheduler:::aws-sdk:sqs:sendMessage"}
    # Where the message goes is part of the schedule, so the role is the bound.
    (statement,) = statements_of(ROLES["DeliverySchedulerRole"])
    assert as_list(statement["Action"]) == ["sqs:SendMessage"]
    assert [logical_id(resource) for resource in statement["Resource"]] == [
        "SlowDeliveriesQueue",
        "DeliveriesDeadLetterQueue",
    ]


def test_relay_hears_of_every_new_call_and_what_it_gives_up_is_told_before_the_stream_forgets_it():
    (event,) = FUNCTIONS["Relay"]["Events"].values()
    properties = event["Properties"]
    assert (event["Type"], properties["Stream"]) == ("DynamoDB", {"Fn::GetAtt": ["Calls", "StreamArn"]})
    assert properties["StartingPosition"] == "TRIM_HORIZON"
    assert [json.loads(f["Pattern"]) for f in properties["FilterCriteria"]["Filters"]] == [{"eventName": ["INSERT"]}]
    # The stream forgets after 86,400 s.
    assert (properties["MaximumRetryAttempts"], properties["MaximumRecordAgeInSeconds"]) == (-1, 82_800)
    told = {"Type": "SQS", "Destination": {"Fn::GetAtt": ["RelayFailureQueue", "Arn"]}}
    assert properties["DestinationConfig"] == {"OnFailure": told}
    assert "FunctionResponseTypes" not in properties, "a failed batch comes again whole"


def test_the_stream_of_calls_tells_ids_only():
    streams = {name: table["StreamSpecification"] for name, table in TABLES.items() if "StreamSpecification" in table}
    assert streams == {"Calls": {"StreamViewType": "KEYS_ONLY"}}


def statements_of_queue(queue: str) -> list[dict]:
    """Of the one policy that a queue can have; what a condition of the template adds to it counts as being there."""
    (policy,) = [p for p in of_type(TEMPLATE, "AWS::SQS::QueuePolicy").values() if {"Ref": queue} in p["Queues"]]
    statements = policy["PolicyDocument"]["Statement"]
    return [statement["Fn::If"][1] if "Fn::If" in statement else statement for statement in statements]


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queue_refuses_what_does_not_come_over_tls(queue):
    (deny,) = [statement for statement in statements_of_queue(queue) if statement["Effect"] == "Deny"]
    assert (deny["Principal"], deny["Action"]) == ("*", "sqs:*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_another_aws_account_takes_jobs_and_reports_completions_only_if_it_is_the_dialers():
    allowed = {queue: [s for s in statements_of_queue(queue) if s["Effect"] == "Allow"] for queue in QUEUES}
    assert {queue for queue, statements in allowed.items() if statements} == {"CallJobsQueue", "CallCompletionsQueue"}
    for queue, verb in [("CallJobsQueue", "sqs:ReceiveMessage"), ("CallCompletionsQueue", "sqs:SendMessage")]:
        (statement,) = allowed[queue]
        assert verb in statement["Action"]
        assert ("sqs:SendMessage" in statement["Action"]) == (queue == "CallCompletionsQueue")
        assert statement["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${DialerAccountId}:root"}}
    (policy,) = [
        p for p in of_type(TEMPLATE, "AWS::SQS::QueuePolicy").values() if {"Ref": "CallJobsQueue"} in p["Queues"]
    ]
    (written,) = [s["Fn::If"] for s in policy["PolicyDocument"]["Statement"] if "Fn::If" in s]
    assert (written[0], TEMPLATE["Parameters"]["DialerAccountId"]["Default"]) == ("HasDialerAccount", "")


@pytest.mark.parametrize("queue", QUEUES)
def test_a_queues_name_leaves_49_characters_to_the_stacks(queue):
    name = QUEUES[queue]["QueueName"]["Fn::Sub"].replace("${AWS::StackName}", "s" * 49)
    assert len(name) <= 80


def test_call_jobs_is_a_fifo_queue_that_does_not_guess_duplicates():
    assert QUEUES["CallJobsQueue"]["FifoQueue"] is True
    assert not QUEUES["CallJobsQueue"].get("ContentBasedDeduplication")


# tables


@pytest.mark.parametrize("table", TABLES)
def test_a_table_is_on_demand_recoverable_and_outlives_the_stack_but_not_a_first_deployment_that_fails(table):
    resource, properties = TEMPLATE["Resources"][table], TABLES[table]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")
    # Protection from the start would keep the failed deployment from being rolled back.
    assert properties["DeletionProtectionEnabled"] == {"Ref": "DeletionProtection"}
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "false"
    assert properties["BillingMode"] == "PAY_PER_REQUEST"
    assert properties["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    # DynamoDB's own key, which is what a table has that asks for nothing. One in KMS is paid by the request.
    assert "SSESpecification" not in properties


@pytest.mark.parametrize("table", ["DeliveryLogs", "RequestLogs", "Calls"])
def test_the_logs_expire_and_with_them_calls_that_were_not_placed(table):
    assert TABLES[table]["TimeToLiveSpecification"] == {"AttributeName": "expiresAt", "Enabled": True}


def test_no_index_copies_secrets_or_transcripts():
    by_slug = TABLES["Webhooks"]["GlobalSecondaryIndexes"][0]["Projection"]
    by_campaign = TABLES["Calls"]["GlobalSecondaryIndexes"][0]["Projection"]
    assert set(by_slug["NonKeyAttributes"]) == {"status", "campaignId"}
    assert "transcript" not in by_campaign["NonKeyAttributes"]


# the rest


def seconds_of(constant: str, file: str) -> float:
    """A `Duration` of the code."""
    text = (CHECKOUT / file).read_text(encoding="utf-8")
    ((unit, number),) = re.findall(rf"const {constant}: Duration = Duration::from_(secs|millis)\(([\d_]+)\);", text)
    return int(number.replace("_", "")) / {"secs": 1, "millis": 1000}[unit]


def test_a_request_whose_call_is_committed_is_not_ended_by_a_timeout():
    last_begin = seconds_of("COMMIT_WITHIN", "functions/inbound/src/inbound.rs")
    request = seconds_of("ATTEMPT_TIMEOUT", "shared/environment/src/aws.rs")
    operation = seconds_of("OPERATION_TIMEOUT", "shared/environment/src/aws.rs")
    # What may follow the last commit that may begin: the rest of its request, a look-up, a row of the log.
    after_a_commit = last_begin + request + operation + operation
    assert after_a_commit < FUNCTIONS["Inbound"]["Timeout"]
    integration = TEMPLATE["Resources"]["InboundIntegration"]["Properties"]["TimeoutInMillis"]
    assert 1000 * FUNCTIONS["Inbound"]["Timeout"] < integration < 30_000


def test_a_test_is_answered_before_its_function_is_ended():
    answered_within = seconds_of("ANSWERED_WITHIN", "functions/tester/src/routes.rs")
    assert answered_within + 1 == FUNCTIONS["Tester"]["Timeout"] == 15


def test_the_key_rotates_and_outlives_the_stack():
    ((name, key),) = of_type(TEMPLATE, "AWS::KMS::Key").items()
    assert key["EnableKeyRotation"] is True
    resource = TEMPLATE["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("RetainExceptOnCreate", "Retain")


def test_the_operator_routes_ask_for_a_signature_and_the_others_do_not():
    authorization = {route["RouteKey"]: route["AuthorizationType"] for route in ROUTES.values()}
    assert authorization["ANY /operator/{proxy+}"] == "AWS_IAM"
    assert authorization["ANY /v1/{proxy+}"] == authorization["ANY /{slug}"] == authorization["$default"] == "NONE"


def test_a_route_leads_to_the_function_that_has_the_rights_for_it():
    def function_behind(route: dict) -> str:
        (integration,) = re.findall(r"\$\{(\w+)\}", route["Target"]["Fn::Sub"])
        return TEMPLATE["Resources"][integration]["Properties"]["IntegrationUri"]["Fn::GetAtt"][0]

    assert {route["RouteKey"]: function_behind(route) for route in ROUTES.values()} == {
        "ANY /{slug}": "Inbound",
        "$default": "Inbound",
        "ANY /v1/campaigns/{id}/test-call": "Inbound",
        "ANY /v1": "Manage",
        "ANY /v1/{proxy+}": "Manage",
        "ANY /v1/webhooks/test": "Tester",
        "ANY /v1/webhooks/{id}/test": "Tester",
        "ANY /operator/{proxy+}": "Operator",
        "ANY /portal": "Portal",
        "ANY /portal/{proxy+}": "Portal",
    }


def test_every_route_is_throttled_and_those_of_the_crms_alone_have_the_whole_rate():
    ((name, stage),) = of_type(TEMPLATE, "AWS::ApiGatewayV2::Stage").items()
    assert stage["DefaultRouteSettings"] == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}
    rates = {key: settings["ThrottlingRateLimit"] for key, settings in stage["RouteSettings"].items()}
    keys = {logical: route["RouteKey"] for logical, route in ROUTES.items()}
    assert {key for key in keys.values() if key not in rates} == {"ANY /{slug}", "$default"}
    assert rates == {key: 5 if key.startswith("ANY /operator/") else 100 for key in rates}
    # API Gateway refuses settings of a route that it does not know yet.
    assert {keys[logical] for logical in TEMPLATE["Resources"][name]["DependsOn"]} == set(rates)


def test_the_access_log_tells_no_slug():
    (stage,) = of_type(TEMPLATE, "AWS::ApiGatewayV2::Stage").values()
    told = stage.get("AccessLogSettings", {}).get("Format", "")
    for secret in ("$context.path", "$context.http", "$context.identity.sourceIp", "slug"):
        assert secret not in told.replace("$context.routeKey", "")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_lambda_drops_no_line_of_a_function_whatever_level_it_logs(function):
    # Above INFO it drops what has no level: the error with which a function could not start.
    assert FUNCTIONS[function]["LoggingConfig"]["ApplicationLogLevel"] == "INFO"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_functions_log_group_is_kept_for_a_limited_time(function):
    groups = of_type(TEMPLATE, "AWS::Logs::LogGroup")
    group = FUNCTIONS[function]["LoggingConfig"]["LogGroup"]["Ref"]
    assert groups[group]["RetentionInDays"]


def test_nothing_costs_while_nothing_happens():
    types = {resource["Type"] for resource in TEMPLATE["Resources"].values()}
    assert not [
        kind for kind in types if kind.startswith(("AWS::EC2::", "AWS::ECS::", "AWS::RDS::", "AWS::ElastiCache::"))
    ]
    for function in FUNCTIONS.values():
        assert "VpcConfig" not in function and "ProvisionedConcurrencyConfig" not in function


def test_the_template_sets_no_endpoint_of_aws():
    assert "AWS_ENDPOINT_URL" not in json.dumps(TEMPLATE)


def test_addresses_outside_the_public_internet_are_closed_unless_a_parameter_opens_them():
    assert TEMPLATE["Parameters"]["TrustedNetworks"]["Default"] == ""
    assert TEMPLATE["Parameters"]["EndpointPorts"]["Default"] == ""


@pytest.mark.parametrize(
    ("function", "action", "condition"),
    [
        # The rules of requests, and never a webhook with its secrets.
        ("Inbound", "dynamodb:GetItem", {"ForAllValues:StringLike": ["acc_*#rules"]}),
        ("Manage", "dynamodb:BatchGetItem", {"ForAllValues:StringLike": ["acc_*#rules", "acc_*#payload"]}),
        # Webhooks, and never what lies apart from them.
        ("Fanout", "dynamodb:Query", {"ForAllValues:StringNotLike": ["*#*"]}),
    ],
)
def test_of_the_table_of_webhooks_a_function_reads_what_it_needs_by_its_key(function, action, condition):
    (reads,) = [
        statement
        for statement in statements_of(role_of(function))
        if action in as_list(statement["Action"]) and "Webhooks" in map(logical_id, as_list(statement["Resource"]))
    ]
    assert as_list(reads["Action"]) == [action]
    assert reads["Condition"] == {name: {"dynamodb:LeadingKeys": keys} for name, keys in condition.items()}


def test_no_other_function_reads_a_webhooks_payload():
    def reads_webhooks(role: dict) -> bool:
        table, reads = (
            {"Fn::GetAtt": ["Webhooks", "Arn"]},
            {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
        )
        return any(
            reads & set(as_list(statement["Action"]))
            and table in as_list(statement["Resource"])
            and "Condition" not in statement
            for statement in statements_of(role)
        )

    functions = ("Inbound", "Relay", "Fanout", "Deliver", "Manage", "Tester", "Operator", "Portal")
    assert [function for function in functions if reads_webhooks(role_of(function))] == ["Deliver", "Manage", "Tester"]
