"""Every request of the management API that writes, with a fault at every call to AWS that it makes.

Afterwards the state is the one before or the one after, never in between; what was answered 2xx is done, and what was
answered 5xx can be asked for again.
"""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

import killer
from accounts import Account, eventually
from api import Answer
from fault_plan import REFUSALS, Fault, FaultPlan, Site, Watched
from fault_proxy import Kind
from fault_stack import plan_of, spoiled
from killer import Deadly, Killer
from manage_commands import COMMANDS, Command
from manage_scene import Scene
from receiver import OK
from tables import items_of

# Besides one kind of refusal, in turn, or all of them.
KINDS = (Kind.DROP_AFTER, Kind.KILL_BEFORE, Kind.KILL_AFTER)
KEY_PARTS = {"id", "accountId", "hash", "createdAt"}
PLACE_SECONDS = 15  # `BudgetLimit::TESTS`: the place of a Test that died is held for so long
THOROUGH = os.environ.get("FAULTS") == "all"

pytestmark = pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")


@dataclass(eq=False)
class Trial:
    """One command with one fault."""

    name: str
    scene: Scene
    watched: Watched
    fault: Fault | None
    sites: list[Site] = field(default_factory=list)  # of its first request
    answers: list[int] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    @property
    def command(self) -> Command:
        return COMMANDS[self.name]


class Trials:
    def __init__(self, stack, api, dialer, receivers, plan: FaultPlan):
        self._make_scene = lambda: Scene(stack, api, dialer, receivers)
        self._plan = plan

    def run(self, name: str, fault: Fault | None = None) -> Trial:
        scene, command = self._make_scene(), COMMANDS[name]
        command.needs(scene)
        scene.sealed_before = scene.sealed_secret() if scene.webhook else ""
        before = scene.items()
        trial = Trial(name, scene, self._plan.watch(scene.tokens, {}), fault)
        trial.watched.fault = fault
        first = self._ask(trial)
        trial.sites = [site for sites in trial.watched.sites.values() for site in sites]
        trial.watched.fault = None
        times = command.times(scene)
        self._judge_first(trial, first, times, before)
        if first.status >= 500:
            self._ask_again(trial, times)
        trial.violations += half_done(scene)
        return trial

    def _ask(self, trial: Trial) -> Answer:
        answer = trial.command.send(trial.scene)
        trial.answers.append(answer.status)
        return answer

    def _judge_first(self, trial: Trial, answer: Answer, times: int, before: dict) -> None:
        if answer.status < 300:
            if times != 1:
                trial.violations.append(f"answered {answer.status}, done {times} times")
            elif not trial.command.holds(trial.scene, answer):
                trial.violations.append(f"what was told with the {answer.status} does not hold")
        elif answer.status < 500:
            trial.violations.append(f"answered {answer.status}")
        elif times not in (0, 1):
            trial.violations.append(f"answered {answer.status}, done {times} times")
        elif times == 0 and trial.scene.items() != before:
            trial.violations.append(f"answered {answer.status}, not done, and something is otherwise than before")

    def _ask_again(self, trial: Trial, times: int) -> None:
        answer, command = self._ask(trial), trial.command
        done = command.times(trial.scene)
        if answer.status >= 300 and not (times and answer.status in command.when_done):
            trial.violations.append(f"asked again after a 5xx that did it {times} times: {answer.status}")
        most = 1 if command.is_once else times + 1
        if not 1 <= done <= most:
            trial.violations.append(f"asked again after a 5xx that did it {times} times: done {done} times")
        elif answer.status < 300 and not command.holds(trial.scene, answer):
            trial.violations.append("what was told when it was asked again does not hold")


def half_done(scene: Scene) -> list[str]:
    """What must go together and does not.

    Bindings that only one side knows of, payloads or rules without their webhook and the other way round, balances that
    are not the sum of their ledger, counts that are not what there is, API keys of which a part is missing.
    """
    items = scene.items()
    said_by_webhooks = {(i["id"]["S"], i["campaignId"]["S"]) for i in items["Webhooks"] if "campaignId" in i}
    said_by_campaigns = {(i["webhookId"]["S"], i["id"]["S"]) for i in items["Campaigns"] if "webhookId" in i}
    found = []
    if said_by_webhooks != said_by_campaigns:
        found.append(f"webhooks say {said_by_webhooks}, campaigns {said_by_campaigns}")
    said_by_webhooks = {(i["id"]["S"], version) for i in items["Webhooks"] if (version := payload_version(i))}
    stored = {(i["id"]["S"], i["version"]["N"]) for i in items["Payloads"]}
    if said_by_webhooks != stored:
        found.append(f"webhooks name the payloads {said_by_webhooks}, stored are {stored}")
    ruled = {item["id"]["S"] for item in items["Webhooks"] if item.get("hasRules", {"BOOL": False})["BOOL"]}
    stored = {item["id"]["S"] for item in items["Rules"]}
    if ruled != stored:
        found.append(f"webhooks with rules are {ruled}, stored are those of {stored}")
    total = sum(int(line["amount"]["N"]) for line in items["Ledger"])
    if [int(account["credits"]["N"]) for account in items["Accounts"]] != [total]:
        found.append(f"the ledger adds up to {total}, {items['Accounts']}")
    outbound = sum(item["direction"]["S"] == "outbound" for item in items["Webhooks"])
    there = {
        "outboundWebhooks": outbound,
        "inboundWebhooks": len(items["Webhooks"]) - outbound,
        "campaigns": len(items["Campaigns"]),
    }
    counted = [
        {name: int(item[name]["N"]) for name in there}
        for item in items_of(scene.stack, "Counts", accountId=scene.account.id)
    ]
    if counted not in ([], [there]):  # what an account from before has is counted at its first change
        found.append(f"counted are {counted}, there are {there}")
    found += [f"an API key has only {sorted(key)}" for key in scene.stored_keys() if KEY_PARTS - set(key)]
    return found


def payload_version(webhook: dict) -> str | None:
    of_response = webhook.get("responseWebhook", {"M": {}})["M"].get("endpoint")
    endpoint = webhook.get("endpoint") or of_response
    return endpoint and endpoint["M"].get("payloadVersion", {"N": None})["N"]


def faults_of(trial: Trial) -> list[Fault]:
    return [
        Fault(site, kind, lasting=True)
        for n, site in enumerate(sorted(trial.sites))
        for kind in (*KINDS, *(REFUSALS if THOROUGH else REFUSALS[n % len(REFUSALS) :][:1]))
    ]


def test_no_fault_at_any_call_to_aws_leaves_a_command_half_done(stack, api, dialer, receivers):
    plan, assassin = plan_of(stack), Killer.of_stack()
    trials = Trials(stack, api, dialer, receivers, plan)
    with (
        spoiled(stack, plan.judge, functions=("Inbound", "Manage", "Operator", "Tester"), killer=assassin),
        ThreadPoolExecutor(8) as pool,
    ):
        recorded = list(pool.map(trials.run, COMMANDS))
        cases = [(trial.name, fault) for trial in recorded for fault in faults_of(trial)]
        done = list(pool.map(lambda case: trials.run(*case), cases))

    found = [f"{trial.name}, no fault: {trial.violations}" for trial in recorded if trial.violations]
    for trial in done:
        found += [f"{trial.name}, {trial.fault}, answers {trial.answers}: {one}" for one in trial.violations]
    missed = [f"{trial.name}, {trial.fault}" for trial in done if not trial.watched.injected]
    print(
        f"\n{sum(sum(trial.watched.injected.values()) for trial in done)} faults injected, "
        f"{len(assassin.killed)} processes killed, in {len(done)} cases of {len(COMMANDS)} commands; "
        f"{sum(len(trial.answers) for trial in done)} requests, "
        f"{sum(trial.answers[0] >= 500 for trial in done)} answered 5xx, {len(found)} violations"
    )
    print(*found, sep="\n")
    assert (found, missed) == ([], [])


def test_the_places_of_three_tests_whose_functions_were_killed_are_free_in_time(stack, api, receivers):
    assassin, account = Killer.of_stack(), Account.open(api)
    deadly, well = receivers.receiver(*[Deadly(assassin)] * 3), receivers.receiver(OK)

    def press(url: str) -> Answer:
        return account.post("/webhooks/test", {"url": url})

    started = time.time()
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: press(deadly.url), range(3)))
    taken = time.time()
    assert ([answer.status >= 500 for answer in answers], len(assassin.killed)) == ([True] * 3, 3)
    refused = press(well.url)
    assert (refused.status, refused.error["code"]) == (429, "too_many_tests")
    assert 1 <= int(refused.headers["retry-after"]) <= PLACE_SECONDS
    eventually(lambda: press(well.url).status == 200, "a test is made", timeout=PLACE_SECONDS + 5, pause=0.5)
    assert started + PLACE_SECONDS <= time.time() <= taken + PLACE_SECONDS + 2
