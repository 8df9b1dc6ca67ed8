// What is saved of an endpoint. What nobody changed here is not sent: somebody else may have changed it meanwhile.

import { headersOf } from "./headers.js";

/**
 * `{url, headers}` as the API takes it, without what stays as it is. `before` is the endpoint that the form was filled from,
 * null for a new one; `readNow()` answers the one of now.
 */
export async function changesOfEndpoint(values, changes, path, before, readNow) {
  const url = values.url.trim();
  if (!before) return { url, headers: headersOf(values.headers, path) };
  const body = {};
  if ("url" in changes) body.url = url;
  // With another URL stored headers go along: where they may not, the API says so, and loses none unseen.
  if ("headers" in changes || ("url" in changes && values.headers.length)) {
    const now = await readNow();
    body.headers = merged(headersOf(values.headers, path), values.headers, now?.headers ?? []);
  }
  return body;
}

const has = (names, name) => names.some((other) => other.toLowerCase() === name.toLowerCase());

/** Headers are saved as one list: it gets those that came since, and loses those that went, but for what was typed here. */
function merged(sent, rows, now) {
  const known = rows.map((row) => row.name);
  const added = now.filter((name) => !has(known, name));
  return [...sent.filter((header) => header.value !== undefined || has(now, header.name)), ...added.map((name) => ({ name }))];
}
