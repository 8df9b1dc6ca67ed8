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
    if (name.startsWith(":") && parts[at]) params[name.slice(1)] = decoded(parts[at]);
    else if (name !== parts[at]) return null;
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
  history.replaceState(null, "", href(path, query));
  dispatchEvent(new HashChangeEvent("hashchange"));
};

/** Changes some of the query, which is where filters are: `setQuery({outcome: "failed", cursor: null})`. */
export const setQuery = (changes) => {
  const { path, query } = read(location.hash);
  navigate(path, { ...query, ...changes });
};

// A link that signs in is no place: app.js takes it out of the address.
const isLink = () => location.hash.startsWith("#link=");

const listeners = new Set();
let question = null;
let place = (!isLink() && location.hash) || "#/";

/** The address's hash, or the last one that was a page's. */
export const currentPlace = () => place;

addEventListener("hashchange", () => {
  if (isLink()) return;
  const to = read(location.hash);
  if (question && to.path !== read(place).path) {
    history.replaceState(null, "", place);
    question(to);
    return;
  }
  place = location.hash;
  for (const listener of listeners) listener(to);
});

/**
 * Holds up whoever goes to another page: the address stays, and `ask(to)` is called with where they wanted to go. Answers how
 * to end that.
 */
export function holdUp(ask) {
  question = ask;
  return () => (question = null);
}

/** What the address says now; a component that uses it is drawn again when it changes. */
export function useRoute() {
  const [route, setRoute] = useState(() => read(place));
  useEffect(() => {
    listeners.add(setRoute);
    return () => listeners.delete(setRoute);
  }, []);
  return route;
}
