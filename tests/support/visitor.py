"""Somebody before the portal: a page of a real browser, watched for whatever a page must never do."""

import json
import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response, expect

PATIENCE_MS = 15_000
MOST_TABS = 120
# Chromium's own words for an answer of 400 or more. What the page makes of it is for the test to look at.
REFUSED = re.compile(r"Failed to load resource: the server responded with a status of (\d+)")
IS_WIDER_THAN_THE_SCREEN = """() => {
    const width = document.documentElement.clientWidth;
    const within = node => node && node !== document.body
        && (getComputedStyle(node).overflowX !== 'visible' || within(node.parentElement));
    const beyond = [...document.body.querySelectorAll('*')]
        .filter(node => node.getBoundingClientRect().right > width + 1 && !within(node.parentElement));
    return document.documentElement.scrollWidth > width
        ? [`${document.documentElement.scrollWidth} of ${width} px`, ...beyond.map(node => node.outerHTML.slice(0, 99))]
        : [];
}"""
SHOWS_ITS_FOCUS = """node => {
    const style = getComputedStyle(node);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
}"""


def origin_of(url: str) -> str:
    scheme, host, *_ = urlsplit(url)
    return f"{scheme}://{host}"


class Visitor:
    """`faults` collects errors of the console (a violation of the policy is one), errors of scripts, and requests to
    anybody but the API."""

    def __init__(self, browser: Browser, api_url: str, **context):
        self.api_url = api_url
        self.context = browser.new_context(locale="en-GB", timezone_id="Europe/Amsterdam", **context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults: list[str] = []
        self._expected: set[int] = set()
        self._origins = {origin_of(api_url)}
        self.page = self.new_page()

    def new_page(self) -> Page:
        page = self.context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"error of a script: {error}"))
        page.on("request", self._asked)
        return page

    def expects(self, *statuses: int) -> None:
        """Answers of these statuses are part of the story."""
        self._expected.update(statuses)

    def may_ask(self, url: str) -> None:
        """Who shows the portal in a frame is of another origin."""
        self._origins.add(origin_of(url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        refused = REFUSED.match(message.text)
        if not (refused and int(refused[1]) in self._expected):
            self.faults.append(f"error in the console: {message.text} ({message.location.get('url')})")

    def _asked(self, request: Request) -> None:
        if request.url.startswith("http") and origin_of(request.url) not in self._origins:
            self.faults.append(f"a request to another origin: {request.url}")

    def leave(self) -> None:
        self.context.close()
        assert not self.faults, self.faults

    # going somewhere

    def sign_in(self, link: str) -> None:
        self.page.goto(f"{self.api_url}/portal#link={link}")
        self.page.get_by_role("navigation").first.wait_for()

    def begin(self, session: dict) -> None:
        """Whichever page is opened next, it is with this session, and without Home before it."""
        kept = json.dumps(json.dumps(session))
        # `open` begins at a blank page, which has no storage.
        self.page.add_init_script(f"if (location.host) sessionStorage.setItem('portal.session', {kept})")

    def open(self, route: str) -> None:
        """A deep link, such as `/campaigns`: the page is loaded anew."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.api_url}/portal#{route}")

    def settle(self) -> None:
        """Waits until the page shows all that it shows by itself."""
        self.page.get_by_role("main").get_by_role("heading", level=1).wait_for()
        self.page.wait_for_load_state("networkidle")
        expect(self.page.get_by_label("Loading", exact=True)).to_have_count(0)

    @property
    def route(self) -> str:
        """What the address says after its `#`."""
        return urlsplit(self.page.url).fragment

    def counted(self, method: str, path: str) -> list[Request]:
        """Collects the requests to this path of the API from now on."""
        found: list[Request] = []

        def look(request: Request) -> None:
            if request.method == method and urlsplit(request.url).path.endswith(f"/v1{path}"):
                found.append(request)

        self.page.on("request", look)
        return found

    def answered(self) -> list[Response]:
        """Collects the answers of the API from now on."""
        found: list[Response] = []

        def look(answer: Response) -> None:
            if answer.url.startswith(f"{self.api_url}/v1/"):
                found.append(answer)

        self.page.on("response", look)
        return found

    def run(self, script: str, modules: list[str], *given, page: str | None = None):
        """Calls a function with modules of the portal and with what is given; `page` is the one whose files have to be
        there first: `run("({explain}, code) => explain(code)", ["failures.js"], "tls")`."""
        start = self.page.locator("script[type=module]").get_attribute("src")
        return self.page.evaluate(
            f"""async ([start, page, modules, given]) => {{
                const {{ $modules }} = await import(new URL(start, document.baseURI));
                if (page) await import(new URL(start.replace("app.js", `pages/${{page}}.js`), document.baseURI));
                return ({script})(...modules.map(name => $modules[name]), ...given);
            }}""",
            [start, page, modules, list(given)],
        )

    # what is true of every page

    def findings(self) -> list[str]:
        """What axe-core says against the page as it is now."""
        violations = Axe().run(self.page).response["violations"]
        return [f"{v['id']}: {[node['html'][:200] for node in v['nodes']]}" for v in violations]

    def findings_in_both_schemes(self) -> list[str]:
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            found += [f"{scheme}: {finding}" for finding in self.findings()]
        return found

    def wider_than_the_screen(self) -> list[str]:
        return self.page.evaluate(IS_WIDER_THAN_THE_SCREEN)

    # the keyboard

    def tab_to(self, target: Locator) -> None:
        """By the Tab key alone; what has the focus must be seen to have it."""
        target.wait_for()
        for _ in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                assert target.evaluate(SHOWS_ITS_FOCUS), f"nobody sees that {target} has the focus"
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        self.tab_to(target)
        self.page.keyboard.press(key)
