"""What is true of every page: it shows what it is for, axe-core finds nothing, and it fits. In both colour schemes, on
a phone and on a desk; a picture of each stays in .local/portal-shots."""

import pytest
from playwright.sync_api import expect

from infra.local.settings import CHECKOUT
from portal_scene import Scene
from visitor import Visitor

SHOTS = CHECKOUT / ".local" / "portal-shots"
SIZES = {"narrow": {"width": 360, "height": 740}, "wide": {"width": 1280, "height": 860}}
SCHEMES = ("light", "dark")

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
    "outbound": lambda scene: ("/outbound", "Data warehouse"),
    "outbound-edit": lambda scene: (f"/outbound/{scene.warehouse.id}/edit", "Authorization"),
    "outbound-webhook-body": lambda scene: (f"/outbound/{scene.crm.id}", "JSON of its own"),
    "outbound-edit-body": lambda scene: (f"/outbound/{scene.crm.id}/edit", "hs_call_disposition"),
    "campaigns": lambda scene: ("/campaigns", "Spring viewings"),
    "campaign": lambda scene: (f"/campaigns/{scene.campaign['id']}", "Test call"),
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


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_is_accessible(visitor, scene, name):
    route, shows = PAGES[name](scene)
    visitor.open(route)
    visitor.page.get_by_role("heading", level=1).wait_for()
    visitor.page.get_by_text(shows).locator("visible=true").first.wait_for()
    wrong = look_at(visitor, name)
    assert not wrong, wrong


@pytest.mark.parametrize("name", ["sign-in"])
def test_the_way_in_fits_and_is_accessible(visit, name):
    visitor = visit()
    visitor.open("/")
    visitor.page.get_by_role("heading", name="Sign in").wait_for()
    wrong = look_at(visitor, name)
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
