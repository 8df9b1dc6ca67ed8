"""The operator routes: the product's own back end opens accounts, adds credits, hands out keys."""

import pytest

from accounts import Account
from fault_proxy import Call
from fault_stack import led_through_a_proxy
from refusals import assert_refused

BAD_ACCOUNTS = {
    "no_name": ({"credits": 1}, "name"),
    "a_blank_name": ({"name": " ", "credits": 1}, "name"),
    "no_credits": ({"name": "x"}, "credits"),
    "negative_credits": ({"name": "x", "credits": -1}, "credits"),
    "half_a_credit": ({"name": "x", "credits": 1.5}, "credits"),
    "credits_in_words": ({"name": "x", "credits": "many"}, "credits"),
}


@pytest.mark.parametrize("path", ["/accounts", "/accounts/acc_1/credits", "/accounts/acc_1/api-keys"])
def test_an_unsigned_operator_request_is_refused_by_the_gateway(api, path):
    assert api.operator("POST", path, {"name": "x", "credits": 1}, signed=False).status == 403


def test_an_api_key_is_no_operator(api, account):
    answer = api.request(
        "POST", "/operator/accounts", b'{"name":"x","credits":1}', {"authorization": f"Bearer {account.api_key}"}
    )
    assert answer.status in (401, 403), answer


def test_an_operator_changes_limits_one_by_one_and_back_to_the_default(api, account):
    defaults = {"inboundWebhooks": 500, "outboundWebhooks": 50, "campaigns": 500}
    told = {**account.read("/account"), "limits": defaults}
    assert account.limit().json() == told
    assert account.limit(outboundWebhooks=70).json()["limits"] == {**defaults, "outboundWebhooks": 70}
    changed = {"inboundWebhooks": 500, "outboundWebhooks": 70, "campaigns": 0}
    assert account.limit(campaigns=0).json()["limits"] == changed
    assert account.limit(campaigns=None, outboundWebhooks=None).json() == told


class Between:
    """Sets another limit just before the first write of limits."""

    def __init__(self, account: Account, **limits):
        self.account, self.limits, self.answers = account, limits, []

    def __call__(self, call: Call) -> None:
        if call.operation == "UpdateItem" and not self.answers:
            self.answers.append(None)  # what is done passes here too
            self.answers = [self.account.limit(**self.limits).status]


def test_two_limits_that_are_set_at_the_same_moment_are_both_kept(stack, account):
    other = Between(account, outboundWebhooks=70)
    with led_through_a_proxy(stack, "Operator", other):
        both = account.limit(campaigns=3).json()["limits"]
    assert other.answers == [200]
    assert both == account.limit().json()["limits"]
    assert both == {"inboundWebhooks": 500, "outboundWebhooks": 70, "campaigns": 3}


def test_an_account_from_before_there_were_limits_gets_its_first(stack, account):
    stack.client("dynamodb").update_item(
        TableName=stack.physical_ids["Accounts"],
        Key={"id": {"S": account.id}},
        UpdateExpression="REMOVE limits",
        ConditionExpression="attribute_exists(limits)",
    )
    limits = {"inboundWebhooks": 500, "outboundWebhooks": 50, "campaigns": 500}
    assert account.limit().json()["limits"] == limits
    assert account.limit(campaigns=None).json()["limits"] == limits
    assert account.limit(campaigns=3).json()["limits"] == {**limits, "campaigns": 3}


@pytest.mark.parametrize(
    "limits", [{"campaigns": -1}, {"campaigns": 1.5}, {"campaigns": "x"}, {"campaigns": 100_001}, [1]]
)
def test_a_limit_that_is_none_is_refused(api, account, limits):
    answer = api.operator("PATCH", f"/accounts/{account.id}", {"limits": limits})
    assert_refused(answer, 400, "invalid_field", "limits")


def test_an_account_that_is_not_there_has_no_limits(api):
    answer = api.operator("PATCH", "/accounts/acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b", {"limits": {"campaigns": 1}})
    assert_refused(answer, 404, "not_found")


def test_an_operator_adds_credits(api, account):
    assert api.operator("POST", f"/accounts/{account.id}/credits", {"amount": 25}).status in (200, 201)
    assert account.credits() == 125


def test_an_operator_gives_an_account_a_second_key_beside_the_first(api, account):
    answer = api.operator("POST", f"/accounts/{account.id}/api-keys", {})
    assert answer.status in (200, 201), answer
    second = Account(api, account.id, answer.json()["apiKey"])
    assert second.api_key != account.api_key
    assert second.read("/account") == account.read("/account")


@pytest.mark.parametrize("case", BAD_ACCOUNTS)
def test_a_bad_account_is_refused_with_the_name_of_the_field(api, case):
    body, field = BAD_ACCOUNTS[case]
    assert_refused(api.operator("POST", "/accounts", body), 400, None, field)


@pytest.mark.parametrize("amount", [None, "ten", 1.5, []])
def test_a_bad_amount_of_credits_is_refused(api, account, amount):
    assert_refused(api.operator("POST", f"/accounts/{account.id}/credits", {"amount": amount}), 400, None, "amount")
    assert account.credits() == 100


@pytest.mark.parametrize(("path", "body"), [("/credits", {"amount": 1}), ("/api-keys", {})])
def test_an_operator_request_for_an_unknown_account_is_a_404(api, path, body):
    answer = api.operator("POST", f"/accounts/acc_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b{path}", body)
    assert_refused(answer, 404, "not_found")
