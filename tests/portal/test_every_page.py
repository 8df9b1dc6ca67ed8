"""What is true of every page: it shows what it is for, axe-core finds nothing, and it fits. In both colour schemes, on
a phone and on a desk; a picture of each stays in .local/portal-shots."""

import pytest
from playwright.sync_api import expect

from accounts import Account
from infra.local.settings import CHECKOUT
from portal_routes import is_of, routes
from portal_scene import Scene
from visitor import Visitor

SHOTS = CHECKOUT / ".local" / "portal-shots"
SIZES = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 860}}
SCHEMES = ("light", "dark")
BUSY = {"error": {"code": "temporarily_unavailable", "message": "Something did not answer. Try again."}}

# name: the address, and what stands there once it is loaded.
PAGES = {
    "home": lambda scene: ("/", "Home"),
    "inbound-webhook": lambda scene: (f"/inbound/{scene.inbound.id}", "What became of it"),
    "inbound-webhook-new": lambda scene: (f"/inbound/{scene.unused.id}", "No request yet"),
    "inbound-webhook-results": lambda scene: (f"/inbound/{scene.inbound.id}?log=deliveries", "Resend all failed"),
    "outbound-webhook": lambda scene: (f"/outbound/{scene.warehouse.id}", "Resend all failed"),
    "outbound-webhook-failing": lambda scene: (f"/outbound/{scene.sales.id}", "failing since"),
    "outbound-webhook-gone": lambda scene: (f"/outbound/{scene.old.id}", "wants no more"),
    "delivery": lambda scene: (scene.delivery_of(scene.warehouse, scene.calls[0]), "Copy as curl"),
    "delivery-failing": lambda scene: (scene.delivery_of(scene.sales, scene.calls[0]), "Its answer"),
    "delivery-of-response": lambda scene: (scene.delivery_of(scene.inbound, scene.calls[0]), "call.completed"),
    "inbound-mapping": lambda scene: (f"/inbound/{scene.inbound.id}/mapping", "Try it"),
    "inbound": lambda scene: ("/inbound", "Website enquiries"),
    "inbound-new": lambda scene: ("/inbound/new", "Response webhook"),
    "inbound-edit": lambda scene: (f"/inbound/{scene.inbound.id}/edit", "Response webhook"),
    "outbound": lambda scene: ("/outbound", "Data warehouse"),
    "outbound-new": lambda scene: ("/outbound/new", "Ours, as documented"),
    "outbound-edit": lambda scene: (f"/outbound/{scene.warehouse.id}/edit", "Authorization"),
    "outbound-webhook-body": lambda scene: (f"/outbound/{scene.crm.id}", "JSON of its own"),
    "outbound-edit-body": lambda scene: (f"/outbound/{scene.crm.id}/edit", "hs_call_disposition"),
    "campaigns": lambda scene: ("/campaigns", "Spring viewings"),
    "campaign": lambda scene: (f"/campaigns/{scene.campaign['id']}", "Test call"),
    "campaign-tried": lambda scene: (f"/campaigns/{scene.campaign['id']}?testCall={scene.calls[0]}", "Data warehouse"),
    "campaign-new": lambda scene: ("/campaigns/new", "Create campaign"),
    "results": lambda scene: (f"/results?campaign={scene.campaign['id']}", "Maria Okafor"),
    "call": lambda scene: (f"/calls/{scene.calls[0]}", "Is Saturday at ten fine?"),
    "call-erased": lambda scene: (f"/calls/{scene.erased}", "was erased"),
    "credits": lambda scene: ("/credits", "Reserved for a call"),
    "reference-events": lambda scene: ("/reference", "call.analysis.lead_warmth"),
    "reference-requests": lambda scene: ("/reference/requests", "Phone numbers"),
    "reference-mapping": lambda scene: ("/reference/mapping", "The preview"),
    "reference-payloads": lambda scene: ("/reference/payloads", "The three forms"),
    "reference-deliveries": lambda scene: ("/reference/deliveries", "Verify a signature"),
    "not-found": lambda scene: ("/no/such/page", "There is no such page"),
}


@pytest.fixture(scope="module")
def scene(api, jobs, dialer, receivers) -> Scene:
    return Scene(api, jobs, dialer, receivers)


@pytest.fixture(scope="module")
def visitor(browser, api, scene):
    """One window for all of them: a session is no part of what is looked at here."""
    visitor = Visitor(browser, api.url)
    visitor.sign_in(scene.account.portal_link())
    yield visitor
    visitor.leave()


def test_no_page_is_left_out(scene):
    paths = [page(scene)[0] for page in PAGES.values()]
    assert not [route for route in routes() if not any(is_of(route, path) for path in paths)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_accessible(visitor, scene, name):
    route, shows = PAGES[name](scene)
    visitor.open(route)
    visitor.page.get_by_role("heading", level=1).wait_for()
    visitor.page.get_by_text(shows).locator("visible=true").first.wait_for()
    wrong = look_at(visitor, name)
    assert not wrong, wrong


def expired(visitor: Visitor) -> None:
    visitor.expects(401)
    visitor.page.goto(f"{visitor.api_url}/portal#link=plk_made_up")
    visitor.page.get_by_text("This link does not sign you in.").wait_for()


def refused(visitor: Visitor) -> None:
    visitor.expects(503)
    visitor.page.route("**/v1/portal-sessions", lambda route: route.fulfill(status=503, json=BUSY))
    visitor.page.goto(f"{visitor.api_url}/portal#link=plk_made_up")
    visitor.page.get_by_text("The link could not be opened.").wait_for()


def sign_in(visitor: Visitor) -> None:
    visitor.open("/")
    visitor.page.get_by_role("heading", name="Sign in").wait_for()


@pytest.mark.parametrize("way", [sign_in, expired, refused])
def test_the_way_in_fits_and_is_accessible(visit, way):
    visitor = visit()
    way(visitor)
    wrong = look_at(visitor, way.__name__.replace("_", "-"))
    assert not wrong, wrong


def empty_list(visitor: Visitor, _) -> None:
    visitor.open("/outbound")
    visitor.page.get_by_text("No outbound webhook yet").wait_for()


def problem_box(visitor: Visitor, _) -> None:
    visitor.expects(503)
    visitor.page.route("**/v1/account/ledger*", lambda route: route.fulfill(status=503, json=BUSY))
    visitor.open("/credits")
    visitor.page.get_by_role("alert").get_by_role("button", name="Try again").wait_for()


def toasts(visitor: Visitor, account: Account) -> None:
    campaign = account.campaign(name="Spring viewings")
    visitor.expects(503)
    visitor.open(f"/campaigns/{campaign['id']}")
    visitor.page.get_by_role("button", name="Pause").click()
    visitor.page.get_by_text("The campaign is paused").wait_for()
    visitor.page.route("**/v1/campaigns/*", lambda route: route.fulfill(status=503, json=BUSY))
    visitor.page.get_by_role("button", name="Activate").click()
    visitor.page.get_by_role("status").get_by_text("Try again.").wait_for()


def delete_dialog(visitor: Visitor, account: Account) -> None:
    webhook = account.outbound("https://example.com/hook")
    visitor.open(f"/outbound/{webhook.id}")
    visitor.page.get_by_role("button", name="Delete this webhook").click()
    visitor.page.get_by_role("dialog").wait_for()


@pytest.mark.parametrize("state", [empty_list, problem_box, toasts, delete_dialog])
def test_a_state_of_a_page_fits_and_is_accessible(editor, account, state):
    state(editor, account)
    wrong = look_at(editor, state.__name__.replace("_", "-"))
    assert not wrong, wrong


def look_at(visitor: Visitor, name: str) -> list[str]:
    """Leaves the pictures, and says what is wrong with the page."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    wrong = []
    for size, viewport in SIZES.items():
        visitor.page.set_viewport_size(viewport)
        wrong += [f"{size}: {wider}" for wider in visitor.wider_than_the_screen()]
        for scheme in SCHEMES:
            visitor.page.emulate_media(color_scheme=scheme)
            expect(visitor.page.get_by_label("Loading", exact=True)).to_have_count(0)
            visitor.page.screenshot(path=SHOTS / f"{name}-{size}-{scheme}.png", full_page=True)
            wrong += [f"{size}, {scheme}: {finding}" for finding in visitor.findings()]
    return wrong
