"""How many webhooks and campaigns an account may have."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts import Account
from fault_proxy import Call
from fault_stack import led_through_a_proxy
from refusals import assert_refused
from tables import items_of

URL = "https://example.com/hook"
INBOUND, OUTBOUND = {"direction": "inbound", "name": "In"}, {"direction": "outbound", "name": "Out", "url": URL}
# what is counted -> how one is made, where they are, how one too many is refused
COUNTED = {
    "outboundWebhooks": ("/webhooks", OUTBOUND, "too_many_webhooks"),
    "inboundWebhooks": ("/webhooks", INBOUND, "too_many_webhooks"),
    "campaigns": ("/campaigns", {"name": "Q4 Outreach"}, "too_many_campaigns"),
}


def make(account: Account, counted: str):
    path, body, _ = COUNTED[counted]
    return account.post(path, body)


def assert_full(account: Account, counted: str) -> None:
    assert_refused(make(account, counted), 409, COUNTED[counted][2])


@pytest.mark.parametrize("counted", COUNTED)
def test_one_too_many_is_refused_until_one_is_deleted_or_the_operator_allows_more(account, counted):
    assert account.limit(**{counted: 2}).status == 200
    made = [make(account, counted) for _ in range(2)]
    assert [answer.status for answer in made] == [201, 201]
    assert_full(account, counted)
    assert account.delete(f"{COUNTED[counted][0]}/{made[0].json()['id']}").status == 204
    assert make(account, counted).status == 201
    assert_full(account, counted)
    assert account.limit(**{counted: 3}).status == 200
    assert make(account, counted).status == 201
    assert_full(account, counted)


def set_count(stack, account: Account, counted: str, number: int) -> None:
    """As if the account had made so many."""
    stack.client("dynamodb").update_item(
        TableName=stack.physical_ids["Counts"],
        Key={"accountId": {"S": account.id}},
        UpdateExpression="SET #counted = :number",
        ConditionExpression="attribute_exists(#counted)",
        ExpressionAttributeNames={"#counted": counted},
        ExpressionAttributeValues={":number": {"N": str(number)}},
    )


@pytest.mark.parametrize(("counted", "most"), [("outboundWebhooks", 50), ("inboundWebhooks", 500), ("campaigns", 500)])
def test_what_an_account_may_have_of_each_when_the_operator_has_said_nothing(account, stack, counted, most):
    assert make(account, counted).status == 201
    set_count(stack, account, counted, most - 1)
    assert make(account, counted).status == 201
    assert_full(account, counted)


@pytest.mark.parametrize("counted", COUNTED)
def test_the_accounts_item_which_every_request_locks_is_not_written_when_one_is_made_or_deleted(
    account, stack, counted
):
    (before,) = items_of(stack, "Accounts", id=account.id)
    path = f"{COUNTED[counted][0]}/{make(account, counted).json()['id']}"
    assert account.delete(path).status == 204
    assert items_of(stack, "Accounts", id=account.id) == [before]


def test_an_account_may_have_50_outbound_webhooks(account):
    assert [make(account, "outboundWebhooks").status for _ in range(50)] == [201] * 50
    assert_full(account, "outboundWebhooks")
    assert make(account, "inboundWebhooks").status == 201


def test_zapiers_webhooks_are_outbound_webhooks(account):
    account.limit(outboundWebhooks=1)
    zap = account.post("/zapier/hooks", {"targetUrl": URL})
    assert zap.status == 201
    assert_full(account, "outboundWebhooks")
    assert_refused(account.post("/zapier/hooks", {"targetUrl": URL}), 409, "too_many_webhooks")
    assert account.delete(f"/zapier/hooks/{zap.json()['id']}").status == 204
    assert make(account, "outboundWebhooks").status == 201


@pytest.mark.parametrize("counted", COUNTED)
def test_of_ten_requests_at_once_as_many_succeed_as_there_is_room_for(account, counted):
    account.limit(**{counted: 4})
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: make(account, counted), range(10)))
    assert sorted(answer.status for answer in answers) == [201] * 4 + [409] * 6
    assert {answer.error["code"] for answer in answers if answer.status == 409} == {COUNTED[counted][2]}


def forget_counts(stack, account: Account) -> None:
    """As an account is that was there before anything was counted."""
    key = {"accountId": {"S": account.id}}
    stack.client("dynamodb").delete_item(TableName=stack.physical_ids["Counts"], Key=key)


@pytest.mark.parametrize("counted", COUNTED)
def test_what_an_account_has_already_is_counted_at_its_next_change(account, stack, counted):
    made = [make(account, counted).json()["id"] for _ in range(3)]
    account.limit(**{counted: 3})
    forget_counts(stack, account)
    assert_full(account, counted)
    forget_counts(stack, account)
    assert account.delete(f"{COUNTED[counted][0]}/{made[0]}").status == 204
    assert make(account, counted).status == 201
    assert_full(account, counted)


def asked(stack, account: Account) -> dict[str, int]:
    """How many of an account's webhooks ask for each event, as it is counted."""
    key = {"accountId": {"S": account.id}}
    item = stack.client("dynamodb").get_item(TableName=stack.physical_ids["Counts"], Key=key, ConsistentRead=True)[
        "Item"
    ]
    return {name: int(value["N"]) for name, value in item.items() if "." in name and value["N"] != "0"}


def test_who_asks_for_an_event_is_counted_with_every_change(account, stack, receivers):
    url = receivers.receiver().url
    one = account.outbound(url, events=["call.finished", "call.cancelled"])
    other = account.outbound(url, events=["webhook.failing", "webhook.disabled"])
    account.outbound(url)
    account.inbound()
    assert asked(stack, account) == {"call.cancelled": 1, "webhook.failing": 1, "webhook.disabled": 1}
    assert account.patch(one.path, {"events": ["webhook.failing"]}).status == 200
    assert asked(stack, account) == {"webhook.failing": 2, "webhook.disabled": 1}
    assert account.patch(one.path, {"name": "Another", "status": "disabled"}).status == 200
    assert asked(stack, account) == {"webhook.failing": 2, "webhook.disabled": 1}
    assert account.delete(other.path).status == 204
    assert asked(stack, account) == {"webhook.failing": 1}
    # As an account is that was there before anything was counted.
    for change in ({"events": ["call.cancelled"]}, {"events": ["call.finished"]}):
        forget_counts(stack, account)
        assert account.patch(one.path, change).status == 200
        assert asked(stack, account) == ({"call.cancelled": 1} if "call.cancelled" in change["events"] else {})


def test_edits_at_once_count_who_asks_once(account, stack, receivers):
    webhook = account.outbound(receivers.receiver().url)
    wishes = [["call.cancelled"], ["call.finished", "call.cancelled", "webhook.failing"]] * 4
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda events: account.patch(webhook.path, {"events": events}), wishes))
    assert {answer.status for answer in answers} <= {200, 409}
    asks = {event: 1 for event in account.read(webhook.path)["events"] if event != "call.finished"}
    assert asked(stack, account) == asks


def test_a_refused_binding_counts_nothing(account):
    account.limit(inboundWebhooks=2, campaigns=1)
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    assert_refused(account.post("/webhooks", {**INBOUND, "campaignId": campaign["id"]}), 409, "campaign_already_bound")
    assert make(account, "inboundWebhooks").status == 201
    assert_full(account, "inboundWebhooks")
    assert_full(account, "campaigns")


def test_a_campaign_that_a_webhook_has_is_not_deleted(account):
    webhook = account.inbound()
    path = f"/campaigns/{account.campaign(webhook)['id']}"
    assert_refused(account.delete(path), 409, "campaign_in_use")
    assert account.get(path).status == 200
    assert account.delete(webhook.path).status == 204
    assert account.delete(path).status == 204
    assert_refused(account.get(path), 404, "not_found")
    assert_refused(account.delete(path), 404, "not_found")


class Between:
    """Does something just before a campaign is deleted from its table."""

    def __init__(self, act):
        self.act, self.answers = act, []

    def __call__(self, call: Call) -> None:
        if call.operation == "TransactWriteItems" and '"Delete"' in call.body and not self.answers:
            self.answers.append(None)  # what is done passes here too
            self.answers = [self.act()]


def test_a_campaign_that_is_bound_while_it_is_being_deleted_stays(account, stack):
    webhook, campaign = account.inbound(), account.campaign()
    path = f"/campaigns/{campaign['id']}"
    binds = Between(lambda: account.patch(webhook.path, {"campaignId": campaign["id"]}))
    with led_through_a_proxy(stack, "Manage", binds):
        assert_refused(account.delete(path), 409, "campaign_in_use")
    assert [answer.status for answer in binds.answers] == [200]
    assert account.read(path)["webhookId"] == webhook.id


def test_the_results_of_a_deleted_campaign_stay(account):
    webhook = account.inbound()
    campaign = account.campaign(webhook)
    account.trigger(webhook)
    call = account.last_request_to(webhook)["callId"]
    account.delete(webhook.path)
    assert account.delete(f"/campaigns/{campaign['id']}").status == 204
    assert [listed["id"] for listed in account.calls_of(campaign)] == [call]


def test_another_accounts_campaign_is_not_deleted(account, api):
    campaign = Account.open(api).campaign()
    assert_refused(account.delete(f"/campaigns/{campaign['id']}"), 404, "not_found")


def test_the_first_ones_of_a_new_account_are_made_whatever_comes_at_the_same_moment(api):
    counted = [*COUNTED] * 2
    for account in [Account.open(api) for _ in range(8)]:
        with ThreadPoolExecutor(len(counted)) as threads:
            answers = list(threads.map(make, [account] * len(counted), counted))
        assert [answer.status for answer in answers] == [201] * len(counted)
