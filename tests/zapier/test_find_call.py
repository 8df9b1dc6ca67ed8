"""The search: a call by its id, or the newest of a campaign."""

import pytest

import completions
from accounts import unused_phone
from zapier_platform import Refused, connected, flattened

OWN = ("metadata__", "variables__", "extracted__")


class Calls:
    """Two calls of one campaign: the older is finished, the newer waits."""

    def __init__(self, account, jobs, dialer):
        webhook = account.inbound()
        self.campaign = account.campaign(webhook)
        self.phones = [unused_phone(), unused_phone()]
        more = {"metadata": {"personId": 4711}, "variables": {"offer": "10 %"}}
        for phone in self.phones:
            account.trigger(webhook, {**completions.RECIPIENT, "phoneNumber": phone, **more})
        by_phone = {job["recipient"]["phoneNumber"]: job for job in jobs.of(webhook, 2)}
        self.finished, self.queued = (by_phone[phone]["callId"] for phone in self.phones)
        dialer.send(completions.of_job(by_phone[self.phones[0]], extracted={"date": "Friday"}, **completions.RESULTS))
        account.settled(self.finished)


@pytest.fixture(scope="module")
def zapier(platform, shared_account):
    return connected(platform, shared_account)


@pytest.fixture(scope="module")
def calls(shared_account, jobs, dialer) -> Calls:
    return Calls(shared_account, jobs, dialer)


def found(zapier, **fields) -> list[str]:
    return [call["id"] for call in zapier.find_call(**fields)]


def test_a_call_is_found_by_its_id_and_whole(zapier, shared_account, calls):
    (call,) = zapier.find_call(callId=calls.finished)
    text = "assistant: Hi, is this Jannetje?\nuser: Yes, speaking. Who is calling?"
    assert call == {**shared_account.call(calls.finished), "transcriptText": text}


def test_every_value_of_a_call_has_a_label_and_every_label_a_value(platform, zapier, calls):
    (call,) = zapier.find_call(callId=calls.finished)
    operation = platform.definition()["searches"]["find_call"]["operation"]
    labels = {field["key"] for field in operation["outputFields"]}
    assert {name for name in flattened(call) if not name.startswith(OWN)} == labels
    assert list(operation["sample"]) == list(call)


def test_of_a_campaign_the_newest_is_found(zapier, calls):
    assert found(zapier, campaignId=calls.campaign["id"]) == [calls.queued]
    assert found(zapier, campaignId=calls.campaign["id"], status="finished") == [calls.finished]
    assert found(zapier, campaignId=calls.campaign["id"], status="missed") == []


def test_a_phone_number_finds_its_own_call_however_it_is_written(zapier, calls):
    phone = calls.phones[0]
    for written in (phone, f"{phone[:2]} ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"):
        assert found(zapier, campaignId=calls.campaign["id"], phoneNumber=written) == [calls.finished]
    assert found(zapier, campaignId=calls.campaign["id"], phoneNumber=unused_phone()) == []


@pytest.mark.parametrize("call_id", ["call_unknown", "../account", " "])
def test_an_id_of_no_call_finds_nothing(zapier, call_id):
    assert found(zapier, callId=call_id) == []


def test_a_campaign_that_is_unknown_is_an_error(zapier):
    with pytest.raises(Refused) as refused:
        zapier.find_call(campaignId="cmp_unknown")
    assert refused.value.told["status"] == 404


def test_a_search_that_says_too_little_is_an_error(zapier, calls):
    for fields, code in [
        ({"phoneNumber": "+15551234567"}, "nothing_to_search_by"),
        ({"campaignId": calls.campaign["id"], "phoneNumber": "555 123 4567"}, "invalid_phone_number"),
    ]:
        with pytest.raises(Refused) as refused:
            zapier.find_call(**fields)
        assert refused.value.told["code"] == code
