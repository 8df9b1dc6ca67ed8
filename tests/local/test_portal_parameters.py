"""`make up` gives the portal the name, the colour and the frames that its environment names."""

import json
import os
import subprocess
import sys
from pathlib import Path

from infra.local.cloudformation import read_template

PROGRAM = "import json, template; print(json.dumps(template.parameters('http://127.0.0.1')))"
CHOSEN = {
    "PORTAL_NAME": "Acme calls",
    "PORTAL_ACCENT": "#7a1fa2",
    "PORTAL_FRAME_ANCESTORS": "http://localhost:3000",
}


def parameters(**variables: str) -> dict[str, str]:
    folder = Path(__file__).parents[2] / "infra" / "local"
    others = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=folder, env={**others, **variables}, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_what_is_chosen_is_a_parameter_that_the_portal_gets():
    template = read_template()
    variables = template["Resources"]["Portal"]["Properties"]["Environment"]["Variables"]
    given = parameters(**CHOSEN)
    for variable, value in CHOSEN.items():
        assert given[variables[variable]["Ref"]] == value


def test_what_is_not_chosen_is_left_to_the_template():
    assert not [name for name in parameters(PORTAL_NAME="") if name.startswith("Portal")]
