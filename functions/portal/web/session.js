// Who is signed in. The token lies in this tab's storage, or in memory where a frame has none; never in a cookie.

const NAME = "portal.session";
const memory = new Map();
const listeners = new Set();

/** A value of this tab: text under a name. In a frame the browser may refuse its storage; then it is kept in memory. */
export const tab = {
  read(name) {
    try {
      return sessionStorage.getItem(name) ?? memory.get(name) ?? null;
    } catch {
      return memory.get(name) ?? null;
    }
  },
  write(name, text) {
    memory.set(name, text);
    try {
      sessionStorage.setItem(name, text);
    } catch {
      // It lives as long as the page does.
    }
  },
  remove(name) {
    memory.delete(name);
    try {
      sessionStorage.removeItem(name);
    } catch {
      // Nothing was stored.
    }
  },
  removeAll(start) {
    const names = [...memory.keys()];
    try {
      names.push(...Object.keys(sessionStorage));
    } catch {
      // All there is lies in memory.
    }
    names.filter((name) => name.startsWith(start)).forEach(tab.remove);
  },
};

/** What was typed into a form is kept under a name that begins so. It may hold a credential, such as an endpoint's URL. */
export const DRAFT = "edits.";

let current = stored();
let ended = null;
// Whose session is, or was, here: its page is still there, behind the one that asks to sign in again.
let last = current;

function stored() {
  try {
    const session = JSON.parse(tab.read(NAME));
    return session?.token && session.account ? session : null;
  } catch {
    return null;
  }
}

/** The session `{token, role, account: {id, name}, expiresAt}`, or null. */
export const session = () => current;

/** Whether buttons that change something are shown. The API decides; this only spares a viewer the refusal. */
export const canEdit = () => last?.role === "editor";

/** Whether two sessions may see the same: those of one account and one role. */
export const sameSight = (one, other) => one?.account.id === other?.account.id && one?.role === other?.role;

/** Why there is no session: null, "expired", "signed-out", or "not-told" when the API does not know yet that it was ended. */
export const whyEnded = () => ended;

/** Begins a session, in the place of any other. */
export function begin(made) {
  const { token, role, account, expiresAt } = made;
  current = { token, role, account, expiresAt };
  if (last && !sameSight(last, current)) tab.removeAll(DRAFT);
  last = current;
  ended = null;
  tab.write(NAME, JSON.stringify(current));
  tell();
}

/** Ends it in this tab. What was typed stays where it is, for whoever signs in again; nobody does who has signed out. */
export function end(why) {
  if (!current && ended === why) return;
  current = null;
  ended = why;
  tab.remove(NAME);
  if (why !== "expired") tab.removeAll(DRAFT);
  tell();
}

/** Calls back at every change; answers how to stop that. */
export function onSession(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back when somebody is signed in again to the account of now; answers how to stop that. */
export function onReturn(listener) {
  const account = current?.account.id;
  return onSession(() => current && current.account.id === account && listener());
}

function tell() {
  for (const listener of listeners) listener();
}
