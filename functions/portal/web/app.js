// Starts the portal: signing in, the frame around every page, and the page that the address names.

import { html, render, useEffect, useRef, useState } from "./vendor/preact.js";
import { openLink, signOut } from "./api.js";
import { currentPlace, href, useRoute } from "./router.js";
import { onSession, session, takeLink, whyEnded } from "./session.js";

const meta = (name) => document.querySelector(`meta[name="${name}"]`).content;
const NAME = meta("application-name");

const SECTIONS = [
  ["Home", "/", ["home"]],
  ["Inbound", "/inbound", [], "Integrations"],
  ["Outbound", "/outbound", [], "Integrations"],
  ["Campaigns", "/campaigns", [], "Calls"],
  ["Results", "/results", ["calls"], "Calls"],
  ["Credits", "/credits", [], "Account"],
  ["Reference", "/reference", [], "Account"],
];

/** Loads a page's module. Resolves to `{Page, title}`, or to what stands in its place. */
async function load(module) {
  try {
    return { module, view: (await import(`./pages/${module}.js`)).default };
  } catch (error) {
    console.warn(error);
    return { module, view: (await import("./pages/unloadable.js")).default };
  }
}

/** The page of the address. The old one stays until the new one's module is there. */
function Outlet({ route }) {
  const [loaded, setLoaded] = useState(null);
  useEffect(() => {
    let wanted = true;
    load(route.module).then((page) => wanted && setLoaded({ ...page, route }));
    return () => (wanted = false);
  }, [route]);
  if (!loaded) return html`<div class="page"><p class="quiet" role="status">Loading…</p></div>`;
  const { view: View } = loaded;
  return html`<${View} key=${loaded.route.path} ...${loaded.route} />`;
}

function Navigation({ path }) {
  const isCurrent = ([, to, also]) =>
    to === "/" ? path === "/" : path === to || path.startsWith(`${to}/`) || also.some((part) => path.startsWith(`/${part}/`));
  const list = useRef(null);
  // On narrow screens the list is a row that may be wider than the screen.
  useEffect(() => list.current.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }), [path]);
  let group;
  return html`<nav aria-label="Pages"><ul ref=${list}>
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

/** Loaded when it is needed: most visits come with a session. */
function SignIn(situation) {
  const [View, setView] = useState(null);
  useEffect(() => void import("./pages/sign-in.js").then((page) => setView(() => page.default)), []);
  return View ? html`<${View} name=${NAME} ...${situation} />` : null;
}

function App() {
  const route = useRoute();
  const [link, setLink] = useState(() => takeLink(currentPlace()));
  const [problem, setProblem] = useState(null);
  const [now, setNow] = useState(session);
  // When a session expires, the page stays, hidden: what was typed is there after signing in to the same account again.
  const [kept, setKept] = useState(session);
  useEffect(() => onSession(() => {
    setNow(session());
    if (session() || whyEnded() === "signed-out") setKept(session());
    setProblem(null);
  }), []);
  useEffect(() => {
    if (link) openLink(link).catch(setProblem).finally(() => setLink(null));
  }, [link]);
  // A frame's owner may put a new link into the address of an open portal.
  useEffect(() => {
    const arrive = () => setLink((old) => takeLink(currentPlace()) ?? old);
    addEventListener("hashchange", arrive);
    return () => removeEventListener("hashchange", arrive);
  }, []);

  const shown = now && !link && !problem;
  return html`
    ${kept && html`<div class="layout" key=${kept.account.id} hidden=${!shown}>
      <${Frame} path=${route.path} account=${kept.account} role=${kept.role}><${Outlet} route=${route} /></${Frame}>
    </div>`}
    ${link && html`<p class="starting" role="status">Signing in…</p>`}
    ${!link && !shown && html`<${SignIn} reason=${problem ?? whyEnded()} account=${now?.account} stay=${() => setProblem(null)} />`}
  `;
}

document.documentElement.style.setProperty("--accent", meta("portal-accent"));
const root = document.getElementById("app");
root.className = "";
root.removeAttribute("role");
root.textContent = "";
render(html`<${App} />`, root);
