"""The whole story on one screen: a CRM's request becomes a call, the call's result arrives at two endpoints, and the
integrator tests, rotates, reads the logs and sends again.

Every part is the real one, but for two that are played here: the dialer, and the customer's endpoints.
"""

import json
import queue
import socket
import subprocess
import sys
import threading
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

import emulator
from accounts import open_account
from dialer import Dialer
from integrator import PATIENCE_S, Integrator
from receiver import Received, Receiver
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


def check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Problem(f"the demo expected something else. {otherwise}")


def title(text: str) -> None:
    print(f"\n--- {text}", flush=True)


def show(value: dict) -> None:
    for line in json.dumps(value, indent=2, ensure_ascii=False).splitlines():
        print(f"    {line}")


def main() -> int:
    settings = Settings.from_environment()
    was_up = emulator.find(settings) is not None
    program = Path(__file__).with_name("stack.py")
    if subprocess.run([sys.executable, program, "up"], check=False).returncode != 0:
        return 1
    try:
        tell_the_story(read_json(settings.stack_file))
    finally:
        if not was_up:
            subprocess.run([sys.executable, program, "down"], check=False)
    return 0


def tell_the_story(stack: dict) -> None:
    # An account of its own: what an earlier demo left on this stack does not disturb.
    account = open_account(stack["apiUrl"], "Demo account", 10)
    integrator, receiver = Integrator(stack["apiUrl"], account["apiKey"]), Receiver()
    print("The customer's endpoints are played by", receiver.url)
    inbound, outbound = set_up(integrator, receiver)
    press_test(integrator, receiver, outbound)
    send_request(integrator, inbound)
    job = answer_job(stack, inbound)
    secrets = {FINISHED: outbound["signingSecret"], COMPLETED: inbound["signingSecret"]}
    finished = show_deliveries(receiver, secrets)
    rotate_and_resend(integrator, receiver, outbound, finished)
    show_logs(integrator, inbound, outbound, job["callId"])
    receiver.close()
    print("\nAll of it went as it should.")


def set_up(integrator: Integrator, receiver: Receiver) -> tuple[dict, dict]:
    title("1. The integrator makes an inbound webhook, the campaign it calls for, and an outbound webhook")
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
    print(f"    inbound webhook   {inbound['id']}  {inbound['url']}")
    print(f"    its callback      {inbound['responseWebhook']['url']}")
    print(f"    campaign          {campaign['id']}  {campaign['name']}")
    print(f"    outbound webhook  {outbound['id']}  {outbound['url']}")
    print(f'    It was given the header "Authorization: {TOKEN}". Whoever reads it again sees the name only:')
    read = integrator.get(f"/webhooks/{outbound['id']}")
    show({"headers": read["headers"]})
    check(read["headers"] == ["Authorization"], "A webhook should show the names of its headers.")
    check(TOKEN not in json.dumps(read), "A header's value should never be shown again.")
    return inbound, outbound


def press_test(integrator: Integrator, receiver: Receiver, outbound: dict) -> None:
    title("2. The Test button sends the documented sample before anything depends on it")
    print("    an endpoint that is not saved yet: it has no signing secret, so the request has no signature")
    url = receiver.url + TRIAL
    show(integrator.post("/webhooks/test", {"url": url, "headers": [{"name": "Authorization", "value": TOKEN}]}))
    received = next_request(receiver, TRIAL)
    check("webhook-signature" not in received.headers, "A test of an unsaved endpoint should not be signed.")
    check(received.headers["authorization"] == TOKEN, "A test should carry the custom header.")
    print("    the saved outbound webhook: signed as its deliveries are")
    result = integrator.post(f"/webhooks/{outbound['id']}/test")
    check(result["success"] and result["statusCode"] == 200, f"The test should succeed, and is {result}.")
    payload = verified(next_request(receiver, FINISHED), outbound["signingSecret"])
    print(f"    {payload['type']} of {payload['call']['id']} came with a valid signature")
    with socket.socket() as deaf:  # a port that is taken and not listened at
        deaf.bind(("127.0.0.1", 0))
        print("    an endpoint where nothing listens: the answer says what is wrong")
        result = integrator.post("/webhooks/test", {"url": f"http://127.0.0.1:{deaf.getsockname()[1]}/"})
    show(result)
    check(not result["success"] and result["error"]["code"] == "connect", "The error code should be connect.")


def send_request(integrator: Integrator, inbound: dict) -> None:
    title(f"3. The CRM sends POST {inbound['url']}")
    show(CRM_REQUEST)
    status, answer = integrator.call("POST", inbound["url"], CRM_REQUEST, {})
    print(f"    answered with {status} {json.dumps(answer)}")
    check((status, answer) == (201, {"success": True}), 'The answer should be 201 {"success": true}.')


def answer_job(stack: dict, inbound: dict) -> dict:
    title("4. The dialer takes the job from the queue call-jobs, calls, and reports to call-completions")
    stopping, jobs = threading.Event(), queue.Queue()

    def on_answer(job: dict, _completion: dict) -> None:
        if job["webhookId"] == inbound["id"]:
            jobs.put(job)

    dialer = threading.Thread(target=Dialer(stack, on_answer).run, args=[stopping])
    dialer.start()
    try:
        job = jobs.get(timeout=PATIENCE_S)
    except queue.Empty:
        raise Problem(
            f"no call job came within {PATIENCE_S} s. Did a `make dialer` take it? What the functions say: `make logs`."
        ) from None
    finally:
        stopping.set()
        dialer.join()
    show(job)
    return job


def show_deliveries(receiver: Receiver, secrets: dict[str, str]) -> Received:
    """Shows a delivery to each of these paths; returns the one to the outbound webhook."""
    title("5. Both endpoints get the result, signed")
    got: dict[str, Received] = {}
    while secrets.keys() - got.keys():
        received = next_request(receiver, *(secrets.keys() - got.keys()))
        show_request(received)
        payload = verified(received, secrets[received.path])
        show(payload)
        print("    The signature is valid, says the package standardwebhooks.")
        kind = received.path.removeprefix("/").replace("-", ".")
        check(payload["type"] == kind, f"Its type should be {kind}.")
        got[received.path] = received
    check(got[FINISHED].headers.get("authorization") == TOKEN, "The custom header should be sent in clear.")
    return got[FINISHED]


def rotate_and_resend(integrator: Integrator, receiver: Receiver, outbound: dict, first: Received) -> None:
    title("6. The integrator rotates the signing secret and has the delivery sent again")
    rotated = integrator.post(f"/webhooks/{outbound['id']}/rotate-secret", {"overlapSeconds": 3600})
    delivery = first.headers["webhook-id"]
    # The test and the delivery: what is in the log can be sent again.
    integrator.rows(f"/webhooks/{outbound['id']}/deliveries", 2)
    integrator.post(f"/webhooks/{outbound['id']}/deliveries/{delivery}/resend")
    again = next_request(receiver, FINISHED)
    show_request(again)
    check(again.headers["webhook-id"] == delivery, "A resend should have the webhook-id of the first time.")
    check(again.body == first.body, "A resend should have the body of the first time.")
    print("    The same webhook-id and the same body: a receiver that has handled it can tell.")
    signatures = again.headers["webhook-signature"].split(" ")
    check(len(signatures) == 2, "In its overlap an old secret should sign, too.")
    for secret in (outbound["signingSecret"], rotated["signingSecret"]):
        verified(again, secret)
    print("    Two signatures for the hour of overlap: it verifies with the old secret and with the new one.")


def next_request(receiver: Receiver, *paths: str) -> Received:
    received = receiver.next(PATIENCE_S)
    check(received is not None, f"Nothing came to {' or '.join(paths)} within {PATIENCE_S} s.")
    check(received.path in paths, f"A second delivery, or one to nobody, came to {received.path}.")
    return received


def show_request(received: Received) -> None:
    print(f"\n    POST {received.path}")
    for name, value in received.headers.items():
        print(f"    {name}: {value}")


def verified(received: Received, secret: str) -> dict:
    try:
        return Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError as error:
        raise Problem(f"the signature of the request to {received.path} is not valid: {error}") from error


def show_logs(integrator: Integrator, inbound: dict, outbound: dict, call_id: str) -> None:
    title("7. What the integrator can read afterwards")
    print("    the request log of the inbound webhook")
    request = integrator.rows(f"/webhooks/{inbound['id']}/requests", 1)[0]
    show(request)
    check(request["outcome"] == "accepted" and request["callId"] == call_id, "The request log should name the call.")
    print("    the delivery log of the outbound webhook, newest first: the resend, the delivery, the test")
    attempts = integrator.rows(f"/webhooks/{outbound['id']}/deliveries", 3)
    for row in attempts:
        test = "  test" if row["test"] else ""
        print(f"    {row['timestamp']}  {row['outcome']}  {row['statusCode']}  {row['id']}{test}")
    show(attempts[0])
    check(len(attempts) == 3, "The delivery log should have three rows.")
    check([row["test"] for row in attempts] == [False, False, True], "The oldest row should be the test.")
    check(all(row["outcome"] == "succeeded" for row in attempts), "Every attempt should have succeeded.")
    call = integrator.get(f"/calls/{call_id}")
    account = integrator.get("/account")
    print(
        f"    the call is {call['status']}, took {call['duration']} s and cost {call['tokensConsumed']} credit;"
        f" the account has {account['credits']} left, and its ledger says why"
    )
    entries = integrator.get("/account/ledger")["items"]
    for entry in entries:
        print(f"    {entry['timestamp']}  {entry['kind']:10}  {entry['amount']:+4}  {entry['callId'] or ''}".rstrip())
    check(call["status"] == "finished", "The call should be finished.")
    check(sum(entry["amount"] for entry in entries) == account["credits"], "The ledger should add up to the balance.")


if __name__ == "__main__":
    sys.exit(report_problems(main))
