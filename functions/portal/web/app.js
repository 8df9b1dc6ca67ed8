// Starts the portal: signing in, the frame around every page, and the page that the address names.

import { html, render, useEffect, useErrorBoundary, useRef, useState } from "./vendor/preact.js";
import { asProblem, endAtApi, openLink, signOut, takeOver } from "./api.js";
import { ACCENT, NAME } from "./given.js";
import { href, takeLink, useRoute } from "./router.js";
import { onSession, session, whyEnded } from "./session.js";
import { Page, ProblemBox } from "./components/page.js";
import SignIn from "./pages/sign-in.js";
import Unloadable from "./pages/unloadable.js";

const SECTIONS = [
  ["Home", "/", ["home"]],
  ["Inbound", "/inbound", [], "Integrations"],
  ["Outbound", "/outbound", [], "Integrations"],
  ["Campaigns", "/campaigns", [], "Calls"],
  ["Results", "/results", ["calls"], "Calls"],
  ["Credits", "/credits", [], "Account"],
  ["Reference", "/reference", [], "Account"],
];

// How often each page's module could not be loaded. A browser may remember that, so it is asked for under another address then.
const failures = new Map();

/** Loads a page's module; resolves to its view, or to what stands in its place. */
async function viewOf(module) {
  const before = failures.get(module);
  try {
    return (await import(`./pages/${module}.js${before ? `?again=${before}` : ""}`)).default;
  } catch (error) {
    console.warn(error);
    failures.set(module, (before ?? 0) + 1);
    return Unloadable;
  }
}

/** The page of the address. The old one stays until the new one's module is there. */
function Outlet({ route }) {
  const [loaded, setLoaded] = useState(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let wanted = true;
    viewOf(route.module).then((view) => wanted && setLoaded({ view, route, attempt }));
    return () => (wanted = false);
  }, [route, attempt]);
  if (!loaded) return html`<div class="page"><p class="quiet" role="status">Loading…</p></div>`;
  const { view: View } = loaded;
  return html`<${Guard} key=${`${loaded.route.path} ${loaded.attempt}`}><${View} ...${loaded.route} retry=${() => setAttempt(attempt + 1)} /></${Guard}>`;
}

/** A page that breaks says so, and takes nothing else with it. */
function Guard({ children }) {
  const [error, retry] = useErrorBoundary((broken) => console.warn(broken));
  if (!error) return children;
  return html`<${Page} title="The page cannot be shown"><${ProblemBox} problem=${asProblem(error)} retry=${retry} /></${Page}>`;
}

function Navigation({ path }) {
  const isCurrent = ([, to, also]) =>
    to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`) || also.some((part) => path.startsWith(`/${part}/`));
  const bar = useRef(null);
  // On narrow screens the list is a row that may be wider than the screen. (Behind `scrollIntoView` Chromium begins there with the Tab key.)
  useEffect(() => {
    const [link, seen] = [bar.current.querySelector("[aria-current]"), bar.current].map((node) => node?.getBoundingClientRect());
    if (link) bar.current.scrollLeft += Math.min(0, link.left - seen.left) + Math.max(0, link.right - seen.right);
  }, [path]);
  let group;
  return html`<nav aria-label="Pages" ref=${bar}><ul>
    ${SECTIONS.map((section) => {
      const heading = section[3] !== group && section[3];
      group = section[3];
      return html`${heading && html`<li class="nav-group" aria-hidden="true">${heading}</li>`}
        <li><a href=${href(section[1])} aria-current=${isCurrent(section) ? "page" : null}>${section[0]}</a></li>`;
    })}
  </ul></nav>`;
}

function Frame({ children, path, account, role }) {
  return html`<a class="skip" href="#content" onClick=${skip}>Skip to the content</a>
    <header class="side">
      <div class="brand"><span class="mark" aria-hidden="true"></span>${NAME}</div>
      <${Navigation} path=${path} />
      <div class="who">
        <span class="who-name" title=${account.id}>${account.name}</span>
        ${role === "viewer" && html`<span class="quiet">Can view</span>`}
        <button type="button" class="link" onClick=${signOut}>Sign out</button>
      </div>
    </header>
    <main id="content" tabindex="-1">${children}</main>`;
}

// The hash is the page's address, so a skip link moves the focus by hand.
const skip = (event) => {
  event.preventDefault();
  document.getElementById("content").focus();
};

const isFramed = window.top !== window;

/** `{link, problem, offer, …}`: a link of the address on its way to a session. `offer` is one of another account than the one of now. */
function useLink() {
  const [link, setLink] = useState(takeLink);
  const [problem, setProblem] = useState(null);
  const [offer, setOffer] = useState(null);
  const forget = () => [setLink, setProblem, setOffer].forEach((set) => set(null));
  useEffect(() => {
    if (!link || problem || offer) return;
    // Who owns the frame decides whose account is in it. Elsewhere a stranger's link must not put somebody into another account.
    const isForeign = (made) => !isFramed && session() && session().account.id !== made.account.id;
    openLink(link).then((made) => (isForeign(made) ? setOffer(made) : takeOver(made)), setProblem);
  }, [link, problem, offer]);
  // A frame's owner may put a new link into the address of an open portal.
  useEffect(() => {
    const arrive = () => {
      const found = takeLink();
      if (!found) return;
      forget();
      setLink(found);
    };
    addEventListener("hashchange", arrive);
    return () => removeEventListener("hashchange", arrive);
  }, []);
  return { link, problem, offer, forget, retry: () => setProblem(null) };
}

const situation = () => ({ now: session(), why: whyEnded() });

function App() {
  const route = useRoute();
  const { link, problem, offer, forget, retry } = useLink();
  const [{ now, why }, setNow] = useState(situation);
  // When a session expires, the page stays, hidden: what was typed is there after signing in to the same account again.
  const [kept, setKept] = useState(session);
  useEffect(() => onSession(() => {
    setNow(situation());
    if (whyEnded() !== "expired") setKept(session());
    forget();
  }), []);
  const decline = () => {
    endAtApi(offer.token);
    forget();
  };

  const shown = now && !link;
  return html`
    ${kept && html`<div class="layout" key=${`${kept.account.id} ${kept.role}`} hidden=${!shown}>
      <${Frame} path=${route.path} account=${kept.account} role=${kept.role}><${Outlet} route=${route} /></${Frame}>
    </div>`}
    ${link && !problem && !offer && html`<p class="starting" role="status">Signing in…</p>`}
    ${(problem || offer || (!now && !link)) && html`<${SignIn} name=${NAME} reason=${problem ?? why} account=${now?.account} isFramed=${isFramed}
      retry=${retry} stay=${forget} offer=${offer} take=${() => takeOver(offer)} decline=${decline} />`}
  `;
}

document.documentElement.style.setProperty("--accent", ACCENT);
const root = document.getElementById("app");
root.className = "";
root.removeAttribute("role");
root.textContent = "";
render(html`<${App} />`, root);
