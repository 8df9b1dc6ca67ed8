"""The main job with a fault at every single call to AWS that the three functions on its way make.

A request is answered 201, its job is done, its completion is taken in, and three endpoints are told: a response webhook
that takes it, one that fails first, and one that wants to be asked again much later. The calls that this makes are
recorded without a fault; then each of them is spoiled, every case on an account of its own, all side by side.

`FAULTS=all` spoils each call in each way; without it the ways in which nothing happens take turns.

One thing is not awaited: a call that was settled but not fanned out is left alone for a minute (`IN_HANDS`). The test
sets its `settledAt` back by that minute once the spoiled call has been given up.
"""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import botocore.exceptions
import pytest

import completions
from accounts import Account, unused_phone
from fault_plan import Fault, FaultPlan, Site, Watched, faults_at
from fault_proxy import FaultProxy
from faults import reconfigured
from ledger_of_truth import Story, Truth
from receiver import OK, Http

FUNCTIONS = ("Inbound", "Fanout", "Deliver")
CREDITS, COST = 100, 2

# Every kind of fault at every call, where the ordinary run takes the kinds of refusal in turn.
THOROUGH = os.environ.get("FAULTS") == "all"

# Longer than the SDK tries one call (6 s), so that a message comes again when its first handling has ended.
VISIBILITY_SECONDS = 7
HANDS_OFF_MILLISECONDS = 61_000

# Cases whose accounts are opened while the calls are still being recorded.
PREPARED_AHEAD = 70

# Of one main job: the first retry comes after 5 s.
PATIENCE = 45


@dataclass(eq=False)
class Case:
    story: Story
    watched: Watched
    account: Account
    webhook: object
    is_settled_back: bool = False

    @property
    def fault(self) -> Fault | None:
        return self.watched.fault


@pytest.fixture(scope="module")
def plan(stack):
    """Leads the functions' calls through proxies, and shortens what SQS would wait for three minutes."""
    tables = {physical: logical for logical, physical in stack.physical_ids.items() if physical}
    plan = FaultPlan(tables)
    with ExitStack() as restored:
        for function in FUNCTIONS:
            proxy = FaultProxy(function.lower(), stack.endpoint_url, plan.judge)
            restored.callback(proxy.close)
            restored.enter_context(reconfigured(stack, function, ENDPOINT_URL=proxy.url))
        for queue_url in (stack.call_completions_queue_url, stack.deliveries_queue_url):
            restored.enter_context(visible_after(stack, queue_url, VISIBILITY_SECONDS))
        yield plan


@contextmanager
def visible_after(stack, queue_url: str, seconds: int):
    sqs = stack.client("sqs")
    before = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue_url, Attributes={"VisibilityTimeout": str(seconds)})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=before)


class MainJob:
    """Plays the CRM, the dialer and the receivers."""

    def __init__(self, stack, api, jobs, dialer, receivers, plan: FaultPlan):
        self._api, self._jobs, self._dialer, self._receivers, self._plan = api, jobs, dialer, receivers, plan
        self._dynamodb = stack.client("dynamodb")
        self._accounts, self._calls = stack.physical_ids["Accounts"], stack.physical_ids["Calls"]

    def prepare(self) -> Case:
        callback = self._receivers.receiver()
        retried = self._receivers.receiver(Http(500), OK)
        postponed = self._receivers.receiver(Http(503, (("retry-after", "1200"),)))
        account = Account.open(self._api, credits=CREDITS)
        webhook = account.bound_webhook(responseWebhook={"url": callback.url})
        endpoints = {
            "callback": (webhook.id, callback),
            "retried": (account.outbound(retried.url).id, retried),
            "postponed": (account.outbound(postponed.url).id, postponed),
        }
        names = {webhook_id: name for name, (webhook_id, _) in endpoints.items()}
        watched = self._plan.watch([account.id, webhook.slug], names)
        story = Story(account.id, webhook.id, CREDITS, COST, endpoints, "postponed")
        return Case(story, watched, account, webhook)

    def run(self, case: Case) -> None:
        """Up to the completion: what follows happens behind queues."""
        self._request(case)
        if not case.story.is_accepted:
            return
        try:
            (job, *_) = self._jobs.of(case.webhook, timeout=15)
        except AssertionError:
            return  # a violation, which is found at the end with all others
        completion = completions.of_job(job, **{**completions.RESULTS, "tokensConsumed": COST})
        self._dialer.send(completion)
        case.story.call_id = job["callId"]

    def _request(self, case: Case) -> None:
        """As a CRM does: the same request again as long as it is answered 5xx."""
        data, headers = {"phoneNumber": unused_phone()}, {"Idempotency-Key": str(uuid.uuid4())}
        for _ in range(3):
            answer = case.account.trigger(case.webhook, data, headers=headers)
            case.story.answers.append(answer.status)
            if answer.status < 500:
                return
            case.story.credits_after_refusal.append(self._credits(case))

    def _credits(self, case: Case) -> int:
        key = {"id": {"S": case.account.id}}
        found = self._dynamodb.get_item(TableName=self._accounts, Key=key, ConsistentRead=True)
        return int(found["Item"]["credits"]["N"])

    def settle_back(self, case: Case) -> None:
        """Makes a call that was settled, but not fanned out, look as if that had been a minute ago."""
        if not case.watched.is_given_up(time.monotonic()):
            return
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
        case.is_settled_back = True


def await_all(stack, main_job: MainJob, cases: list[Case]) -> None:
    """Waits until each accepted call's deliveries are in the logs, or patience ends: the verdict is not spoken here."""
    deadline = time.monotonic() + PATIENCE
    waiting = [case for case in cases if case.story.call_id]
    while waiting and time.monotonic() < deadline:
        time.sleep(0.2)
        for case in waiting:
            if is_left_alone(case):
                main_job.settle_back(case)
        if all(has_been_told(case) for case in waiting):
            truth = Truth(stack)
            waiting = [case for case in waiting if not truth.has_arrived(case.story)]


def is_left_alone(case: Case) -> bool:
    site = case.fault and case.fault.site
    return bool(site) and site.function == "fanout" and case.fault.lasting and not case.is_settled_back


def has_been_told(case: Case) -> bool:
    """Each endpoint has seen what it must at least: cheaper to ask than the tables."""
    endpoints = case.story.endpoints.items()
    return all(len(endpoint.requests) >= (2 if name == "retried" else 1) for name, (_, endpoint) in endpoints)


def is_made_every_time(site: Site) -> bool:
    """`deliver` remembers what KMS opened, so whether it asks again depends on which environment is at it."""
    return site.operation != "Decrypt" or site.nth == 1


def dead_deliveries(stack) -> int:
    name = "ApproximateNumberOfMessages"
    queue_url = stack.dead_letter_queue_of(stack.deliveries_queue_url)
    attributes = stack.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=[name])["Attributes"]
    return int(attributes[name])


def test_no_fault_at_any_call_to_aws_loses_or_doubles_anything(stack, api, jobs, dialer, dead_letters, receivers, plan):
    started = time.monotonic()
    main_job = MainJob(stack, api, jobs, dialer, receivers, plan)
    dead_before = dead_deliveries(stack)

    with ThreadPoolExecutor(12) as pool:
        recorded = main_job.prepare()
        ahead = [pool.submit(main_job.prepare) for _ in range(PREPARED_AHEAD)]  # while the recorded job runs
        main_job.run(recorded)
        await_all(stack, main_job, [recorded])
        sites = sorted(filter(is_made_every_time, recorded.watched.sites.values()), reverse=True)
        note = [f"{time.monotonic() - started:.1f} s recorded"]
        faults = faults_at(sites, THOROUGH)
        ahead += [pool.submit(main_job.prepare) for _ in range(len(faults) - len(ahead))]
        cases = [prepared.result() for prepared in ahead][: len(faults)]
    for case, fault in zip(cases, faults, strict=True):
        case.watched.fault = fault
    note.append(f"{time.monotonic() - started:.1f} s prepared")
    with ThreadPoolExecutor(32) as pool:
        list(pool.map(main_job.run, cases))
    note.append(f"{time.monotonic() - started:.1f} s requested")
    await_all(stack, main_job, cases)
    note.append(f"{time.monotonic() - started:.1f} s arrived")

    jobs.all_of(recorded.webhook)  # the queue has been read up to here
    truth = Truth(stack)
    dead = dead_letters.matching(lambda message: True)
    violations = {
        str(case.fault): found for case in cases if (found := truth.violations(case.story, jobs, dead))
    }
    missed = [str(case.fault) for case in cases if not case.watched.injected]
    dead_now = dead_deliveries(stack) - dead_before

    print(f"\n{len(sites)} calls of the main job:", *sites, sep="\n  ")
    print(f"{', '.join(note)}; calls to AWS: {plan.calls}; of nobody: {dict(plan.strangers)}")
    print(
        f"{sum(case.watched.injected for case in cases)} faults injected in {len(cases)} cases, "
        f"{sum(len(case.story.answers) for case in cases)} requests, "
        f"{sum(len(endpoint.requests) for case in cases for _, endpoint in case.story.endpoints.values())} deliveries, "
        f"{sum(map(len, violations.values()))} violations"
    )
    for fault, found in violations.items():
        print(f"  {fault}: {'; '.join(found)}")
    assert (violations, missed, dead_now) == ({}, [], 0)
