"""Every request of the management API that writes, with what it needs, and how to see whether it has been done."""

from collections.abc import Callable
from dataclasses import dataclass

from accounts import Webhook, eventually
from api import Answer
from manage_scene import HEADERS, PAYLOAD, RULES, Scene
from sample import SAMPLE

TOP_UP = 7


@dataclass(frozen=True)
class Command:
    needs: Callable[[Scene], None]
    send: Callable[[Scene], Answer]
    times: Callable[[Scene], int]  # how often it has been done
    is_once: bool = False  # done again, it is done but once
    when_done: tuple[int, ...] = ()  # what it may answer when it has been done before, besides a success
    holds: Callable[[Scene, Answer], bool] = lambda scene, answer: True  # what a success has told


def nothing(scene: Scene) -> None:
    pass


def key_opens(scene: Scene, answer: Answer) -> bool:
    return scene.api.v1(answer.json()["apiKey"], "GET", "/account").status == 200


def limits(scene: Scene) -> dict:
    return scene.account.limit().json()["limits"]


def link_opens(scene: Scene, answer: Answer) -> bool:
    link = answer.json()["url"].partition("#link=")[2]
    return scene.api.v1(None, "POST", "/portal-sessions", {"link": link}).status == 201


def session_opens(scene: Scene, answer: Answer) -> bool:
    return scene.api.v1(answer.json()["token"], "GET", "/account").status == 200


def made(answer: Answer) -> Webhook:
    webhook = answer.json()
    return Webhook(webhook["id"], webhook["signingSecret"], webhook)


def secret_verifies(scene: Scene, answer: Answer) -> bool:
    return scene.verifies(answer.json()["signingSecret"], answer.json().get("id") or scene.webhook.id)


def old_and_new_secret_verify(scene: Scene, answer: Answer) -> bool:
    return secret_verifies(scene, answer) and scene.verifies(scene.webhook.signing_secret, scene.webhook.id)


def recover(scene: Scene, **more) -> Answer:
    """Asked until no other recovery holds the account's one place: one that was killed holds it for 20 seconds."""

    def asked() -> Answer | None:
        answer = scene.account.post(f"{scene.webhook.path}/recover", {"since": "2020-01-01T00:00:00Z", **more})
        is_underway = answer.status == 409 and answer.error["code"] == "recovery_underway"
        return None if is_underway else answer

    return eventually(asked, "no other recovery is under way", timeout=60)


def patch_webhook(**changes) -> Callable[[Scene], Answer]:
    return lambda scene: scene.account.patch(scene.webhook.path, changes)


def operator(method: str, path: str, body: Callable[[Scene], dict] | dict | None = None) -> Callable[[Scene], Answer]:
    def send(scene: Scene) -> Answer:
        target = path.format(account=scene.account.id, key=scene.key_id)
        return scene.api.operator(method, target, body(scene) if callable(body) else body)

    return send


COMMANDS = {
    "create an outbound webhook": Command(
        nothing,
        lambda s: s.account.post(
            "/webhooks", {"direction": "outbound", "name": "n", "url": s.receiver.url, "headers": HEADERS}
        ),
        lambda s: s.count("/webhooks"),
        holds=secret_verifies,
    ),
    "create an inbound webhook with its campaign": Command(
        Scene.draft,
        lambda s: s.account.post(
            "/webhooks",
            {
                "direction": "inbound",
                "name": "n",
                "campaignId": s.campaign["id"],
                "responseWebhook": {"url": s.receiver.url, "headers": HEADERS, "payload": PAYLOAD},
            },
        ),
        lambda s: s.count("/webhooks"),
        is_once=True,
        when_done=(409,),
        holds=secret_verifies,
    ),
    "create a campaign with its webhook": Command(
        Scene.inbound,
        lambda s: s.account.post("/campaigns", {"name": "n", "webhookId": s.webhook.id, "prompt": "p"}),
        lambda s: s.count("/campaigns"),
        is_once=True,
        when_done=(409,),
    ),
    "create a webhook with a required header and a mapping": Command(
        Scene.draft,
        lambda s: s.account.post(
            "/webhooks", {"direction": "inbound", "name": "n", "campaignId": s.campaign["id"], **RULES}
        ),
        lambda s: s.count("/webhooks"),
        is_once=True,
        when_done=(409,),
        holds=lambda s, answer: s.takes_only_what_its_rules_say(made(answer)),
    ),
    "give a webhook a required header and a mapping": Command(
        Scene.bound,
        patch_webhook(**RULES),
        lambda s: int((s.shown()["requiredHeader"], s.shown()["mapping"]) == ({"name": "X-Crm-Key"}, RULES["mapping"])),
        is_once=True,
        holds=lambda s, answer: s.takes_only_what_its_rules_say(s.webhook),
    ),
    "take a required header and a mapping away": Command(
        Scene.guarded,
        patch_webhook(requiredHeader=None, mapping=None),
        lambda s: int((s.shown()["requiredHeader"], s.shown()["mapping"]) == (None, None)),
        is_once=True,
    ),
    "delete a webhook with a required header and a mapping": Command(
        Scene.guarded,
        lambda s: s.account.delete(s.webhook.path),
        lambda s: int(s.is_gone()),
        is_once=True,
        when_done=(404,),
    ),
    "bind a webhook to a campaign": Command(
        Scene.inbound_and_draft,
        lambda s: s.account.patch(s.webhook.path, {"campaignId": s.campaign["id"]}),
        lambda s: int(s.shown()["campaignId"] == s.campaign["id"]),
        is_once=True,
        when_done=(409,),
    ),
    "bind a campaign to a webhook": Command(
        Scene.inbound_and_draft,
        lambda s: s.account.patch(f"/campaigns/{s.campaign['id']}", {"webhookId": s.webhook.id}),
        lambda s: int(s.shown()["campaignId"] == s.campaign["id"]),
        is_once=True,
        when_done=(409,),
    ),
    "rename a webhook and replace its headers": Command(
        Scene.outbound,
        patch_webhook(name="renamed", headers=[{"name": "X-New", "value": "v"}]),
        lambda s: int((s.shown()["name"], s.shown()["headers"]) == ("renamed", ["X-New"])),
        is_once=True,
    ),
    "move an endpoint elsewhere": Command(
        Scene.outbound,
        patch_webhook(url="https://example.com/elsewhere"),
        lambda s: int((s.shown()["url"], s.shown()["headers"]) == ("https://example.com/elsewhere", [])),
        is_once=True,
    ),
    "give an endpoint a payload of its own": Command(
        Scene.outbound,
        patch_webhook(payload=PAYLOAD),
        lambda s: int(s.shown()["payload"] == PAYLOAD),
        is_once=True,
        holds=lambda s, answer: s.sends({"call": SAMPLE["call"]["id"]}),
    ),
    "give a response webhook another payload": Command(
        Scene.bound,
        patch_webhook(responseWebhook={"payload": {"json": ["{{ call.id }}"]}}),
        lambda s: int(s.shown()["responseWebhook"]["payload"] != PAYLOAD),
        is_once=True,
        holds=lambda s, answer: s.sends([SAMPLE["call"]["id"]]),
    ),
    "ask for a test call": Command(
        Scene.draft,
        lambda s: s.account.test_call(s.campaign, {"phoneNumber": "+15550001111"}, **{"idempotency-key": "press-1"}),
        lambda s: len(s.account.calls_of(s.campaign)),
        is_once=True,
        holds=lambda s, answer: s.account.call(answer.json()["callId"])["source"] == "test",
    ),
    "erase a call": Command(
        Scene.finished,
        lambda s: s.account.delete(f"/calls/{s.call_id}"),
        lambda s: int(s.account.call(s.call_id)["erasedAt"] is not None),
        is_once=True,
        holds=lambda s, answer: s.account.call(s.call_id)["recipient"] is None,
    ),
    "disable a webhook": Command(
        Scene.outbound, patch_webhook(status="disabled"), lambda s: int(s.shown()["status"] == "disabled"), is_once=True
    ),
    "take a response webhook away": Command(
        Scene.bound,
        patch_webhook(responseWebhook=None),
        lambda s: int(s.shown()["responseWebhook"] is None),
        is_once=True,
    ),
    "delete a bound webhook": Command(
        Scene.bound,
        lambda s: s.account.delete(s.webhook.path),
        lambda s: int(s.is_gone()),
        is_once=True,
        when_done=(404,),
    ),
    "make the last webhook that the limit allows": Command(
        Scene.one_of_each_allowed,
        lambda s: s.account.post("/webhooks", {"direction": "outbound", "name": "n", "url": s.receiver.url}),
        lambda s: s.count("/webhooks"),
        is_once=True,
        when_done=(409,),
    ),
    "make the last campaign that the limit allows": Command(
        Scene.one_of_each_allowed,
        lambda s: s.account.post("/campaigns", {"name": "n"}),
        lambda s: s.count("/campaigns"),
        is_once=True,
        when_done=(409,),
    ),
    "delete a campaign": Command(
        Scene.draft,
        lambda s: s.account.delete(f"/campaigns/{s.campaign['id']}"),
        lambda s: int(s.campaign_is_gone()),
        is_once=True,
        when_done=(404,),
    ),
    "test a webhook": Command(
        Scene.outbound,
        lambda s: s.account.post(f"{s.webhook.path}/test", {}),
        lambda s: len(s.receiver.requests),
        holds=lambda s, answer: answer.json()["success"] and s.is_in_the_log(),
    ),
    "test an endpoint that is not saved": Command(
        nothing,
        lambda s: s.account.post("/webhooks/test", {"url": s.receiver.url}),
        lambda s: len(s.receiver.requests),
        holds=lambda s, answer: answer.json()["success"],
    ),
    "rotate a secret": Command(
        Scene.outbound,
        lambda s: s.account.post(f"{s.webhook.path}/rotate-secret", {}),
        lambda s: int(s.sealed_secret() != s.sealed_before),
        is_once=True,
        holds=old_and_new_secret_verify,
    ),
    "rotate a slug": Command(
        Scene.bound,
        lambda s: s.account.post(f"{s.webhook.path}/rotate-slug", {}),
        lambda s: int(s.shown()["slug"] != s.webhook.slug),
        is_once=True,
        holds=lambda s, answer: s.shown()["slug"] == answer.json()["slug"],
    ),
    "edit a campaign": Command(
        Scene.bound,
        lambda s: s.account.patch(f"/campaigns/{s.campaign['id']}", {"prompt": "another", "status": "paused"}),
        lambda s: int(s.account.read(f"/campaigns/{s.campaign['id']}")["prompt"] == "another"),
        is_once=True,
    ),
    "send a delivery again": Command(
        Scene.delivered,
        lambda s: s.account.post(f"{s.webhook.path}/deliveries/{s.delivery_id}/resend", {}),
        Scene.times_sent_again,
    ),
    "recover deliveries": Command(
        Scene.undelivered,
        recover,
        Scene.times_sent_again,
        is_once=True,
    ),
    "hurry a delivery that waits": Command(
        Scene.waiting,
        lambda s: s.account.post(f"{s.webhook.path}/deliveries/{s.delivery_id}/resend", {}),
        Scene.times_sent_again,
        is_once=True,
        when_done=(409,),
    ),
    "hurry all deliveries that wait": Command(
        Scene.waiting, lambda s: recover(s, pending=True), Scene.times_sent_again, is_once=True
    ),
    "subscribe Zapier": Command(
        nothing,
        lambda s: s.account.post("/zapier/hooks", {"targetUrl": s.receiver.url}),
        lambda s: s.count("/webhooks"),
    ),
    "unsubscribe Zapier": Command(
        Scene.zap,
        lambda s: s.account.delete(f"/zapier/hooks/{s.webhook.id}"),
        lambda s: int(s.is_gone()),
        is_once=True,
        when_done=(404,),
    ),
    "add credits": Command(
        nothing,
        operator("POST", "/accounts/{account}/credits", {"amount": TOP_UP}),
        lambda s: (s.account.credits() - 100) // TOP_UP,
    ),
    "change two limits": Command(
        nothing,
        operator("PATCH", "/accounts/{account}", {"limits": {"campaigns": 7, "outboundWebhooks": 8}}),
        lambda s: int(limits(s) == {"inboundWebhooks": 500, "outboundWebhooks": 8, "campaigns": 7}),
        is_once=True,
        holds=lambda s, answer: answer.json()["limits"] == limits(s),
    ),
    "make a link into the portal": Command(
        nothing,
        lambda s: s.account.post("/portal-links", {"role": "viewer"}),
        lambda s: s.tokens_of("link"),
        holds=link_opens,
    ),
    "make a link as the operator": Command(
        nothing, operator("POST", "/accounts/{account}/portal-links"), lambda s: s.tokens_of("link"), holds=link_opens
    ),
    "sign in to the portal": Command(
        Scene.invited,
        lambda s: s.api.v1(None, "POST", "/portal-sessions", {"link": s.link}),
        lambda s: s.tokens_of("session"),
        is_once=True,
        when_done=(401,),
        holds=session_opens,
    ),
    "sign in with an API key": Command(
        nothing,
        lambda s: s.account.post("/portal-sessions", {}),
        lambda s: s.tokens_of("session"),
        holds=session_opens,
    ),
    "sign out": Command(
        Scene.signed_in,
        lambda s: s.api.v1(s.session, "DELETE", "/portal-sessions/current"),
        lambda s: 1 - s.tokens_of("session"),
        is_once=True,
        when_done=(401,),
    ),
    "end all sessions": Command(
        Scene.signed_in,
        operator("DELETE", "/accounts/{account}/portal-sessions"),
        lambda s: 1 - s.tokens_of("session"),
        is_once=True,
    ),
    "make an API key": Command(
        nothing,
        operator("POST", "/accounts/{account}/api-keys", {"name": "spare"}),
        lambda s: len(s.keys()) - 1,
        holds=key_opens,
    ),
    "revoke an API key": Command(
        Scene.spare_key,
        operator("DELETE", "/accounts/{account}/api-keys/{key}"),
        lambda s: int(len(s.keys()) == 1),
        is_once=True,
        when_done=(404,),
    ),
    "use an API key for the first time": Command(
        Scene.spare_key,
        lambda s: s.api.v1(s.spare_api_key, "GET", "/account"),
        lambda s: 1,  # that its use is noted is no condition of the answer
        is_once=True,
    ),
    "make an account": Command(
        nothing,
        operator("POST", "/accounts", lambda s: {"name": s.name, "credits": 5}),
        Scene.accounts_of_its_name,
        holds=key_opens,
    ),
}
