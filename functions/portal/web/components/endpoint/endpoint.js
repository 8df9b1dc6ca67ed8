// An endpoint is where deliveries go: an outbound webhook, or the response webhook of an inbound one.

import { useEffect } from "../../vendor/preact.js";
import { Written, get, patch, useLoad } from "../../api.js";
import { href, replace } from "../../router.js";
import { membersOf } from "../json-text.js";

/** A webhook, with its payload as it is written: `JSON.parse` would change its numbers. */
function readWebhook(text) {
  const webhook = JSON.parse(text);
  const endpoint = endpointOf(webhook);
  if (!endpoint?.payload) return webhook;
  const members = membersOf(text);
  endpoint.payload = new Written((webhook.direction === "inbound" ? membersOf(members.responseWebhook) : members).payload);
  return webhook;
}

/**
 * A webhook for a page of this direction, as `useLoad` has it. An address of the other direction gives way to the right one;
 * `rest` is what stands in it behind the id.
 */
export function useWebhook(id, direction, rest = "") {
  const loaded = useLoad(async (signal) => {
    const webhook = await get(`/webhooks/${encodeURIComponent(id)}`, {}, { signal, parse: readWebhook });
    return webhook.direction === direction ? webhook : { elsewhere: `/${webhook.direction}/${webhook.id}${rest}` };
  }, [id, direction]);
  const elsewhere = loaded.data?.elsewhere;
  useEffect(() => void (elsewhere && replace(elsewhere)), [elsewhere]);
  return elsewhere ? { ...loaded, data: undefined, loading: true } : loaded;
}

/** The endpoint of a webhook, or null. */
export const endpointOf = (webhook) => (webhook.direction === "inbound" ? webhook.responseWebhook : webhook);

/** What it is called on a page about both. */
export const nameOf = (webhook) => (webhook.direction === "inbound" ? "response webhook" : "webhook");

/** Switches it on or off. A response webhook is switched apart from its inbound webhook. */
export const setStatus = (webhook, status) =>
  patch(`/webhooks/${webhook.id}`, webhook.direction === "inbound" ? { responseWebhook: { status } } : { status });

/** Where the page of a webhook is; `log` names the log that it shows, of an inbound one. */
export const pageOf = (webhook, query = {}) =>
  href(`/${webhook.direction}/${webhook.id}`, webhook.direction === "inbound" ? { log: "deliveries", ...query } : query);

/** Where a delivery's page is. `query` says which row of the log led there, so that the next one can be found. */
export const pageOfDelivery = (webhook, deliveryId, query) => href(`/${webhook.direction}/${webhook.id}/deliveries/${deliveryId}`, query);
