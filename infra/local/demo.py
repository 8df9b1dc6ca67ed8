"""The whole story on one screen: a CRM's request becomes a call, the call's result arrives at two endpoints.

Every part is the real one, but for two that are played here: the dialer, and the customer's endpoints.
"""

import json
import queue
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from standardwebhooks import Webhook, WebhookVerificationError

import emulator
from accounts import open_account
from dialer import Dialer
from receiver import Received, Receiver
from settings import Problem, Settings, read_json, report_problems

PATIENCE_S = 30
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


class Api:
    """The product's HTTP API, as an integrator calls it."""

    def __init__(self, url: str, key: str):
        self._url, self._key = url, key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def call(self, method: str, url: str, body: dict | None, headers: dict[str, str]) -> tuple[int, dict]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"content-type": "application/json", **headers}, method=method)
        try:
            with self._opener.open(request, timeout=PATIENCE_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, {"answer": error.read().decode(errors="replace")}

    def v1(self, method: str, path: str, body: dict | None = None) -> dict:
        status, answer = self.call(method, f"{self._url}/v1{path}", body, {"authorization": f"Bearer {self._key}"})
        check(status in (200, 201), f"{method} /v1{path} answered {status}: {answer}")
        return answer


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
    api, receiver = Api(stack["apiUrl"], account["apiKey"]), Receiver()
    print("The customer's endpoints are played by", receiver.url)
    inbound, outbound = set_up(api, receiver)
    send_request(api, inbound)
    job = answer_job(stack, inbound)
    secrets = {"/call-finished": outbound["signingSecret"], "/call-completed": inbound["signingSecret"]}
    show_deliveries(receiver, secrets)
    show_logs(api, inbound, outbound, job["callId"])
    receiver.close()
    print("\nAll of it went as it should.")


def set_up(api: Api, receiver: Receiver) -> tuple[dict, dict]:
    title("1. The integrator makes an inbound webhook, the campaign it calls for, and an outbound webhook")
    inbound = api.v1("POST", "/webhooks", {
        "direction": "inbound",
        "name": "CRM leads",
        "responseWebhook": {"url": f"{receiver.url}/call-completed",
                            "headers": [{"name": "X-System", "value": "demo-crm"}]},
    })
    campaign = api.v1("POST", "/campaigns", {
        "name": "Q4 Outreach",
        "webhookId": inbound["id"],
        "status": "active",
        "prompt": "Ask whether the enterprise plan is of interest, and answer questions about it.",
        "voice": "alex",
        "language": "en-US",
    })
    outbound = api.v1("POST", "/webhooks", {
        "direction": "outbound",
        "name": "Data warehouse",
        "url": f"{receiver.url}/call-finished",
        "headers": [{"name": "Authorization", "value": "Bearer token123"}],
    })
    print(f"    inbound webhook   {inbound['id']}  {inbound['url']}")
    print(f"    its callback      {inbound['responseWebhook']['url']}")
    print(f"    campaign          {campaign['id']}  {campaign['name']}")
    print(f"    outbound webhook  {outbound['id']}  {outbound['url']}")
    return inbound, outbound


def send_request(api: Api, inbound: dict) -> None:
    title(f"2. The CRM sends POST {inbound['url']}")
    show(CRM_REQUEST)
    status, answer = api.call("POST", inbound["url"], CRM_REQUEST, {})
    print(f"    answered with {status} {json.dumps(answer)}")
    check((status, answer) == (201, {"success": True}), 'The answer should be 201 {"success": true}.')


def answer_job(stack: dict, inbound: dict) -> dict:
    title("3. The dialer takes the job from the queue call-jobs, calls, and reports to call-completions")
    stopping, jobs = threading.Event(), queue.Queue()

    def on_answer(job: dict, _completion: dict) -> None:
        if job["webhookId"] == inbound["id"]:
            jobs.put(job)

    dialer = threading.Thread(target=Dialer(stack, on_answer).run, args=[stopping])
    dialer.start()
    try:
        job = jobs.get(timeout=PATIENCE_S)
    except queue.Empty:
        raise Problem(f"no call job came within {PATIENCE_S} s. Did a `make dialer` take it?"
                      " What the functions say: `make logs`.") from None
    finally:
        stopping.set()
        dialer.join()
    show(job)
    return job


def show_deliveries(receiver: Receiver, secrets: dict[str, str]) -> None:
    title("4. Both endpoints get the result, signed")
    awaited = dict(secrets)
    while awaited:
        received = receiver.next(PATIENCE_S)
        check(received is not None, f"Nothing came to {', '.join(awaited)} within {PATIENCE_S} s.")
        check(received.path in awaited, f"A second delivery, or one to nobody, came to {received.path}.")
        show_delivery(received, awaited.pop(received.path))


def show_delivery(received: Received, secret: str) -> None:
    print(f"\n    POST {received.path}")
    for name, value in received.headers.items():
        print(f"    {name}: {value}")
    try:
        payload = Webhook(secret).verify(received.body, received.headers)
    except WebhookVerificationError as error:
        raise Problem(f"the signature of the delivery to {received.path} is not valid: {error}") from error
    show(payload)
    print("    The signature is valid, says the package standardwebhooks.")
    kind = received.path.removeprefix("/").replace("-", ".")
    check(payload["type"] == kind, f"Its type should be {kind}.")


def show_logs(api: Api, inbound: dict, outbound: dict, call_id: str) -> None:
    title("5. What the integrator can read afterwards")
    print("    the request log of the inbound webhook")
    request = first_item(api, f"/webhooks/{inbound['id']}/requests")
    show(request)
    check(request["outcome"] == "accepted" and request["callId"] == call_id, "The request log should name the call.")
    print("    the delivery log of the outbound webhook")
    attempt = first_item(api, f"/webhooks/{outbound['id']}/deliveries")
    show(attempt)
    check(attempt["outcome"] == "succeeded", "The attempt should have succeeded.")
    call = api.v1("GET", f"/calls/{call_id}")
    account = api.v1("GET", "/account")
    print(f"    the call is {call['status']}, took {call['duration']} s and cost {call['tokensConsumed']} credit;"
          f" the account has {account['credits']} left")
    check(call["status"] == "finished", "The call should be finished.")


def first_item(api: Api, path: str) -> dict:
    """The newest row of a log, which is written a moment after what it tells of."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        items = api.v1("GET", path)["items"]
        if items:
            return items[0]
        time.sleep(0.1)
    raise Problem(f"GET /v1{path} lists nothing after {PATIENCE_S} s.")


if __name__ == "__main__":
    sys.exit(report_problems(main))
