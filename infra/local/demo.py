"""The whole story: a CRM's request becomes a call, and its result goes to two endpoints. One of them fails at first,
and gets it again. The integrator tests, reads why an attempt failed, rotates the secret, and sends a delivery again.

Every part is the real one, but for two that are played here: the dialer, and the customer's endpoints.
"""

import json
import queue
import socket
import subprocess
import sys
import threading
from datetime import datetime
from pathlib import Path

import emulator
from accounts import open_account, portal_link
from dialer import Dialer
from expectations import check, next_request, verified
from integrator import PATIENCE_S, Integrator
from receiver import Received, Receiver
from screen import heading, line, remark, show
from settings import Problem, Settings, read_json, report_problems

# The request body of the product's documentation.
CRM_REQUEST = {
    "type": "calls.execute",
    "data": {
        "phoneNumber": "+15551234567",
        "firstName": "Jane",
        "lastName": "Smith",
        "email": "jane@example.com",
        "companyName": "Acme Corp",
        "note": "Expressed interest in the enterprise plan",
    },
}
FINISHED, COMPLETED, TRIAL = "/call-finished", "/call-completed", "/not-saved-yet"
TOKEN = "Bearer token123"
TROUBLE = "database is locked"


def main() -> int:
    settings = Settings.from_environment()
    was_up = emulator.find(settings) is not None
    program = Path(__file__).with_name("stack.py")
    if subprocess.run([sys.executable, program, "start"], check=False).returncode != 0:
        return 1
    try:
        tell_the_story(read_json(settings.stack_file), stays_up=was_up)
    finally:
        if not was_up:
            subprocess.run([sys.executable, program, "down"], check=False)
    if not was_up:
        port = f" PORT={settings.port}" if settings.port_was_chosen else ""
        print(f"For a stack of your own, and the portal in a browser: `make up{port}`, and docs/local.md.")
    return 0


def tell_the_story(stack: dict, stays_up: bool) -> None:
    # An account of its own: what an earlier demo left on this stack does not disturb.
    account = open_account(stack["apiUrl"], "Demo account", 10)
    integrator, receiver = Integrator(stack["apiUrl"], account["apiKey"]), Receiver()
    inbound, outbound = set_up(integrator, receiver)
    press_test(integrator, receiver, outbound)
    receiver.fail_once(FINISHED, 500, TROUBLE)
    send_request(integrator, inbound)
    call_id = answer_job(stack, inbound)
    failed = show_result(receiver, inbound, outbound)
    finished = show_retry(integrator, receiver, outbound, failed)
    rotate_and_resend(integrator, receiver, outbound, finished)
    show_logs(integrator, inbound, outbound, call_id)
    receiver.close()
    show_portal(stack, account, stays_up)
    print("\nAll of it went as it should.")


def set_up(integrator: Integrator, receiver: Receiver) -> tuple[dict, dict]:
    heading(1, "An integrator sets up: where requests come in, what is said in the calls, where results go")
    inbound = integrator.post(
        "/webhooks",
        {
            "direction": "inbound",
            "name": "CRM leads",
            "responseWebhook": {
                "url": receiver.url + COMPLETED,
                "headers": [{"name": "X-System", "value": "demo-crm"}],
            },
        },
    )
    campaign = integrator.post(
        "/campaigns",
        {
            "name": "Q4 Outreach",
            "webhookId": inbound["id"],
            "status": "active",
            "prompt": "Ask whether the enterprise plan is of interest, and answer questions about it.",
            "voice": "alex",
            "language": "en-US",
        },
    )
    outbound = integrator.post(
        "/webhooks",
        {
            "direction": "outbound",
            "name": "Data warehouse",
            "url": receiver.url + FINISHED,
            "headers": [{"name": "Authorization", "value": TOKEN}],
        },
    )
    line("inbound webhook", inbound["url"])
    line("its campaign", f'{campaign["name"]}, {campaign["status"]}: "{campaign["prompt"]}"')
    line("its response webhook", inbound["responseWebhook"]["url"])
    line("outbound webhook", outbound["url"])
    read = integrator.get(f"/webhooks/{outbound['id']}")
    line("  set header", f"Authorization: {TOKEN}")
    line("  read again", f"{json.dumps({'headers': read['headers']})}   the value is sealed and never shown again")
    check(read["headers"] == ["Authorization"], "A webhook should show the names of its headers.")
    check(TOKEN not in json.dumps(read), "A header's value should never be shown again.")
    return inbound, outbound


def press_test(integrator: Integrator, receiver: Receiver, outbound: dict) -> None:
    heading(2, "The Test button tries endpoints with sample data, before anything depends on them")
    url = receiver.url + TRIAL
    result = integrator.post("/webhooks/test", {"url": url, "headers": [{"name": "Authorization", "value": TOKEN}]})
    received = next_request(receiver, TRIAL)
    check("webhook-signature" not in received.headers, "A test of an unsaved endpoint should not be signed.")
    check(received.headers["authorization"] == TOKEN, "A test should carry the custom header.")
    check(result["success"] and result["statusCode"] == 200, f"The test should succeed, and is {result}.")
    line("not saved yet", f"{answer_of(result)}   without a signature: it has no secret yet")
    result = integrator.post(f"/webhooks/{outbound['id']}/test")
    check(result["success"] and result["statusCode"] == 200, f"The test should succeed, and is {result}.")
    payload = verified(next_request(receiver, FINISHED), outbound["signingSecret"])
    check(payload["type"] == "call.completed", "A test should send a call.completed.")
    line("outbound webhook", f"{answer_of(result)}   signed, and the signature is valid")
    with socket.socket() as deaf:  # a port that is taken and not listened at
        deaf.bind(("127.0.0.1", 0))
        result = integrator.post("/webhooks/test", {"url": f"http://127.0.0.1:{deaf.getsockname()[1]}/"})
    check(not result["success"] and result["error"]["code"] == "connect", "The error code should be connect.")
    line("nobody listens", f"{result['error']['code']}: {result['error']['message']}")


def send_request(integrator: Integrator, inbound: dict) -> None:
    heading(3, "The CRM asks for a call: one POST to the inbound webhook's URL")
    show(CRM_REQUEST)
    status, answer = integrator.call("POST", inbound["url"], CRM_REQUEST, {})
    remark(f"-> {status} {json.dumps(answer)}")
    check((status, answer) == (201, {"success": True}), 'The answer should be 201 {"success": true}.')


def answer_job(stack: dict, inbound: dict) -> str:
    """The id of the call."""
    heading(4, "The dialer takes the job from the queue call-jobs, calls, and reports to call-completions")
    stopping, answered = threading.Event(), queue.Queue()

    def on_answer(job: dict, completion: dict) -> None:
        if job["webhookId"] == inbound["id"]:
            answered.put((job, completion))

    dialer = threading.Thread(target=Dialer(stack, on_answer).run, args=[stopping])
    dialer.start()
    try:
        job, completion = answered.get(timeout=PATIENCE_S)
    except queue.Empty:
        raise Problem(
            f"no call job came within {PATIENCE_S} s. Did a `make dialer` take it? What the functions say: `make logs`."
        ) from None
    finally:
        stopping.set()
        dialer.join()
    recipient, campaign = job["recipient"], job["campaign"]
    line("job", job["callId"])
    line(
        "  recipient",
        f"{recipient['phoneNumber']}, {recipient['firstName']} {recipient['lastName']},"
        f" {recipient['companyName']}, and the rest of the request",
    )
    settings = f"voice {campaign['voice']}, language {campaign['language']}"
    line("  campaign", f"{campaign['name']}, with its prompt; {settings}")
    line("reported", f"{completion['status']} after {completion['duration']} s, {completion['tokensConsumed']} credit")
    check(recipient == CRM_REQUEST["data"], "The job should have the recipient of the request.")
    return job["callId"]


def show_result(receiver: Receiver, inbound: dict, outbound: dict) -> Received:
    """Returns the request to the outbound webhook."""
    heading(5, "The result goes out, signed: to the response webhook, and to the outbound webhook")
    secrets = {COMPLETED: inbound["signingSecret"], FINISHED: outbound["signingSecret"]}
    got: dict[str, Received] = {}
    while missing := secrets.keys() - got.keys():
        received = next_request(receiver, *missing)
        got[received.path] = received
    payloads = {path: verified(received, secrets[path]) for path, received in got.items()}
    completed, finished = payloads[COMPLETED], payloads[FINISHED]
    show_headers(got[COMPLETED])
    show(completed)
    remark("-> 200. The signature is valid, says the package standardwebhooks.\n")
    show_headers(got[FINISHED])
    remark('the same call, as "type": "call.finished" and for this "webhook", signed with its own secret')
    remark(f'-> 500 "{TROUBLE}". This endpoint is in trouble.')
    check(completed["type"] == "call.completed", "The type for a response webhook should be call.completed.")
    same_call = {**completed, "type": "call.finished", "webhook": {"id": outbound["id"], "type": "outbound"}}
    check(finished == same_call, "Both endpoints should get the same call.")
    check(got[FINISHED].headers.get("authorization") == TOKEN, "The custom header should be sent in clear.")
    return got[FINISHED]


def show_retry(integrator: Integrator, receiver: Receiver, outbound: dict, failed: Received) -> Received:
    """Returns the request that succeeded."""
    heading(6, "The log says why it failed and when the next attempt comes; that one succeeds")
    log = f"/webhooks/{outbound['id']}/deliveries"
    attempt = integrator.rows(log, 2)[0]
    check((attempt["outcome"], attempt["statusCode"]) == ("failed", 500), "The attempt should be in the log as failed.")
    check(attempt["responseBody"] == TROUBLE, "The log should have what the endpoint answered.")
    check(attempt["nextAttemptAt"] is not None, "Another attempt should follow.")
    wait_s = (moment(attempt["nextAttemptAt"]) - moment(attempt["timestamp"])).total_seconds()
    show_attempt(attempt)
    line("  responseBody", attempt["responseBody"])
    line("  nextAttemptAt", f"{attempt['nextAttemptAt']}   in {wait_s:.1f} s; later ones after 5 min, 30 min, 2 h, …")
    again = next_request(receiver, FINISHED)
    check(again.headers["webhook-id"] == failed.headers["webhook-id"], "A retry should have the webhook-id of before.")
    check(again.body == failed.body, "A retry should have the body of before.")
    verified(again, outbound["signingSecret"])
    second = integrator.rows(log, 3)[0]
    check((second["outcome"], second["attempt"]) == ("succeeded", 2), "The second attempt should have succeeded.")
    show_attempt(second)
    remark("It had the same webhook-id and the same body: a receiver that has handled a delivery can tell.")
    return again


def rotate_and_resend(integrator: Integrator, receiver: Receiver, outbound: dict, first: Received) -> None:
    heading(7, "The integrator rotates the signing secret, and has the delivery sent again")
    rotated = integrator.post(f"/webhooks/{outbound['id']}/rotate-secret", {"overlapSeconds": 3600})
    delivery = first.headers["webhook-id"]
    integrator.post(f"/webhooks/{outbound['id']}/deliveries/{delivery}/resend")
    again = next_request(receiver, FINISHED)
    show_headers(again)
    check(again.headers["webhook-id"] == delivery, "A resend should have the webhook-id of the first time.")
    check(again.body == first.body, "A resend should have the body of the first time.")
    signatures = again.headers["webhook-signature"].split(" ")
    check(len(signatures) == 2, "In its overlap an old secret should sign, too.")
    for secret in (outbound["signingSecret"], rotated["signingSecret"]):
        verified(again, secret)
    remark("-> 200. Two signatures for the hour of overlap: it verifies with the old secret and with the new one.")


def show_logs(integrator: Integrator, inbound: dict, outbound: dict, call_id: str) -> None:
    heading(8, "What the integrator can read afterwards")
    request = integrator.rows(f"/webhooks/{inbound['id']}/requests", 1)[0]
    line("request log", f"{request['timestamp']}  {request['outcome']}  {request['statusCode']}  {request['callId']}")
    check(request["outcome"] == "accepted" and request["callId"] == call_id, "The request log should name the call.")
    attempts = integrator.rows(f"/webhooks/{outbound['id']}/deliveries", 4)
    remarks = ["sent again", "the retry", "", "the Test button"]
    line(
        "delivery log",
        *(
            f"{row['timestamp']}  {row['outcome']:9}  {row['statusCode']}  {row['id']:42}  {what}".rstrip()
            for row, what in zip(attempts, remarks, strict=True)
        ),
    )
    check([row["test"] for row in attempts] == [False, False, False, True], "The oldest row should be the test.")
    outcomes = [row["outcome"] for row in attempts]
    check(outcomes == ["succeeded", "succeeded", "failed", "succeeded"], "One attempt should have failed.")
    call, account = integrator.get(f"/calls/{call_id}"), integrator.get("/account")
    check(call["status"] == "finished", "The call should be finished.")
    line(
        "call",
        f"{call['status']}, {call['duration']} s, {call['tokensConsumed']} credit;"
        f" its analysis: {call['analysis']['lead_warmth']}, {call['analysis']['sentiment']}",
    )
    entries = integrator.get("/account/ledger")["items"]
    line(
        "ledger",
        *(
            f"{entry['timestamp']}  {entry['kind']:9}  {entry['amount']:+3}  {entry['callId'] or ''}".rstrip()
            for entry in entries
        ),
    )
    line("credits left", str(account["credits"]))
    check(sum(entry["amount"] for entry in entries) == account["credits"], "The ledger should add up to the balance.")
    check(account["credits"] == 9, "The call should have cost one credit of ten.")


def show_portal(stack: dict, account: dict, stays_up: bool) -> None:
    heading(9, "The same in a browser: the portal, signed in to this account")
    line("portal", portal_link(stack["apiUrl"], account["apiKey"]))
    if stays_up:
        remark("The link is good for five minutes and one use.")
    elif sys.stdin.isatty():
        remark("The link is good for five minutes and one use, and while the stack is up: it ends with this story.")
        input("  Press Enter when you have seen it. ")
    else:
        remark("It ends with the stack, which ends with this story. A stack that is up already stays: `make up` first.")


def show_headers(received: Received) -> None:
    """The custom headers and those of Standard Webhooks."""
    remark(f"POST {received.path}")
    for name, value in received.headers.items():
        if name.startswith("webhook-") or name in ("authorization", "x-system"):
            remark(f"{name}: {value}")


def show_attempt(row: dict) -> None:
    line(f"attempt {row['attempt']}", f"{row['timestamp']}  {row['outcome']}, {answer_of(row)}")


def answer_of(attempt: dict) -> str:
    return f"{attempt['statusCode']} in {attempt['durationMs']} ms"


def moment(timestamp: str) -> datetime:
    return datetime.fromisoformat(timestamp)


if __name__ == "__main__":
    sys.exit(report_problems(main))
