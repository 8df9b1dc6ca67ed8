import { html } from "../../vendor/preact.js";
import { everyPage, useLoad } from "../../api.js";
import { href } from "../../router.js";
import { endpointOf } from "../../components/endpoint/endpoint.js";
import { useAgain } from "../../components/again.js";
import { Outcome } from "../../components/badge.js";
import { LoadedAt, Loaded, Section } from "../../components/page.js";
import { Time } from "../../components/time.js";

const AT_ONCE = 6;
const FRESH_MS = 60_000; // A call that ended so lately may not have been told of yet.
const ASK_EVERY_MS = 2_000;
const MOST_ASKED_AGAIN = 10; // Endpoints. With more, whoever looks says when to load again.

/** What each endpoint was told of the call, and how it took that. Of one that ended a moment ago it appears by itself. */
export function Deliveries({ call }) {
  const loaded = useLoad((signal) => deliveriesOf(call, signal), [call.id]);
  const { data, problem } = loaded;
  const isFresh = Date.now() - Date.parse(call.finishedAt ?? call.createdAt) < FRESH_MS;
  const waits = isFresh && !problem && data?.silent > 0 && data.silent <= MOST_ASKED_AGAIN;
  useAgain(loaded, waits, ASK_EVERY_MS);
  return html`<${Section} title="Deliveries" actions=${html`<${LoadedAt} ...${loaded} />`}>
    <${Loaded} ...${loaded} lines=${3}>${({ deliveries }) =>
      deliveries.length
        ? html`<ul class="deliveries">${deliveries.map((delivery) => html`<${Delivery} key=${delivery.id} ...${delivery} />`)}</ul>`
        : waits ? html`<p class="quiet" role="status">Nothing was sent yet. It appears here by itself.</p>`
        : html`<p class="quiet">No endpoint was told of this call: none was enabled that asks for such calls, or the log no longer has it.</p>`}
    </${Loaded}>
  </${Section}>`;
}

function Delivery({ id, webhook, attempts }) {
  const [last] = attempts;
  const says = last.statusCode ?? last.error?.code ?? "";
  return html`<li>
    <a href=${href(`/${webhook.direction}/${webhook.id}/deliveries/${id}`)}>${webhook.name}</a>
    <span><${Outcome} of=${last.outcome} /> <code>${says}</code></span>
    <span class="quiet">
      <span>${attempts.length === 1 ? "1 attempt" : `${attempts.length} attempts`}, <${Time} at=${last.timestamp} /></span>
      ${last.nextAttemptAt && html`<span>again <${Time} at=${last.nextAttemptAt} /></span>`}
    </span>
  </li>`;
}

/**
 * `deliveries`: `[{id, webhook, attempts}]`, the attempts newest first, of every outbound webhook, and of the response webhook.
 * `silent`: how many of those that are switched on have been told nothing, or not yet.
 */
async function deliveriesOf(call, signal) {
  const webhooks = await everyPage("/webhooks", {}, { signal });
  const told = webhooks.filter((webhook) => webhook.direction === "outbound" || webhook.id === call.webhookId);
  const found = [];
  for (let at = 0; at < told.length; at += AT_ONCE) {
    const some = told.slice(at, at + AT_ONCE).map(async (webhook) => {
      const rows = await everyPage(`/webhooks/${webhook.id}/deliveries`, { callId: call.id }, { signal });
      return byDelivery(rows.filter((row) => row.callId === call.id)).map(([id, attempts]) => ({ id, webhook, attempts }));
    });
    found.push(...(await Promise.all(some)).flat());
  }
  const heard = new Set(found.map(({ webhook }) => webhook.id));
  // A call that does not ring is told to those who ask for it. Who was told may have asked then, and not any more.
  const asks = (webhook) => call.status !== "cancelled" || webhook.events?.includes("call.cancelled");
  const silent = told.filter((webhook) => endpointOf(webhook)?.status === "enabled" && asks(webhook) && !heard.has(webhook.id)).length;
  return { deliveries: found, silent };
}

function byDelivery(rows) {
  const deliveries = new Map();
  for (const row of rows) deliveries.set(row.deliveryId, [...(deliveries.get(row.deliveryId) ?? []), row]);
  return [...deliveries];
}
