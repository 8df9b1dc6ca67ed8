"""The app as Zapier reads it."""

import json

import pytest

from zapier_platform import PROGRAM, flattened

PACKAGE = json.loads((PROGRAM.parents[2] / "integrations" / "zapier" / "package.json").read_text(encoding="utf-8"))

# What an account names itself, so that no label can be made for it beforehand.
OWN = ("metadata__", "variables__", "extracted__")


@pytest.fixture(scope="module")
def definition(platform) -> dict:
    return platform.definition()


def actions(definition: dict) -> dict[str, dict]:
    """Everything that a user of Zapier can choose."""
    of_all_kinds = {**definition["triggers"], **definition["creates"], **definition["searches"]}
    return {key: action for key, action in of_all_kinds.items() if not action["display"].get("hidden")}


def test_it_passes_the_platforms_own_validation(platform):
    assert platform.handle(command="validate") == []


def test_its_versions_are_those_of_its_package(definition):
    assert definition["version"] == PACKAGE["version"]
    assert definition["platformVersion"] == PACKAGE["dependencies"]["zapier-platform-core"]


def test_one_can_choose_a_trigger_an_action_and_a_search(definition):
    labels = {key: action["display"]["label"] for key, action in actions(definition).items()}
    assert labels == {
        "call_finished": "Call Finished",
        "trigger_call": "Trigger a Call",
        "find_call": "Find a Call",
    }


def test_every_value_of_a_sample_has_a_label_but_what_an_account_names_itself(definition):
    for key, action in actions(definition).items():
        operation = action["operation"]
        labels = {field["key"]: field["label"] for field in operation["outputFields"]}
        assert all(labels.values())
        own = {
            name for name in flattened(operation["sample"]) if name.startswith(("metadata", "variables", "extracted"))
        }
        assert flattened(operation["sample"]) - own <= set(labels), key
