"""Who may see and do what at the management API: keys, other accounts' ids, unknown routes."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from accounts import Account
from refusals import assert_refused

URL = "https://example.com/hook"
INBOUND = {"direction": "inbound", "name": "In"}
CAMPAIGN = {"name": "Campaign"}

ROUTES = [
    ("GET", "/account"),
    ("GET", "/webhooks"),
    ("POST", "/webhooks"),
    ("GET", "/webhooks/{webhook}"),
    ("GET", "/webhooks/{webhook}/requests"),
    ("GET", "/webhooks/{webhook}/deliveries"),
    ("GET", "/campaigns"),
    ("POST", "/campaigns"),
    ("GET", "/campaigns/{campaign}"),
    ("GET", "/campaigns/{campaign}/calls"),
    ("GET", "/calls/{call}"),
]


@pytest.fixture(scope="module")
def owned(api, jobs) -> dict:
    """One of everything, of an account that is not the one that asks."""
    owner = Account.open(api)
    webhook = owner.inbound()
    campaign = owner.campaign(webhook)
    owner.trigger(webhook)
    return {"webhook": webhook.id, "campaign": campaign["id"], "call": jobs.of(webhook)[0]["callId"], "owner": owner}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_a_valid_key_every_route_is_a_401(api, owned, method, path):
    target = "/v1" + path.format(**owned)
    wrong = [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": f"Bearer {owned['owner'].api_key}x"},
        {"authorization": f"Basic {owned['owner'].api_key}"},
        {"authorization": owned["owner"].api_key},
        {"x-api-key": owned["owner"].api_key},
    ]
    body = b"{}" if method == "POST" else None
    with ThreadPoolExecutor(len(wrong)) as pool:
        for answer in pool.map(lambda header: api.request(method, target, body, header), wrong):
            assert_refused(answer, 401, "unauthorized")


def test_the_word_bearer_may_be_written_in_any_case(api, account):
    answer = api.request("GET", "/v1/account", headers={"authorization": f"bearer {account.api_key}"})
    assert answer.status == 200


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if "{" in route[1]])
def test_another_accounts_id_is_a_404(account, api, owned, method, path):
    assert_refused(api.v1(account.api_key, method, path.format(**owned)), 404, "not_found")


@pytest.mark.parametrize(
    "identifier", ["wh_0190a1b2c3d47e5f8a9b0c1d2e3f4a5b", "nonsense", "call_1", "%20", "💥", "a" * 2_000]
)
@pytest.mark.parametrize(
    "path",
    [
        "/webhooks/{}",
        "/campaigns/{}",
        "/calls/{}",
        "/webhooks/{}/requests",
        "/webhooks/{}/deliveries",
        "/campaigns/{}/calls",
    ],
)
def test_an_unknown_id_is_a_404(shared_account, api, path, identifier):
    assert_refused(api.v1(shared_account.api_key, "GET", path.format(quote(identifier, safe="%"))), 404, "not_found")


def test_a_campaign_on_another_accounts_webhook_is_a_422(account, owned):
    answer = account.post("/campaigns", {**CAMPAIGN, "webhookId": owned["webhook"]})
    assert_refused(answer, 422, "unknown_webhook", "webhookId")


def test_a_campaign_on_an_outbound_webhook_is_refused(account):
    webhook = account.outbound(URL)
    answer = account.post("/campaigns", {**CAMPAIGN, "webhookId": webhook.id})
    assert answer.status in (409, 422) and answer.error["code"], answer


def test_a_webhook_on_another_accounts_campaign_is_a_422(account, owned):
    answer = account.post("/webhooks", {**INBOUND, "campaignId": owned["campaign"]})
    assert_refused(answer, 422, "unknown_campaign", "campaignId")


@pytest.mark.parametrize("path", ["", "/nothing", "/webhooks/x/y/z", "/webhooks//requests"])
def test_an_unknown_route_is_a_404(account, api, path):
    assert_refused(api.v1(account.api_key, "GET", path), 404, "not_found")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/webhooks"), ("DELETE", "/account"), ("POST", "/calls/call_1")])
def test_a_method_that_a_route_does_not_have_is_a_405(account, api, method, path):
    assert_refused(api.v1(account.api_key, method, path, {}), 405, "method_not_allowed")
