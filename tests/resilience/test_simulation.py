"""The simulation's models are no kinder than the emulator: one workload leaves the same in the tables of both.

And what `make sabotage` breaks is still there to be broken.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from script import Player, plain

CHECKOUT = Path(__file__).resolve().parents[2]
SABOTAGE = sorted((CHECKOUT / "tests" / "sim" / "sabotage").glob("*.patch"))
SCRIPT = CHECKOUT / "tests" / "sim" / "same" / "workload.json"


@pytest.fixture(scope="module")
def simulated() -> dict:
    play = ["cargo", "run", "--quiet", "--locked", "-p", "sim", "--", "play"]
    with SCRIPT.open(encoding="utf-8") as script:
        ran = subprocess.run(play, cwd=CHECKOUT, stdin=script, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_the_same_workload_leaves_the_same_in_the_simulation_and_in_the_emulator(
    api, receivers, dialer, jobs, all_delivered, simulated
):
    player = Player(api, receivers, dialer, simulated["settled"])
    for step in json.loads(SCRIPT.read_text(encoding="utf-8")):
        player.play(step)
    all_delivered()

    simulated_endpoints = {name: f"https://{name}.example.com/" for name in player.endpoints}
    sent = [job.json() for job in jobs.matching(lambda job: job.json().get("accountId") == player.kept["account"])]
    there = {**{table: player.items(table) for table in simulated["tables"]}, "jobs": sent}
    for table, items in {**simulated["tables"], "jobs": simulated["jobs"]}.items():
        expected = plain(items, simulated["kept"], simulated_endpoints)
        found = plain(there[table], player.kept, player.endpoints)
        assert found - expected == expected - found, table


@pytest.mark.parametrize("patch", SABOTAGE, ids=lambda patch: patch.stem)
def test_a_sabotage_applies_to_the_product_as_it_is_and_says_what_it_is_seen_as(patch):
    checked = subprocess.run(
        ["git", "apply", "--check", patch], cwd=CHECKOUT, capture_output=True, check=False, text=True
    )
    assert checked.returncode == 0, checked.stderr
    seen_as = re.search(r"^Seen as: (.+)$", patch.read_text(encoding="utf-8"), re.MULTILINE)
    assert seen_as and re.compile(seen_as[1])
