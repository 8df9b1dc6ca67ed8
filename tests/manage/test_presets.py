"""What payloads and mappings can begin with: one list, the same for everybody."""

import pytest


@pytest.mark.parametrize("role", ["editor", "viewer"])
def test_whoever_may_see_the_portal_is_shown_all_presets_as_they_are(shared_account, api, role):
    whole = shared_account.read("/presets")
    assert whole["nextCursor"] is None
    # A viewer is shown of an endpoint's URL its origin; a preset's is nobody's.
    assert "https://api.hubapi.com/crm/v3/objects/calls" in [preset["url"] for preset in whole["items"]]
    answer = api.v1(shared_account.session(role), "GET", "/presets")
    assert (answer.status, answer.json()) == (200, whole)


def test_a_preset_has_what_its_kind_says(shared_account):
    for preset in shared_account.read("/presets")["items"]:
        (other,) = {"payload", "mapping"} - {preset["kind"]}
        assert preset["kind"] in preset and other not in preset, preset["id"]


def test_presets_are_for_callers_only(api):
    assert api.v1(None, "GET", "/presets").status == 401
