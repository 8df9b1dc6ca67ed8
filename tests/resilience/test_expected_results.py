"""The judge of the fault suite is judged: a true story has no violation, and each way to falsify it is found.

Needs no stack.
"""

import pytest

from expected_results import RULES, Evidence, Part, Story, Told
from queues import Message
from receiver import Receiver, Request

ACCOUNT, WEBHOOK, OUTBOUND, POSTPONED = "acc_one", "wh_inbound", "wh_outbound", "wh_postponed"
OWN, LEFT_OUT, GONE, WATCHING, HEARING = "wh_own", "wh_left_out", "wh_gone", "wh_watching", "wh_hearing"
CALL, ANOTHER = "call_one", "call_another"


def request(delivery: str, body: bytes = b"{}") -> Request:
    return Request("POST", "/", (("webhook-id", delivery),), body, 0.0, 1)


def receiver(*requests: Request) -> Receiver:
    receiver = Receiver("http://127.0.0.1/")
    for one in requests:
        receiver.take(one)
    return receiver


def told(webhook: str, delivery: str, times: int = 1, part: Part = Part.TAKES, body: bytes = b"{}") -> Told:
    return Told(webhook, receiver(*[request(delivery, body)] * times), part)


def attempt(webhook: str, delivery: str, number: int, outcome: str) -> dict:
    return {"webhookId": webhook, "deliveryId": delivery, "callId": CALL, "attempt": number, "outcome": outcome}


def accepted(call: str = CALL) -> dict:
    return {"webhookId": WEBHOOK, "outcome": "accepted", "statusCode": 201, "callId": call}


def job(call: str) -> dict:
    return {"callId": call, "webhookId": WEBHOOK}


class Record:
    """A main job that went as it should: 2 of 100 credits spent, an endpoint for each part that there is."""

    def __init__(self):
        self.story = Story(
            ACCOUNT,
            WEBHOOK,
            topped_up=100,
            cost=2,
            endpoints={
                "response": told(WEBHOOK, "msg_a"),
                "retried": told(OUTBOUND, "msg_b", times=2),
                "postponed": told(POSTPONED, "msg_c", part=Part.POSTPONES),
                "own": told(OWN, "msg_own", part=Part.OWN, body=CALL.encode()),
                "left out": told(LEFT_OUT, "", times=0, part=Part.LEFT_OUT),
                "gone": told(GONE, "msg_gone", part=Part.GONE),
                "watching": told(WATCHING, "msg_event", part=Part.WATCHES),
                "hearing": told(HEARING, "msg_failing", part=Part.HEARS),
            },
            answers=[503, 201],
            call_id=CALL,
            credits_after_refusal=[100],
        )
        self.evidence = Evidence(
            balances={ACCOUNT: 98},
            ledger={
                ACCOUNT: [
                    {"kind": "topped_up", "amount": 100},
                    {"kind": "reserved", "amount": -1},
                    {"kind": "settled", "amount": -1},
                ]
            },
            calls={ACCOUNT: [{"id": CALL, "status": "finished", "settledAt": 1, "fannedOutAt": 2}]},
            requests={WEBHOOK: [accepted()]},
            attempts={
                WEBHOOK: [attempt(WEBHOOK, "msg_a", 1, "succeeded")],
                OUTBOUND: [attempt(OUTBOUND, "msg_b", 1, "failed"), attempt(OUTBOUND, "msg_b", 2, "succeeded")],
                POSTPONED: [attempt(POSTPONED, "msg_c", 1, "failed")],
                OWN: [attempt(OWN, "msg_own", 1, "succeeded")],
                LEFT_OUT: [],
                GONE: [attempt(GONE, "msg_gone", 1, "failed")],
                WATCHING: [
                    {**attempt(WATCHING, "msg_event", 1, "succeeded"), "callId": None, "event": "webhook.disabled"}
                ],
                HEARING: [
                    {**attempt(HEARING, "msg_failing", 1, "succeeded"), "callId": None, "event": "webhook.failing"}
                ],
            },
            schedules={"msg_c.2"},
            jobs={WEBHOOK: [job(CALL)]},
            dead=[],
        )

    # the lines that are falsified

    def __getattr__(self, name: str):
        return getattr(self.evidence, name)

    @property
    def jobs_sent(self) -> list[dict]:
        return self.evidence.jobs[WEBHOOK]

    @property
    def call(self) -> dict:
        return self.evidence.calls[ACCOUNT][0]

    @property
    def rows(self) -> list[dict]:
        return self.evidence.requests[WEBHOOK]

    def endpoint(self, name: str, *requests: Request) -> None:
        self.story.endpoints[name].receiver = receiver(*requests)

    def violations(self) -> list[str]:
        return self.evidence.violations(self.story)


def test_a_true_story_has_no_violation():
    assert Record().violations() == []
    assert Record().evidence.has_arrived(Record().story)


# What is falsified, and words of the violation that must be found.
FALSIFIED = {
    "a request is never accepted": (lambda r: r.story.answers.remove(201), "never 201"),
    "a job is missing": (lambda r: r.jobs_sent.clear(), "0 jobs"),
    "a job is there twice": (lambda r: r.jobs_sent.append(job(CALL)), "2 jobs of 1 calls"),
    "there is a job of a second call": (lambda r: r.jobs_sent.append(job(ANOTHER)), "2 jobs of 2 calls"),
    "the job is another call's": (lambda r: r.jobs_sent.__setitem__(0, job(ANOTHER)), "never had a job"),
    "the call is not on record": (lambda r: r.calls[ACCOUNT].clear(), "0 calls on record"),
    "a second call is on record": (lambda r: r.calls[ACCOUNT].append({**r.call, "id": ANOTHER}), "2 calls on record"),
    "the call was not settled": (lambda r: r.call.pop("settledAt"), "lacks settledAt"),
    "the call was not fanned out": (lambda r: r.call.pop("fannedOutAt"), "lacks fannedOutAt"),
    "a credit too much is left": (lambda r: r.balances.update({ACCOUNT: 99}), "balance is 99"),
    "a credit is missing": (lambda r: r.balances.update({ACCOUNT: 97}), "balance is 97"),
    "a line of the ledger is missing": (lambda r: r.ledger[ACCOUNT].pop(), "add up to 99"),
    "a line of the ledger is there twice": (
        lambda r: r.ledger[ACCOUNT].append({"kind": "settled", "amount": 0}),
        "settled 2 times",
    ),
    "balance and ledger are wrong alike": (
        lambda r: (r.ledger[ACCOUNT].pop(1), r.balances.update({ACCOUNT: 99})),
        "should be 98",
    ),
    "a refusal kept a credit": (lambda r: r.story.credits_after_refusal.append(99), "1 credit reserved"),
    "the request is not in the log": (lambda r: r.rows.clear(), "0 requests are logged as accepted"),
    "the request is in the log twice": (lambda r: r.rows.append(accepted()), "2 requests are logged as accepted"),
    "the request log has another outcome": (
        lambda r: r.rows[0].update(outcome="cancelled"),
        "0 requests are logged as accepted",
    ),
    "the request log has a refusal that was none": (
        lambda r: r.rows.extend([{**accepted(), "outcome": "rejected", "statusCode": 503}] * 2),
        "logged as refused",
    ),
    "the request log names another call": (lambda r: r.rows[0].update(callId=ANOTHER), "not there"),
    "a delivery is not in the log": (lambda r: r.attempts[WEBHOOK].clear(), "nothing in the log of the response"),
    "a delivery never succeeded": (lambda r: r.attempts[OUTBOUND].pop(), "retried endpoint has no success"),
    "an attempt is not in the log": (lambda r: r.attempts[OUTBOUND].pop(0), "has attempts [2]"),
    "an attempt is in the log twice": (
        lambda r: r.attempts[WEBHOOK].append(r.attempts[WEBHOOK][0]),
        "has attempts [1, 1]",
    ),
    "the next attempt is not scheduled": (lambda r: r.schedules.clear(), "not scheduled"),
    "an endpoint was never told": (lambda r: r.endpoint("response"), "0 ids and 0 bodies"),
    "one delivery has two bodies": (
        lambda r: r.endpoint("retried", request("msg_b"), request("msg_b", b"{ }")),
        "1 ids and 2 bodies",
    ),
    "one delivery has two ids": (
        lambda r: r.endpoint("retried", request("msg_b"), request("msg_d")),
        "2 ids and 1 bodies",
    ),
    "the log has another id than the endpoint saw": (
        lambda r: r.endpoint("response", request("msg_d")),
        "ids that it never saw",
    ),
    "who is left out is told": (lambda r: r.endpoint("left out", request("msg_d")), "left out endpoint is told"),
    "who is left out has a row": (
        lambda r: r.attempts[LEFT_OUT].append(attempt(LEFT_OUT, "msg_d", 1, "failed")),
        "left out endpoint is told",
    ),
    "a payload of its own is another's": (
        lambda r: r.endpoint("own", request("msg_own", ANOTHER.encode())),
        "own endpoint is sent something else",
    ),
    "a payload of its own is the documented one": (
        lambda r: r.endpoint("own", request("msg_own")),
        "own endpoint is sent something else",
    ),
    "who is gone was never asked": (lambda r: r.attempts[GONE].clear(), "nothing in the log of the gone"),
    "nobody is told of who is gone": (lambda r: r.attempts[WATCHING].clear(), "nothing in the log of the watching"),
    "nobody is told of who fails": (lambda r: r.attempts[HEARING].clear(), "nothing in the log of the hearing"),
    "a failure is told twice": (
        lambda r: r.endpoint("hearing", request("msg_failing"), request("msg_again")),
        "hearing endpoint saw 2 ids",
    ),
    "who watches is told of the call, too": (
        lambda r: r.attempts[WATCHING].append(attempt(WATCHING, "msg_event", 2, "succeeded")),
        "1 rows of something else",
    ),
    "who watches is told twice": (
        lambda r: r.endpoint("watching", request("msg_event"), request("msg_again")),
        "2 ids and 1 bodies",
    ),
    "the completion is a dead letter": (
        lambda r: r.dead.append(Message(f'{{"accountId":"{ACCOUNT}"}}', {}, {})),
        "dead-letter queue",
    ),
}


@pytest.mark.parametrize("name", FALSIFIED)
def test_each_falsification_is_found(name):
    falsify, words = FALSIFIED[name]
    record = Record()
    falsify(record)
    assert any(words in violation for violation in record.violations()), record.violations()


def test_every_rule_finds_something():
    finds = set()
    for falsify, _ in FALSIFIED.values():
        record = Record()
        falsify(record)
        finds |= {rule for rule in RULES if list(rule(record.story, record.evidence))}
    assert finds == set(RULES)


def test_a_row_of_the_request_log_whose_writing_was_spoiled_for_good_may_be_missing():
    record = Record()
    record.rows.clear()
    record.story.never_logged = 1
    assert record.violations() == []


def test_a_dead_letter_of_another_account_is_none_of_this_storys():
    record = Record()
    record.dead.append(Message('{"accountId":"acc_two"}', {}, {}))
    assert record.violations() == []


def cancelled() -> Record:
    """A call that does not ring: no credit is taken, no job is sent."""
    record = Record()
    record.story.is_cancelled, record.story.cost = True, 0
    record.balances[ACCOUNT] = 100
    del record.ledger[ACCOUNT][1:]
    record.calls[ACCOUNT] = [{"id": CALL, "status": "cancelled"}]
    record.rows[0]["outcome"] = "cancelled"
    record.jobs_sent.clear()
    return record


def test_a_true_story_of_a_call_that_does_not_ring_has_no_violation():
    assert cancelled().violations() == []
    assert cancelled().evidence.has_arrived(cancelled().story)


@pytest.mark.parametrize(
    ("falsify", "words"),
    [
        (lambda r: r.jobs_sent.append(job(CALL)), "1 jobs"),
        (lambda r: r.ledger[ACCOUNT].append({"kind": "settled", "amount": 0}), "settled 1 times"),
        (lambda r: r.rows[0].update(outcome="accepted"), "0 requests are logged as cancelled"),
        (lambda r: r.attempts[WEBHOOK].clear(), "nothing in the log of the response"),
    ],
)
def test_what_is_false_of_a_call_that_does_not_ring_is_found(falsify, words):
    record = cancelled()
    falsify(record)
    assert any(words in violation for violation in record.violations()), record.violations()


def test_what_has_not_arrived_yet_is_waited_for():
    for falsify in (
        lambda r: r.attempts[WEBHOOK].clear(),
        lambda r: r.attempts[OUTBOUND].pop(),
        lambda r: r.call.pop("fannedOutAt"),
        lambda r: r.schedules.clear(),
    ):
        record = Record()
        falsify(record)
        assert not record.evidence.has_arrived(record.story)
