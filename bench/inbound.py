"""The other side of the comparison: `inbound` as a team would write it in Python with boto3.

It does what the Rust function does for an accepted request: find the webhook by its slug and its campaign, take a
credit and record the call in one transaction, send the job, write the request log. It leaves out what is rare: repeats
under an Idempotency-Key, taking a call back, remembering a slug for some seconds. The loop at the end speaks the Lambda
Runtime API as the runtime for Python does.
"""

import http.client
import json
import logging
import os
import re
import sys
import time
import uuid

import boto3
from botocore.config import Config

OPTIONAL = ("firstName", "lastName", "email", "companyName", "note", "address1", "address2", "city", "state", "zipCode")
LOG_DAYS = int(os.environ["DELIVERY_LOG_DAYS"])
COUNTRY_CODE = os.environ["DEFAULT_COUNTRY_CODE"]

logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
logging.getLogger("botocore").setLevel(logging.WARNING)
log = logging.getLogger("inbound")

config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "max_attempts": 3})
dynamodb = boto3.client("dynamodb", endpoint_url=os.environ["ENDPOINT_URL"], config=config)
sqs = boto3.client("sqs", endpoint_url=os.environ["ENDPOINT_URL"], config=config)


class Refused(Exception):
    def __init__(self, status: int, code: str):
        super().__init__(code)
        self.status, self.code = status, code


def handle(event: dict) -> dict:
    if event["requestContext"]["http"]["method"] != "POST":
        return answer(
            405, {"success": False, "error": {"code": "method_not_allowed", "message": "send a POST request"}}
        )
    webhook = find_webhook(event["rawPath"].strip("/"))
    if webhook is None or webhook["status"]["S"] != "enabled":
        return answer(
            404, {"success": False, "error": {"code": "webhook_not_found", "message": "there is no such webhook"}}
        )
    now = int(time.time() * 1000)
    try:
        recipient = read_request(event["body"])
    except Refused as refused:
        write_log(webhook, now, "rejected", refused.status, refused.code, None)
        return answer(refused.status, {"success": False, "error": {"code": refused.code, "message": refused.code}})
    campaign = find_campaign(webhook)
    if campaign is None or not campaign["settings"]["M"].get("prompt", {}).get("S", "").strip():
        write_log(webhook, now, "ignored", 201, "no_prompt" if campaign else "no_campaign", None)
        return answer(201, {"success": True})
    call_id = accept(webhook, campaign, recipient, now)
    send_job(webhook, campaign, recipient, call_id, now)
    write_log(webhook, now, "accepted", 201, None, call_id)
    log.info(
        json.dumps(
            {"level": "INFO", "message": f"call {call_id} is accepted", "call.id": call_id, "outcome": "accepted"}
        )
    )
    return answer(201, {"success": True})


def find_webhook(slug: str) -> dict | None:
    found = dynamodb.query(
        TableName=os.environ["WEBHOOKS_TABLE"],
        IndexName="bySlug",
        Limit=1,
        KeyConditionExpression="slug = :slug",
        ExpressionAttributeValues={":slug": {"S": slug}},
    )
    return next(iter(found["Items"]), None)


def find_campaign(webhook: dict) -> dict | None:
    if "campaignId" not in webhook:
        return None
    key = {"accountId": webhook["accountId"], "id": webhook["campaignId"]}
    return dynamodb.get_item(TableName=os.environ["CAMPAIGNS_TABLE"], Key=key).get("Item")


def read_request(body: str) -> dict[str, str]:
    try:
        request = json.loads(body)
    except ValueError:
        raise Refused(400, "invalid_json") from None
    if not isinstance(request, dict) or request.get("type") != "calls.execute":
        raise Refused(400, "invalid_type")
    data = request.get("data") or {}
    if not data.get("phoneNumber"):
        raise Refused(400, "missing_phone_number")
    recipient = {"phoneNumber": normalise_phone(str(data["phoneNumber"]))}
    for name in OPTIONAL:
        value = data.get(name)
        if isinstance(value, str) and value.strip():
            recipient[name] = value.strip()[:4096]
    return recipient


def normalise_phone(text: str) -> str:
    digits = re.sub(r"[\s().-]", "", text)
    if digits.startswith(("00", "011")):
        digits = "+" + digits[2 if digits.startswith("00") else 3 :]
    if re.fullmatch(r"\d{10}", digits):
        digits = f"+{COUNTRY_CODE}{digits}"
    elif re.fullmatch(rf"{COUNTRY_CODE}\d{{10}}", digits):
        digits = f"+{digits}"
    if not re.fullmatch(r"\+[1-9]\d{6,14}", digits):
        raise Refused(400, "invalid_phone_number")
    return digits


def accept(webhook: dict, campaign: dict, recipient: dict[str, str], now: int) -> str:
    call_id = f"call_{uuid.uuid4().hex}"
    account, campaign_id = webhook["accountId"], campaign["id"]
    call = {
        "id": {"S": call_id},
        "accountId": account,
        "source": {"S": "inbound"},
        "webhookId": webhook["id"],
        "campaignId": campaign_id,
        "campaignName": campaign["name"],
        "status": {"S": "queued"},
        "recipient": {"M": {name: {"S": value} for name, value in recipient.items()}},
        "reservedCredits": {"N": "1"},
        "createdAt": {"N": str(now)},
        "accountCampaign": {"S": f"{account['S']}#{campaign_id['S']}"},
        "campaignOrder": {"S": f"{now:013}#{call_id}"},
    }
    entry = {
        "accountId": account,
        "id": {"S": f"led_{uuid.uuid4().hex}"},
        "kind": {"S": "reserved"},
        "amount": {"N": "-1"},
        "callId": {"S": call_id},
        "writtenOff": {"N": "0"},
        "timestamp": {"N": str(now)},
    }
    dynamodb.transact_write_items(
        TransactItems=[
            {
                "Update": {
                    "TableName": os.environ["ACCOUNTS_TABLE"],
                    "Key": {"id": account},
                    "UpdateExpression": "SET credits = credits - :one",
                    "ConditionExpression": "credits >= :one",
                    "ExpressionAttributeValues": {":one": {"N": "1"}},
                }
            },
            {
                "Put": {
                    "TableName": os.environ["CALLS_TABLE"],
                    "Item": call,
                    "ConditionExpression": "attribute_not_exists(id)",
                }
            },
            {"Put": {"TableName": os.environ["LEDGER_TABLE"], "Item": entry}},
        ]
    )
    return call_id


def send_job(webhook: dict, campaign: dict, recipient: dict[str, str], call_id: str, now: int) -> None:
    settings = {name: value["S"] for name, value in campaign["settings"]["M"].items()}
    job = {
        "version": 1,
        "type": "call.job",
        "callId": call_id,
        "accountId": webhook["accountId"]["S"],
        "webhookId": webhook["id"]["S"],
        "createdAt": now,
        "recipient": recipient,
        "campaign": {"id": campaign["id"]["S"], "name": campaign["name"]["S"], **settings},
    }
    sqs.send_message(
        QueueUrl=os.environ["CALL_JOBS_QUEUE_URL"],
        MessageBody=json.dumps(job),
        MessageGroupId=call_id,
        MessageDeduplicationId=call_id,
    )


def write_log(webhook: dict, now: int, outcome: str, status: int, reason: str | None, call_id: str | None) -> None:
    row = {
        "webhookId": webhook["id"],
        "id": {"S": f"req_{uuid.uuid4().hex}"},
        "timestamp": {"N": str(now)},
        "outcome": {"S": outcome},
        "statusCode": {"N": str(status)},
        "expiresAt": {"N": str(now // 1000 + LOG_DAYS * 86_400)},
    }
    if reason:
        row["reason"] = {"S": reason}
    if call_id:
        row["callId"] = {"S": call_id}
    dynamodb.put_item(TableName=os.environ["REQUEST_LOGS_TABLE"], Item=row)


def answer(status: int, body: dict) -> dict:
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(body)}


def main() -> None:
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        runtime.request("GET", "/2018-06-01/runtime/invocation/next")
        event = runtime.getresponse()
        request_id, body = event.getheader("Lambda-Runtime-Aws-Request-Id"), event.read()
        try:
            path, result = "response", handle(json.loads(body))
        except Exception as error:  # noqa: BLE001 (as the runtime does: the invocation fails, the process stays)
            path, result = "error", {"errorType": type(error).__name__, "errorMessage": str(error)}
        runtime.request(
            "POST",
            f"/2018-06-01/runtime/invocation/{request_id}/{path}",
            json.dumps(result),
            {"Content-Type": "application/json"},
        )
        runtime.getresponse().read()


if __name__ == "__main__":
    main()
