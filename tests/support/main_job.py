"""Main jobs under faults: a request is accepted, its job is done, its completion is taken in, endpoints are told.

The test plays the CRM, the dialer and the receivers. One thing is not awaited: a call that was settled but not fanned
out is left alone for a minute (`IN_HANDS`). The test sets its `settledAt` back by that minute once nobody can be at it.
"""

import time
import uuid
from contextlib import suppress
from dataclasses import dataclass

import botocore.exceptions

import completions
from accounts import Account, eventually, unused_phone
from expected_results import EVENTS, TRY_AGAIN, Evidence, Part, Story, Told
from fault_plan import Chance, FaultPlan, Spoiler, Watched
from receiver import OK, Http
from tables import add_disabled_webhooks, set_failures

CREDITS, COST = 100, 2
HANDS_OFF_MILLISECONDS = 61_000

# After this long something counts as lost. Functions die in each other's company, and every death takes a second and a
# message's visibility timeout; on a busy machine jobs have come after more than a minute.
PATIENCE = 300

# The SDK tries one call for 6 s, and a function does not begin before its message is there.
AT_IT_SECONDS = 9

# The relay works through its stream in order, and may be at the faults of others for this long.
RELAY_SECONDS = 30

# As many webhooks as one step reads: with those that are told, a fan-out has two steps.
A_STEP = 1_000

# What the endpoints of these names are for; all others take what became of the call.
PARTS = {
    "postponed": Part.POSTPONES,
    "own": Part.OWN,
    "left out": Part.LEFT_OUT,
    "gone": Part.GONE,
    "watching": Part.WATCHES,
    "failing": Part.POSTPONES,
    "hearing": Part.HEARS,
}
# What an outbound webhook has for it.
ASKED = {
    Part.OWN: {"payload": {"text": "{{ call.id }}"}, "filter": {"sources": ["inbound"]}},
    Part.LEFT_OUT: {"filter": {"sources": ["campaign"]}},
    **{part: {"events": [event]} for part, event in EVENTS.items()},
}

MUCH_LATER = Http(503, (("retry-after", "1200"),))
# The response webhook takes it, an outbound one fails first, another wants to be asked again much later.
RECEIVERS = {"response": (OK,), "retried": (Http(500), OK), "postponed": (MUCH_LATER,)}
# One is told in a payload of its own. One is gone, and one fails for the third time: who asks is told.
WATCHED = {
    "response": (OK,),
    "own": (OK,),
    "left out": (),
    "gone": (Http(410),),
    "watching": (OK,),
    "failing": (MUCH_LATER,),
    "hearing": (OK,),
}
# Of a call that does not ring, who asks for it is told; its response webhook never is.
CANCELLED = {"left out": (), "asking": (OK,), "own": (Http(500), OK)}


@dataclass(eq=False)
class Case:
    story: Story
    watched: Watched
    account: Account
    webhook: object
    receivers: dict[str, tuple]
    left_alone_until: float = 0.0  # by the test that settles back
    is_settled_back: bool = False

    @property
    def fault(self) -> Spoiler | None:
        return self.watched.fault

    def has_been_told(self) -> bool:
        """Each endpoint has seen what it must at least: cheaper to ask than the tables."""
        told = self.story.endpoints
        return all(len(told[name].receiver.requests) >= len(script) for name, script in self.receivers.items())


class MainJob:
    """Plays everybody around the system."""

    def __init__(
        self,
        stack,
        api,
        jobs,
        dead_letters,
        dialer,
        receivers,
        plan: FaultPlan,
        at_it_seconds: float = AT_IT_SECONDS,
        disabled_webhooks: int = 0,
        is_cancelled: bool = False,
    ):
        """`at_it_seconds`: the longest that a function may be at one completion.

        `disabled_webhooks`: so many stand between the first endpoint and the others, which one step does not tell then.
        `is_cancelled`: the campaign is paused, so the call does not ring.
        """
        self._is_cancelled = is_cancelled
        self._disabled_webhooks = disabled_webhooks
        self._at_it_seconds = at_it_seconds
        self._stack, self._api, self._jobs, self._dead_letters = stack, api, jobs, dead_letters
        self._dialer, self._receivers, self._plan = dialer, receivers, plan
        self._dynamodb = stack.client("dynamodb")
        self._accounts, self._calls = stack.physical_ids["Accounts"], stack.physical_ids["Calls"]

    def prepare(self, fault: Spoiler | None = None, receivers: dict[str, tuple] = RECEIVERS) -> Case:
        """An account whose endpoints are the first, as a response webhook, and outbound ones."""
        (first, response), *outbound = [(name, self._receivers.receiver(*script)) for name, script in receivers.items()]
        account = Account.open(self._api, credits=CREDITS)
        webhook = account.inbound(responseWebhook={"url": response.url})
        account.campaign(webhook, status="paused" if self._is_cancelled else "active")
        part_of = {name: PARTS.get(name, Part.TAKES) for name in receivers}
        endpoints = {first: Told(webhook.id, response, part_of[first])}
        events = {"events": ["call.cancelled"]} if self._is_cancelled else {}
        for name, receiver in outbound:
            asked = account.outbound(receiver.url, **events, **ASKED.get(part_of[name], {}))
            endpoints[name] = Told(asked.id, receiver, part_of[name])
            if name == "failing":
                set_failures(self._stack, account.id, asked.id, 2)
        if self._disabled_webhooks:
            like = next(told.webhook_id for told in endpoints.values() if told.webhook_id != webhook.id)
            add_disabled_webhooks(self._stack, account.id, like, webhook.id, self._disabled_webhooks)
        names = {told.webhook_id: name for name, told in endpoints.items()}
        watched = self._plan.watch([account.id, webhook.slug], names)
        watched.fault = fault
        cost = 0 if self._is_cancelled else COST
        story = Story(account.id, webhook.id, CREDITS, cost, endpoints, is_cancelled=self._is_cancelled)
        return Case(story, watched, account, webhook, receivers)

    def run(self, case: Case) -> None:
        """Up to the completion, or the request for a call that does not ring: what follows happens behind queues."""
        if self._is_cancelled:
            self._request(case)
            case.story.call_id = self._call_of(case)
            return
        job = self.order(case)
        if job:
            self._leave_to_the_relay(case)
            self._dialer.send(self.completion_of(job))
            self.completed(case, job)

    def order(self, case: Case) -> dict | None:
        """The request, and the job that comes of it."""
        self._request(case)
        if not case.story.is_accepted:
            return None
        try:
            return self._jobs.of(case.webhook, timeout=PATIENCE)[0]
        except AssertionError:
            return None  # a violation, which is found at the end with all others

    @staticmethod
    def _call_of(case: Case) -> str | None:
        (campaign,) = case.account.read("/campaigns")["items"]
        with suppress(AssertionError):  # a violation, which is found at the end with all others
            return eventually(lambda: case.account.calls_of(campaign), "the call is on record")[0]["id"]
        return None

    @staticmethod
    def _leave_to_the_relay(case: Case) -> None:
        """The call goes on until the relay has met its fault: it sends nothing for one that is over."""
        site = getattr(case.fault, "site", None)
        if site and site.function == "relay":
            with suppress(AssertionError):  # missed, which is for the caller to judge
                eventually(lambda: case.watched.injected, "the relay meets its fault", RELAY_SECONDS)

    @staticmethod
    def completion_of(job: dict) -> dict:
        return completions.of_job(job, **{**completions.RESULTS, "tokensConsumed": COST})

    def completed(self, case: Case, job: dict) -> None:
        """To be said once the completion was sent."""
        case.story.call_id = job["callId"]
        case.left_alone_until = time.monotonic() + self._at_it_seconds

    def _request(self, case: Case) -> None:
        """As a CRM does: the same request again as long as it is answered 5xx."""
        data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}
        for _ in range(8):
            answer = case.account.trigger(case.webhook, data, headers=headers)
            case.story.answers.append(answer.status)
            if answer.status < 500:
                return
            # Two faults in one request may leave its credit reserved until the repeat: then only the end counts.
            if answer.status == TRY_AGAIN and not isinstance(case.fault, Chance):
                case.story.credits_after_refusal.append(self._credits(case))

    def _credits(self, case: Case) -> int:
        key = {"id": {"S": case.account.id}}
        found = self._dynamodb.get_item(TableName=self._accounts, Key=key, ConsistentRead=True)
        return int(found["Item"]["credits"]["N"])

    def await_all(self, cases: list[Case], patience: float) -> None:
        """Until the deliveries of each accepted call are in the logs, or patience ends: no verdict is spoken here."""
        deadline = time.monotonic() + patience
        waiting = [case for case in cases if case.story.call_id]
        while waiting and time.monotonic() < deadline:
            time.sleep(0.2)
            for case in waiting:
                self._settle_back(case)
            if all(case.has_been_told() for case in waiting):
                evidence = self.evidence(waiting)
                waiting = [case for case in waiting if not evidence.has_arrived(case.story)]

    def _settle_back(self, case: Case) -> None:
        """Makes a call that was settled, but not fanned out, look as if that had been a minute ago."""
        now = time.monotonic()
        is_first_time = not case.is_settled_back and case.watched.is_given_up(now)
        if not is_first_time and now < case.left_alone_until:
            return
        case.is_settled_back = True
        case.left_alone_until = now + self._at_it_seconds
        try:
            self._dynamodb.update_item(
                TableName=self._calls,
                Key={"id": {"S": case.story.call_id}},
                UpdateExpression="SET settledAt = settledAt - :minute",
                ConditionExpression="attribute_exists(settledAt) AND attribute_not_exists(fannedOutAt)",
                ExpressionAttributeValues={":minute": {"N": str(HANDS_OFF_MILLISECONDS)}},
            )
        except botocore.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise

    def evidence(self, cases: list[Case]) -> Evidence:
        stories = [case.story for case in cases]
        return Evidence.read(self._stack, self._jobs, self._dead_letters, stories)

    def violations(self, cases: list[Case]) -> dict[str, list[str]]:
        """What is not as it must be, by the fault that brought it about."""
        self._jobs.all_of(cases[0].webhook)  # the queue has been read up to here
        evidence, found = self.evidence(cases), {}
        for case in cases:
            case.story.never_logged = case.watched.never_made("PutItem", "RequestLogs")
            if violations := evidence.violations(case.story):
                found[f"{case.fault} ({case.account.id})"] = violations
        return found


def figures(cases: list[Case], violations: dict[str, list[str]]) -> str:
    injected = [count for case in cases for count in case.watched.injected.items()]
    deliveries = [len(told.receiver.requests) for case in cases for told in case.story.endpoints.values()]
    told = (
        f"{sum(n for _, n in injected)} faults injected, {sum(n for kind, n in injected if kind.kills)} of them kills, "
        f"in {len(cases)} cases; {sum(len(case.story.answers) for case in cases)} requests, "
        f"{sum(deliveries)} deliveries, {sum(map(len, violations.values()))} violations"
    )
    return "\n  ".join([told, *(f"{fault}: {'; '.join(found)}" for fault, found in violations.items())])
