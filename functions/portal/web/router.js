// Addresses: `#/inbound/wh_1?outcome=failed`. Filters are in them, so that a link and the back button lead to the same sight.

import { useEffect, useState } from "./vendor/preact.js";

/** Every page: its path, and its module below `pages/`, which is loaded when it is first opened. */
export const ROUTES = [
  ["/", "home"],
  ["/inbound", "webhooks"],
  ["/inbound/new", "webhook-form"],
  ["/inbound/:id", "inbound"],
  ["/inbound/:id/edit", "webhook-form"],
  ["/inbound/:id/mapping", "mapping"],
  ["/inbound/:id/deliveries/:deliveryId", "delivery"],
  ["/outbound", "webhooks"],
  ["/outbound/new", "webhook-form"],
  ["/outbound/:id", "outbound"],
  ["/outbound/:id/edit", "webhook-form"],
  ["/outbound/:id/deliveries/:deliveryId", "delivery"],
  ["/campaigns", "campaigns"],
  ["/campaigns/new", "campaign-form"],
  ["/campaigns/:id", "campaign"],
  ["/results", "results"],
  ["/calls/:id", "call"],
  ["/credits", "credits"],
  ["/reference", "reference"],
  ["/reference/:topic", "reference"],
];

/** `{path, query, params, module}` of an address's hash. `module` is "not-found" when no page has the path. */
export function read(hash) {
  const [path, search = ""] = (hash.replace(/^#/, "") || "/").split("?", 2);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const [pattern, module] of ROUTES) {
    const params = match(pattern, path);
    if (params) return { path, query, params, module };
  }
  return { path, query, params: {}, module: "not-found" };
}

function match(pattern, path) {
  const [names, parts] = [pattern.split("/"), path.split("/")];
  if (names.length !== parts.length) return null;
  const params = {};
  for (const [at, name] of names.entries()) {
    if (!name.startsWith(":")) {
      if (name !== parts[at]) return null;
      continue;
    }
    const value = decoded(parts[at]);
    // In the API's address a dot would lead to what lies above.
    if (["", ".", ".."].includes(value)) return null;
    params[name.slice(1)] = value;
  }
  return params;
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** `href("/inbound/wh_1", {outcome: "failed"})`: what a link's `href` is. What is empty in the query is left out. */
export function href(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return `#${path}${given.length ? `?${new URLSearchParams(given)}` : ""}`;
}

/** Goes to a page. */
export const navigate = (path, query) => {
  location.hash = href(path, query);
};

/** Goes to a page in the place of this one: after "create", the back button must not lead to the form again. */
export const replace = (path, query) => {
  history.replaceState(history.state, "", href(path, query));
  dispatchEvent(new HashChangeEvent("hashchange"));
};

/** Changes some of the query, which is where filters are: `setQuery({outcome: "failed", cursor: null})`. */
export const setQuery = (changes) => {
  const { path, query } = read(location.hash);
  navigate(path, { ...query, ...changes });
};

// A link that signs in is no place.
const LINK = /^#link=(.+)$/;

const listeners = new Set();
let question = null;
let place = (!LINK.test(location.hash) && location.hash) || "#/";

// Each entry of the tab's history knows its number, so that a step back can be told from a step to somewhere new.
let at = history.state?.at ?? 0;
let isGoingBack = false;
history.replaceState({ at }, "");

/** Takes `#link=…` out of the address, so that neither the history nor a screenshot has it, and answers the link, or null. */
export function takeLink() {
  const found = LINK.exec(location.hash);
  if (!found) return null;
  at = history.state?.at ?? at + 1;
  history.replaceState({ at }, "", location.pathname + location.search + place);
  return decoded(found[1]);
}

addEventListener("hashchange", () => {
  if (LINK.test(location.hash)) return;
  if (isGoingBack) {
    isGoingBack = false;
    return;
  }
  const steps = history.state ? history.state.at - at : 1;
  const to = read(location.hash);
  if (question && to.path !== read(place).path) {
    const isNew = !history.state;
    if (steps) {
      isGoingBack = true;
      history.go(-steps);
    } else history.replaceState({ at }, "", place);
    question(() => {
      if (isNew) navigate(to.path, to.query);
      else if (steps) history.go(steps);
      else replace(to.path, to.query);
    });
    return;
  }
  at += steps;
  history.replaceState({ at }, "");
  place = location.hash;
  for (const listener of listeners) listener(to);
});

/**
 * Holds up whoever goes to another page: the address stays, and `ask(go)` is called with how to go there after all. Answers how
 * to end that.
 */
export function holdUp(ask) {
  question = ask;
  return () => (question = null);
}

// A tab of its own has a storage of its own. One that this page opens begins with a copy of it, and so is signed in.
function openBeside(event) {
  const isAside = event.type === "auxclick" ? event.button === 1 : event.ctrlKey || event.metaKey || event.shiftKey;
  const link = isAside && event.target.closest('a[href^="#/"]');
  if (!link) return;
  event.preventDefault();
  open(link.href);
}
addEventListener("click", openBeside);
addEventListener("auxclick", openBeside);

/** What the address says now; a component that uses it is drawn again when it changes. */
export function useRoute() {
  const [route, setRoute] = useState(() => read(place));
  useEffect(() => {
    listeners.add(setRoute);
    return () => listeners.delete(setRoute);
  }, []);
  return route;
}
