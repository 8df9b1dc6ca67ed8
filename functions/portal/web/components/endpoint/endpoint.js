// An endpoint is where deliveries go: an outbound webhook, or the response webhook of an inbound one.

import { useEffect } from "../../vendor/preact.js";
import { get, patch, useLoad } from "../../api.js";
import { href, replace } from "../../router.js";

/**
 * A webhook for a page of this direction, as `useLoad` has it. An address of the other direction gives way to the right one;
 * `rest` is what stands in it behind the id.
 */
export function useWebhook(id, direction, rest = "") {
  const loaded = useLoad(async (signal) => {
    const webhook = await get(`/webhooks/${encodeURIComponent(id)}`, {}, { signal });
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

export const pageOfDelivery = (webhook, deliveryId) => href(`/${webhook.direction}/${webhook.id}/deliveries/${deliveryId}`);
