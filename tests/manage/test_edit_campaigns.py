"""Campaigns are edited: every setting the product has, alone and together, bound once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

import sent_values
from edits import edit_among_others
from refusals import assert_refused

BEFORE = {
    "prompt": "You are Alex, calling for Quillhaven.",
    "voice": "alloy-warm",
    "language": "en-US",
    "voicemailMessage": "Please call Quillhaven back at your leisure.",
    "followUps": {"email": True},
    "callForwarding": {"number": "+15550106666"},
    "keypadNavigation": {"enabled": True},
    "backgroundAmbience": "office",
}
AFTER = {
    "prompt": "You are Robin. Speak slowly, and “listen” first. 🌿",
    "voice": "ember-low",
    "language": "nl-NL",
    "voicemailMessage": "Bel Quillhaven gerust terug wanneer het schikt.",
    "followUps": {"sms": {"after": 3600, "text": "Thank you for the talk"}, "email": False},
    "callForwarding": {"number": "+15550107777", "when": ["asked", "angry"]},
    "keypadNavigation": {"enabled": False, "digits": "*#0"},
    "backgroundAmbience": "café",
}
# Key orders that neither an alphabet nor a hash table would give.
ORDERED = (
    b'{"zulu":1,"alpha":{"yankee":[{"xray":1,"bravo":2}],"charlie":null},"10":"ten","9":"nine","mike":1.50,'
    b'"big":12345678901234567890,"empty":{}}'
)


def path_of(campaign: dict) -> str:
    return f"/campaigns/{campaign['id']}"


@pytest.fixture(autouse=True)
def settings_are_remembered():
    sent_values.remember("prompt", [AFTER["prompt"], AFTER["voicemailMessage"]])


@pytest.mark.parametrize("setting", AFTER)
def test_one_setting_is_edited_and_the_others_stay(shared_account, setting):
    before = shared_account.campaign(**BEFORE)
    edited = shared_account.edit(path_of(before), **{setting: AFTER[setting]})
    assert edited == {**before, setting: AFTER[setting], "updatedAt": edited["updatedAt"]}
    assert edited["updatedAt"] >= before["updatedAt"]
    assert shared_account.read(path_of(before)) == edited


def test_every_setting_is_edited_at_once_and_reaches_the_dialer(account, jobs):
    webhook = account.inbound()
    campaign = account.campaign(webhook, status="draft", **BEFORE)
    edited = account.edit(path_of(campaign), name="Spring viewings", status="active", **AFTER)
    assert {name: edited[name] for name in AFTER} == AFTER
    assert (edited["name"], edited["status"], edited["webhookId"]) == ("Spring viewings", "active", webhook.id)
    account.trigger(webhook)
    (job,) = jobs.of(webhook)
    assert job["campaign"] == {"id": campaign["id"], "name": "Spring viewings", **AFTER}


@pytest.mark.parametrize("setting", BEFORE)
def test_a_setting_is_cleared_by_null(shared_account, setting):
    campaign = shared_account.campaign(**BEFORE)
    edited = shared_account.edit(path_of(campaign), **{setting: None})
    assert edited == {**campaign, setting: None, "updatedAt": edited["updatedAt"]}


@pytest.mark.parametrize("setting", [name for name, value in BEFORE.items() if isinstance(value, str)])
@pytest.mark.parametrize("blank", ["", "  \n"])
def test_a_text_is_cleared_by_a_blank_one(shared_account, setting, blank):
    campaign = shared_account.campaign(**BEFORE)
    assert shared_account.edit(path_of(campaign), **{setting: blank})[setting] is None
    assert shared_account.read(path_of(campaign))[setting] is None


@pytest.mark.parametrize("status", ["draft", "active", "paused"])
def test_a_campaigns_status_is_edited(shared_account, status):
    campaign = shared_account.campaign(status="paused" if status == "draft" else "draft")
    assert shared_account.edit(path_of(campaign), status=status)["status"] == status


@pytest.mark.parametrize("setting", ["followUps", "callForwarding", "keypadNavigation"])
def test_an_objects_keys_keep_their_order_and_its_numbers_their_value(account, jobs, setting):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    answer = account.patch(path_of(campaign), b'{"%s":%s}' % (setting.encode(), ORDERED))
    assert answer.status == 200, answer
    account.trigger(webhook)
    job = jobs.message_of(webhook).body
    for text in (answer.body.decode(), account.get(path_of(campaign)).body.decode(), job):
        shown = json.loads(text, object_pairs_hook=list)
        if text == job:
            shown = dict(shown)["campaign"]
        assert dict(shown)[setting] == json.loads(ORDERED, object_pairs_hook=list)


def test_a_prompt_may_have_50000_characters_of_any_script(account, jobs):
    webhook, prompt = account.inbound(), "🌿" * 50_000
    campaign = account.campaign(webhook)
    answer = account.patch(path_of(campaign), json.dumps({"prompt": prompt}, ensure_ascii=False).encode())
    assert (answer.status, answer.json()["prompt"]) == (200, prompt)
    account.trigger(webhook)
    assert jobs.of(webhook)[0]["campaign"]["prompt"] == prompt


def test_eight_edits_at_once_do_not_undo_each_other(account):
    campaign = account.campaign(**BEFORE)

    def edit(setting: str) -> dict:
        return edit_among_others(account, path_of(campaign), **{setting: AFTER[setting]})

    with ThreadPoolExecutor(len(AFTER)) as pool:
        list(pool.map(edit, AFTER))
    edited = account.read(path_of(campaign))
    assert {name: edited[name] for name in AFTER} == AFTER


# binding


def test_a_campaign_is_bound_to_a_webhook_by_an_edit_once(account, jobs):
    campaign, first, second = account.campaign(), account.inbound(), account.inbound()
    assert account.edit(path_of(campaign), webhookId=first.id)["webhookId"] == first.id
    assert account.read(first.path)["campaignId"] == campaign["id"]
    assert_refused(account.patch(path_of(campaign), {"webhookId": second.id}), 409, "campaign_already_bound")
    assert account.read(path_of(campaign))["webhookId"] == first.id
    assert account.read(second.path)["campaignId"] is None
    account.trigger(first)
    assert jobs.of(first)[0]["campaign"]["id"] == campaign["id"]


def test_a_webhook_that_is_bound_is_not_bound_again_by_an_edit(account):
    webhook, other = account.bound_webhook(), account.campaign()
    assert_refused(account.patch(path_of(other), {"webhookId": webhook.id}), 409, "webhook_already_bound")
    assert account.read(path_of(other))["webhookId"] is None


def test_a_campaign_is_bound_to_an_inbound_webhook_of_the_account_only(account, shared_account):
    campaign = account.campaign()
    outbound, elsewhere = account.outbound("https://example.com/"), shared_account.inbound()
    for webhook_id in (outbound.id, elsewhere.id, "wh_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b"):
        answer = account.patch(path_of(campaign), {"webhookId": webhook_id, "name": "Renamed"})
        assert_refused(answer, 422, "unknown_webhook", "webhookId")
    assert account.read(path_of(campaign)) == campaign
    assert shared_account.read(elsewhere.path)["campaignId"] is None


@pytest.mark.parametrize("field", ["id", "accountId", "createdAt", "updatedAt", "calls"])
def test_what_a_campaign_does_not_have_is_refused_by_name(shared_account, field):
    campaign = shared_account.campaign()
    answer = shared_account.patch(path_of(campaign), {"name": "Renamed", field: "x"})
    assert_refused(answer, 400, "unknown_field", field)
    assert shared_account.read(path_of(campaign)) == campaign
