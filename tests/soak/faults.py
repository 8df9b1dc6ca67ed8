"""The main job with a fault at every single call to AWS that the functions on its way make.

The calls of one main job are recorded without a fault; then each of them is spoiled, every case on an account of its
own, all side by side. `FAULTS=all` spoils each call in each way; without it the ways in which nothing happens take
turns.
"""

import os

import pytest

import killer
from fault_plan import REFUSALS, Fault, Site
from fault_proxy import KILLS, OF_MESSAGES, Kind
from killer import Deadly
from main_job import A_STEP, CANCELLED, RECEIVERS, WATCHED
from message_edits import is_send
from receiver import OK, Http
from soak import soak_over

# Every kind of fault at every call, where the ordinary run takes the kinds of refusal in turn.
THOROUGH = os.environ.get("FAULTS") == "all"


@pytest.fixture
def soak(stack, api, jobs, dialer, dead_letters, receivers):
    with soak_over(stack, api, jobs, dialer, dead_letters, receivers) as soak:
        yield soak


def test_no_fault_at_any_call_to_aws_loses_or_doubles_anything(soak):
    sites = soak.record()
    print(f"\n{len(sites)} calls of the main job:", *sites, sep="\n  ")
    soak.run_and_judge(faults_at(sites))


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_no_function_that_dies_at_any_call_to_aws_loses_or_doubles_anything(soak):
    faults = [Fault(site, kind, lasting=True) for site in soak.record() for kind in KILLS]
    soak.run_and_judge(faults)


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_no_fault_at_any_call_of_a_fan_out_in_steps_loses_or_doubles_anything(
    stack, api, jobs, dialer, dead_letters, receivers
):
    with soak_over(stack, api, jobs, dialer, dead_letters, receivers, disabled_webhooks=A_STEP) as soak:
        sites = [site for site in soak.record() if site.function == "fanout"]
        print(f"\n{len(sites)} calls of fanout:", *sites, sep="\n  ")
        assert [site for site in sites if site.on.endswith("-fan-out-rests")]
        kinds = (Kind.THROTTLE, Kind.DROP_AFTER, *KILLS)
        soak.run_and_judge([Fault(site, kind, lasting=True) for site in sites for kind in kinds])


# How a call fails on the way of an event: at once, with its answer lost, with its function dead before and behind it.
OF_EVENTS = (Kind.THROTTLE, Kind.DROP_AFTER, *KILLS)


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_no_fault_at_any_call_loses_or_doubles_what_is_told_of_an_endpoint_or_in_a_payload_of_ones_own(soak):
    sites = [site for site in soak.record(WATCHED) if site.function in ("fanout", "deliver")]
    print(f"\n{len(sites)} calls of fanout and deliver:", *sites, sep="\n  ")
    assert {"gone", "failing", "watching", "hearing"} <= {site.on for site in sites}
    faults = [Fault(site, kind, lasting=True) for site in sites for kind in OF_EVENTS]
    soak.run_and_judge(faults, [WATCHED] * len(faults))


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_no_fault_at_any_call_loses_or_doubles_what_is_told_of_a_cancelled_call(
    stack, api, jobs, dialer, dead_letters, receivers
):
    with soak_over(stack, api, jobs, dialer, dead_letters, receivers, is_cancelled=True) as soak:
        sites = soak.record(CANCELLED)
        print(f"\n{len(sites)} calls of a call that does not ring:", *sites, sep="\n  ")
        assert [site for site in sites if site.on.endswith("-account-events")]
        faults = [Fault(site, kind, lasting=True) for site in sites for kind in OF_EVENTS]
        soak.run_and_judge(faults, [CANCELLED] * len(faults))


@pytest.mark.skipif(not killer.is_supported(), reason="needs Linux's /proc")
def test_nothing_is_lost_when_deliver_dies_while_the_receiver_has_the_request(soak):
    dies = Deadly(soak.killer)
    casts = [
        {**RECEIVERS, "response": (dies, OK)},
        {**RECEIVERS, "retried": (dies, Http(500), OK)},
        {**RECEIVERS, "retried": (Http(500), dies, OK)},
        {**RECEIVERS, "response": (dies, dies, OK), "retried": (dies, OK)},
    ]
    soak.run_and_judge([None] * len(casts) * 3, casts * 3)
    assert len(soak.killer.killed) >= len(casts)  # two that are due in one process share a death


def test_messages_that_are_sent_twice_or_overtake_each_other_double_nothing(soak):
    sends = [site for site in soak.record() if is_send(site.operation)]
    assert sends
    soak.run_and_judge([fault for site in sends for fault in faults_of_messages(site)] * 3)


def faults_of_messages(site: Site) -> list[Fault]:
    """A FIFO queue delays no single message, and drops the second of the same."""
    kinds = (Kind.TWICE,) if site.on.endswith(".fifo") else OF_MESSAGES
    return [Fault(site, kind, lasting=False) for kind in kinds]


def faults_at(sites: list[Site]) -> list[Fault]:
    """Lasting faults at each site, and each kind at the first try of every call, which the SDK must absorb.

    Hanging calls hold up their batch: they come first, and with their like. A first try that hangs is left out: with
    one at every call, a function would need longer than it has.
    """
    hanging = [Fault(site, Kind.HANG, lasting=True) for site in sites]
    refused = [
        Fault(site, kind, lasting=True)
        for n, site in enumerate(sites)
        for kind in (REFUSALS if THOROUGH else REFUSALS[n % len(REFUSALS) :][:1])
    ]
    lost = [Fault(site, Kind.DROP_AFTER, lasting=True) for site in sites]
    passing = [Fault(None, kind, lasting=False) for kind in (*REFUSALS, Kind.DROP_AFTER)]
    return hanging + passing + refused + lost
