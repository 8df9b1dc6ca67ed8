"""An edit takes effect on the next request within 5 seconds, also where the webhook was in use a moment ago."""

import time

import pytest

import sent_values
from accounts import Account, eventually, unused_phone
from edits import EFFECT

NEW_PROMPT = "You are Robin, calling for Harbour Dental."


class Edited:
    """A webhook that has just taken a request, its campaign, and what the next request has to meet."""

    def __init__(self, account: Account, jobs):
        self.account, self._jobs = account, jobs
        self.webhook = account.inbound()
        self.campaign = account.campaign(self.webhook)
        self.campaign_path = f"/campaigns/{self.campaign['id']}"
        assert self.triggered(self.webhook.slug) == 201

    def triggered(self, slug: str) -> int:
        return self.account.api.trigger(slug, {"type": "calls.execute", "data": {"phoneNumber": unused_phone()}}).status

    def old_slug_is_a_404(self) -> bool:
        return self.triggered(self.webhook.slug) == 404

    def next_outcome(self) -> tuple[str, str | None]:
        """How the request log has the next request."""
        before = len(self.account.read(f"{self.webhook.path}/requests", limit=100)["items"])
        self.triggered(self.webhook.slug)
        row = self.account.requests_to(self.webhook, before + 1)[0]
        return row["outcome"], row["reason"]

    def next_job(self) -> dict:
        phone = unused_phone()
        self.account.trigger(self.webhook, {"phoneNumber": phone})
        return self._jobs.to(self.webhook, "phoneNumber", phone)


def rotate_slug(edited: Edited) -> None:
    sent_values.remember("slug", edited.account.post(f"{edited.webhook.path}/rotate-slug", {}).json()["slug"])


# the edit -> what the next request has to meet
EDITS = {
    "a_new_prompt_is_in_the_next_job": (
        lambda edited: edited.account.edit(edited.campaign_path, prompt=NEW_PROMPT),
        lambda edited: edited.next_job()["campaign"]["prompt"] == NEW_PROMPT,
    ),
    "a_paused_campaign_places_no_call": (
        lambda edited: edited.account.edit(edited.campaign_path, status="paused"),
        lambda edited: edited.next_outcome() == ("cancelled", "campaign_not_active"),
    ),
    "a_campaign_without_its_prompt_ignores_requests": (
        lambda edited: edited.account.edit(edited.campaign_path, prompt=None),
        lambda edited: edited.next_outcome() == ("ignored", "no_prompt"),
    ),
    "a_disabled_webhook_is_a_404": (
        lambda edited: edited.account.edit(edited.webhook.path, status="disabled"),
        Edited.old_slug_is_a_404,
    ),
    "a_deleted_webhook_is_a_404": (
        lambda edited: edited.account.delete(edited.webhook.path),
        Edited.old_slug_is_a_404,
    ),
    "a_rotated_slug_is_a_404": (rotate_slug, Edited.old_slug_is_a_404),
}


@pytest.fixture(scope="module")
def edited(api, jobs):
    """Every edit is made at one moment, so that all of them are awaited together."""
    sent_values.remember("prompt", NEW_PROMPT)
    edited = {name: Edited(Account.open(api), jobs) for name in EDITS}
    for name, (edit, _) in EDITS.items():
        edit(edited[name])
    return edited, time.monotonic()


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_takes_effect_within_5_seconds(edited, name):
    edits, made_at = edited
    remaining = max(EFFECT - (time.monotonic() - made_at), 0)
    eventually(lambda: EDITS[name][1](edits[name]), name.replace("_", " "), remaining)


def test_what_is_switched_on_again_counts_within_5_seconds_too(account, jobs):
    edited = Edited(account, jobs)
    account.edit(edited.webhook.path, status="disabled")
    account.edit(edited.campaign_path, status="paused")
    account.edit(edited.campaign_path, status="active")
    account.edit(edited.webhook.path, status="enabled")
    eventually(lambda: edited.next_outcome() == ("accepted", None), "it takes requests again", EFFECT)
