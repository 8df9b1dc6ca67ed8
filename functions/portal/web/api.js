// The client of the API: JSON, the session's token, refusals as a `Problem`. Every address is relative to the page.

import { useCallback, useEffect, useRef, useState } from "./vendor/preact.js";
import { patiently } from "./patience.js";
import { begin, end, onReturn, session } from "./session.js";

const TIMEOUT_MS = 30_000; // The API's own limit: API Gateway gives up at 30 s.

/**
 * Why a request did not succeed. `code`, `message` and `field` are the API's, the message as a sentence; `atField` is the same
 * without the field's name, for where it stands at the field. `status` is 0 when there was no answer.
 */
export class Problem extends Error {
  constructor({ status = 0, code, message, field = null, requestId = null }) {
    super(sentence(message));
    const atField = message.replace(`"${field}" `, "").replace(/^(is|has|was|cannot) /, "this $1 ");
    Object.assign(this, { status, code, field, requestId, atField: sentence(atField) });
  }
}

const sentence = (text) => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

/** `get("/webhooks", {direction: "inbound"})`: the answer's JSON. What is empty in the query is left out. */
export const get = (path, query, options) => send("GET", path, { query, ...options });

/** A JSON value that stands in a body as it is written: a number of JavaScript has fewer digits than one of JSON may have. */
export class Written {
  constructor(text) {
    this.text = text;
  }
}

/** All items of a list, page by page; a busy API is asked again. `report(n)` is told before each page how many are there by then. */
export async function everyPage(path, query = {}, { signal, report, tries = 2 } = {}) {
  const items = [];
  let cursor = null;
  do {
    report?.(items.length);
    const page = await patiently(() => get(path, { ...query, limit: 100, cursor }, { signal }), { signal, tries });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

export const post = (path, body, options) => once("POST", path, body, options);
export const patch = (path, body, options) => once("PATCH", path, body, options);
export const remove = (path, options) => once("DELETE", path, undefined, options);

/** Swaps a link for a session, which does not begin by that. */
export const openLink = (link) => send("POST", "/portal-sessions", { body: { link }, token: null });

/** Swaps an API key for a session; the key is kept nowhere. */
export async function openWithKey(key) {
  // A header cannot carry anything else: a key that was pasted with a quote or an invisible mark would look like no network.
  if (!/^[\x21-\x7e]+$/.test(key)) throw new Problem({ code: "no_key", message: NO_KEY });
  takeOver(await send("POST", "/portal-sessions", { body: {}, token: key }));
}

const NO_KEY = "There is a sign in it that no API key has, perhaps one that is not seen. Copy the key anew, without quotes.";

/** Begins a session. The one that was here ends. */
export function takeOver(made) {
  const before = session()?.token;
  begin(made);
  if (before) endAtApi(before);
}

/** Ends a session at the API. Answers whether it is over there; nobody need wait for that. */
export const endAtApi = (token) => send("DELETE", "/portal-sessions/current", { token }).then(() => true, ({ status }) => status === 401);

// The session that was signed out while the API could not be reached.
let untold = null;

/** Signs out here, and at the API; once more when that was not told. */
export async function signOut() {
  const token = session()?.token ?? untold;
  end("signed-out");
  if (!token) return;
  untold = (await endAtApi(token)) ? null : token;
  if (!session()) end(untold ? "not-told" : "signed-out");
}

addEventListener("online", () => untold && !session() && signOut());

const underWay = new Map();

/** A second press while the first one's request is under way gets the first one's answer. */
function once(method, path, body, options) {
  const key = `${method} ${path} ${JSON.stringify(body)}`;
  if (!underWay.has(key)) {
    underWay.set(key, send(method, path, { body, ...options }).finally(() => underWay.delete(key)));
  }
  return underWay.get(key);
}

async function send(method, path, { query, body, headers: more, signal, token = session()?.token, parse = JSON.parse } = {}) {
  signal?.throwIfAborted();
  const clock = new AbortController();
  const timer = setTimeout(() => clock.abort(), TIMEOUT_MS);
  const stop = () => clock.abort();
  signal?.addEventListener("abort", stop);
  const headers = { ...more };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    const answer = await fetch("v1" + path + search(query), {
      method,
      headers,
      body: body === undefined ? undefined : written(body),
      signal: clock.signal,
      credentials: "omit",
      cache: "no-store",
    });
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer, text, token);
    return text || method === "GET" ? read(answer, text, parse) : null;
  } catch (error) {
    if (error instanceof Problem || signal?.aborted) throw error;
    throw noAnswer(clock.signal.aborted);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

function written(body) {
  refuseHalfSigns(body, "");
  return inJson(body);
}

/** JSON in which what is `Written` stands as it is. */
function inJson(value) {
  if (value instanceof Written) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => inJson(item) ?? "null").join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${inJson(member)}`).join()}}`;
}

/** JSON can write half of a sign of two code units, and the API refuses the whole body for it without naming the field. */
function refuseHalfSigns(value, field) {
  if (value instanceof Written) return refuseHalfSigns(JSON.parse(value.text), field);
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new Problem({ code: "half_sign", field, message: "There is half of a sign in this, such as of an emoji that was cut. Delete it." });
  }
  if (value === null || typeof value !== "object") return undefined;
  for (const [name, inner] of Object.entries(value)) {
    refuseHalfSigns(name, field);
    refuseHalfSigns(inner, Array.isArray(value) ? `${field}[${name}]` : field ? `${field}.${name}` : name);
  }
  return undefined;
}

function search(query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return given.length ? `?${new URLSearchParams(given)}` : "";
}

/** What answers in the API's place, such as the sign-in page of a train's network, is no JSON. */
function read(answer, text, parse) {
  try {
    const value = parse(text);
    if (value !== null && typeof value === "object") return value;
  } catch {
    // It is said below.
  }
  throw new Problem({
    status: answer.status,
    code: "unreadable",
    message: "Something answered that is not the API, or its answer was cut. Does this network ask you to sign in first?",
    requestId: answer.headers.get("apigw-requestid"),
  });
}

function refusal(answer, text, token) {
  // Only the session that asked is over: a new one may have begun meanwhile.
  if (answer.status === 401 && token && token === session()?.token) end("expired");
  let error = {};
  try {
    error = JSON.parse(text).error ?? {};
  } catch {
    // API Gateway's own answers have another form.
  }
  return new Problem({
    status: answer.status,
    code: wordOf(error.code) ?? "unreadable",
    message: error.code === "not_found" ? GONE : (wordOf(error.message) ?? `The API answered ${answer.status}.`),
    field: wordOf(error.field),
    requestId: answer.headers.get("apigw-requestid"),
  });
}

// The API says the same of what was deleted and of what is another account's.
const GONE = "It is not here. It was deleted, or is another account's.";

const wordOf = (value) => (typeof value === "string" && value ? value : undefined);

function noAnswer(late) {
  return late
    ? new Problem({ code: "timeout", message: "The API did not answer within 30 seconds." })
    : new Problem({ code: "unreachable", message: "The API cannot be reached. Look at your connection." });
}

/**
 * Loads what a page shows: `useLoad((signal) => get("/account", {}, {signal}), [])`.
 * Answers `{data, problem, loading, loadedAt, reload}`. `data` stays while it is loaded again, and goes when `deps` change.
 */
export function useLoad(load, deps) {
  const [state, setState] = useState({ loading: true });
  const running = useRef(null);
  const reload = useCallback(async () => {
    running.current?.abort();
    const mine = (running.current = new AbortController());
    setState((old) => ({ ...old, loading: true }));
    try {
      const data = await load(mine.signal);
      if (!mine.signal.aborted) setState({ data, loading: false, loadedAt: new Date() });
    } catch (error) {
      if (!mine.signal.aborted) setState((old) => ({ ...old, problem: asProblem(error), loading: false }));
    }
  }, deps);
  useEffect(() => {
    setState({ loading: true });
    reload();
    return () => running.current?.abort();
  }, [reload]);
  // After signing in again the page that was left is loaded again.
  useEffect(() => onReturn(reload), [reload]);
  return { ...state, reload };
}

/** `useState` for a problem that is shown. Signing in again answers the one that the session was over. */
export function useProblem() {
  const [problem, setProblem] = useState(null);
  useEffect(() => onReturn(() => setProblem((old) => (old?.status === 401 ? null : old))), []);
  return [problem, setProblem];
}

/** What went wrong in our own code is shown, too. */
export const asProblem = (error) =>
  error instanceof Problem ? error : new Problem({ code: "portal", message: `The portal made a mistake: ${error.message}` });
