"use strict";

/** The deployment's base URL, from what people paste: that of the API, or of the portal's page. */
const deployment = (z, bundle) => {
  const refuse = (message) => {
    throw new z.errors.Error(message, "invalid_address", 400);
  };
  const pasted = String(bundle.authData.apiUrl ?? "").trim();
  if (!URL.canParse(pasted)) {
    refuse("The address must look like https://calls.example.com. Ask whoever gave you the API key for it.");
  }
  const { protocol, origin, pathname } = new URL(pasted);
  // A stack on loopback has no certificate.
  if (protocol !== "https:" && process.env.ALLOW_HTTP !== "1") refuse("The address must begin with https://.");
  return origin + pathname.replace(/\/(portal|v1)?\/*$/, "");
};

/**
 * One request. What goes wrong on the way is said without its URL, since a webhook's URL is a secret; what is refused is
 * explained by `explainRefusal`.
 */
const send = async (z, options) => {
  try {
    return await z.request({ redirect: "manual", ...options });
  } catch (failure) {
    if (failure.name !== "FetchError") throw failure;
    const message = "The address does not answer. Check the address of the connection, then try again.";
    throw new z.errors.Error(message, "unreachable", 503);
  }
};

/** A request to the management API; its answer, as data. The API key goes nowhere else. */
const v1 = async (z, bundle, path, options) => {
  const response = await send(z, {
    url: `${deployment(z, bundle)}/v1${path}`,
    headers: { Accept: "application/json", Authorization: `Bearer ${bundle.authData.apiKey}` },
    removeMissingValuesFrom: { params: true },
    ...options,
  });
  if (response.status === 404 || response.status === 204) return null;
  if (response.data === null || typeof response.data !== "object") {
    const message = "Something else answers at this address. Check the address of the connection.";
    throw new z.errors.Error(message, "invalid_address", 400);
  }
  return response.data;
};

/** A thing of the API by its id; `null` when there is none. */
const find = (z, bundle, list, id) => v1(z, bundle, `/${list}/${encodeURIComponent(id)}`, { skipThrowForStatus: true });

/** The pages of a list, newest first. */
async function* pages(z, bundle, path, params) {
  let cursor;
  do {
    const page = await v1(z, bundle, path, { params: { ...params, limit: 100, cursor } });
    yield page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Zapier asks for a drop-down's pages by their number; an account has five at most, so all before it are read again. */
const dropDown = (path, params, entry) => async (z, bundle) => {
  let number = 0;
  for await (const items of pages(z, bundle, path, params)) {
    if (number === (bundle.meta.page ?? 0)) return items.map(entry);
    number += 1;
  }
  return [];
};

module.exports = { dropDown, find, pages, send, v1 };
