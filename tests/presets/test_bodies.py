"""What each payload preset makes of a call is what its API takes.

The bodies are rendered by the product's own code, without a stack: shared/presets/examples/bodies.rs has the calls.
"""

import copy
import json
import subprocess

import pytest

from infra.local.settings import CHECKOUT
from preset_apis import APIS, NEEDED_METADATA, PAYLOADS, read, refusals

CALLS = ("full", "texts", "missed", "failed", "cancelled", "long", "bare")
# What an API would refuse, and so its schema must: a place in the body of a full call, and what is put there.
SPOILT = [
    ("hubspot-call", "properties.hs_timestamp", 1730179077),  # seconds
    ("hubspot-call", "properties.hs_call_status", "FINISHED"),
    ("hubspot-call", "properties.hs_call_disposition", "Connected"),
    ("hubspot-call", "properties.hs_call_disposition", ""),
    ("hubspot-call", "properties.hs_call_recording_url", "http://recordings.example/1.mp3"),
    ("hubspot-call", "properties.lead_warmth", "hot"),
    ("hubspot-call", "associations.0.to.id", "None"),
    ("followup-boss-call", "personId", None),
    ("followup-boss-call", "outcome", "Connected"),
    ("followup-boss-call", "recordingUrl", ""),
    ("followup-boss-event", "type", "Call"),
    ("followup-boss-event", "person.emails", [{"value": ""}]),
    ("gohighlevel-inbound-webhook", "contact_id", {"id": 1}),
    ("pipedrive-call", "outcome", "finished"),
    ("pipedrive-call", "start_time", "2024-10-29T05:17:57Z"),
    ("pipedrive-call", "duration", 123),
    ("pipedrive-call", "person_id", "4712"),
    ("salesforce-task", "WhoId", "4711"),
    ("salesforce-task", "Subject", "s" * 256),
    ("salesforce-task", "Warmth__c", "hot"),
    ("salesforce-task", "ActivityDate", "29/10/2024"),
    ("zendesk-ticket", "ticket.tags", ["lead hot"]),
    ("zendesk-ticket", "ticket.requester.email", ""),
    ("zendesk-ticket", "ticket.comment.body", ""),
    ("slack", "blocks.0.text.text", "h" * 151),
    ("slack", "blocks.1.text.type", "mrkdwn"),
    ("slack", "text", "<!channel>"),
    ("microsoft-teams", "attachments.0.content.actions", [{"type": "Action.OpenUrl", "title": "Recording", "url": ""}]),
    ("microsoft-teams", "attachments.0.contentType", "application/json"),
    ("google-chat", "cardsV2.0.card.sections.0.widgets.0", {"textParagraph": {"text": ""}}),
    ("discord", "allowed_mentions.parse", ["everyone"]),
    ("discord", "embeds.0.url", ""),
    ("discord", "embeds.0.fields.0.value", "v" * 1025),
    ("flat-json", "transcript", [{"who": "user"}]),
]


@pytest.fixture(scope="session")
def bodies() -> dict[str, dict[str, str]]:
    """What `cargo test` has built already: by preset and call."""
    command = ["cargo", "run", "--quiet", "--locked", "--package", "presets", "--example", "bodies"]
    ran = subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True)
    return json.loads(ran.stdout)


def test_each_payload_preset_has_the_schema_of_its_api_and_no_other_has_one():
    assert {file.stem for file in APIS.glob("*.json")} == set(PAYLOADS)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("preset", PAYLOADS)
def test_what_a_preset_makes_of_a_call_is_what_its_api_takes(bodies, preset, call):
    found = refusals(preset, bodies[preset][call])
    if call == "bare" and preset in NEEDED_METADATA:
        assert len(found) == 1 and NEEDED_METADATA[preset] in found[0], found
    else:
        assert found == []


@pytest.mark.parametrize("preset", PAYLOADS)
def test_no_odd_text_of_a_call_makes_an_api_refuse_its_result(bodies, preset):
    odd = {call: body for call, body in bodies[preset].items() if call.startswith("odd ")}
    assert len(odd) > 30
    assert {call: found for call, body in odd.items() if (found := refusals(preset, body))} == {}


@pytest.mark.parametrize(("preset", "place", "value"), SPOILT)
def test_the_schema_refuses_what_the_api_would(bodies, preset, place, value):
    body = copy.deepcopy(read(preset, bodies[preset]["full"]))
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    inner = body
    for step in way:
        inner = inner[step]
    inner[last] = value
    assert refusals(preset, json.dumps(body)) != []


@pytest.mark.parametrize("preset", PAYLOADS)
def test_a_result_tells_how_the_call_ended(bodies, preset):
    """Or all of them would look alike to whoever reads them."""
    assert len({bodies[preset][call] for call in ("full", "missed", "failed", "cancelled")}) == 4


def test_pipedrive_has_no_outcome_for_a_call_that_did_not_ring_so_the_subject_says_it(bodies):
    logged = [json.loads(bodies["pipedrive-call"][call]) for call in ("full", "missed", "failed", "cancelled")]
    assert [log["subject"].split(":")[0] for log in logged] == ["Call", "Call", "Failed call", "Cancelled call"]
    assert [log["outcome"] for log in logged] == ["connected", *["no_answer"] * 3]
    assert logged[3]["note"] == "The call was not placed: insufficient_funds"


@pytest.mark.parametrize("call", ["full", "texts"])
def test_a_call_is_logged_on_the_record_that_its_metadata_names(bodies, call):
    full = {preset: read(preset, bodies[preset][call]) for preset in PAYLOADS}
    assert full["hubspot-call"]["associations"][0]["to"] == {"id": "4711"}
    assert full["followup-boss-call"]["personId"] == full["followup-boss-event"]["person"]["id"] == 4712
    assert (full["pipedrive-call"]["person_id"], full["pipedrive-call"]["deal_id"]) == (4712, 4713)
    assert full["salesforce-task"]["WhoId"] == "003000000000001AAA"
    assert full["gohighlevel-inbound-webhook"]["contact_id"] == "4711"
