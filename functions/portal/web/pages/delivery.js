import { html } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Badge } from "../components/badge.js";
import { Copy } from "../components/copy.js";
import { pageOf, pageOfDelivery } from "../components/endpoint/endpoint.js";
import { filtersOf } from "../components/endpoint/log.js";
import { Facts, Loaded, Page } from "../components/page.js";
import { Time } from "../components/time.js";
import { personOf } from "./call/call.js";
import { Attempts } from "./delivery/attempts.js";
import { Request } from "./delivery/request.js";
import { Resend, useNewAttempt } from "./delivery/resend.js";
import { Verdict, stateOf } from "./delivery/verdict.js";

const STATES = { delivered: ["good", "Delivered"], waiting: ["warn", "Will be tried again"], failed: ["bad", "Failed"], test: ["", "Test"] };

/** The row of the log that comes after the one by which this page was opened, of another delivery, and through the same filters. */
function useNextRow(id, deliveryId, query, newest) {
  const until = query.at ?? newest?.timestamp;
  const ask = async (signal) => {
    if (!until) return null;
    const { items } = await get(`/webhooks/${id}/deliveries`, { ...filtersOf(query), until, limit: 25 }, { signal });
    return items.find((row) => row.deliveryId !== deliveryId) ?? null;
  };
  return useLoad(ask, [id, deliveryId, until]).data;
}

/** One event for one endpoint, with all that was tried. */
export default function DeliveryPage({ params, query }) {
  const [id, deliveryId] = [encodeURIComponent(params.id), encodeURIComponent(params.deliveryId)];
  const webhook = useLoad((signal) => get(`/webhooks/${id}`, {}, { signal }), [id]);
  const delivery = useLoad((signal) => get(`/webhooks/${id}/deliveries/${deliveryId}`, {}, { signal }), [id, deliveryId]);
  const [isAwaited, awaitOne] = useNewAttempt(delivery);
  const { data } = delivery;
  const nextRow = useNextRow(id, params.deliveryId, query, data?.attempts[0]);
  const [kind, text] = data ? STATES[stateOf(data)] : [];
  return html`<${Page} title=${webhook.data ? `Delivery to ${webhook.data.name}` : "Delivery"} loaded=${delivery}
    back=${webhook.data && [webhook.data.name, pageOf(webhook.data, filtersOf(query))]}
    forth=${webhook.data && nextRow && ["Next in the log", pageOfDelivery(webhook.data, nextRow.deliveryId, { ...filtersOf(query), at: nextRow.timestamp })]}
    badge=${data && html`<${Badge} kind=${kind} text=${text} />`}
    actions=${data && webhook.data && canEdit() && html`<${Resend} webhook=${webhook.data} delivery=${data} isAwaited=${isAwaited} onSent=${awaitOne} />`}>
    <${Loaded} ...${delivery} lines=${8}>${(shown) => html`
      <${Verdict} delivery=${shown} isAwaited=${isAwaited} webhook=${webhook.data} />
      <${About} delivery=${shown} />
      <${Attempts} delivery=${shown} />
      <${Request} delivery=${shown} />`}
    </${Loaded}>
  </${Page}>`;
}

function About({ delivery: { deliveryId, callId, event, attempts } }) {
  const call = useLoad(async (signal) => callId && get(`/calls/${encodeURIComponent(callId)}`, {}, { signal }), [callId]);
  return html`<${Facts} items=${[
    ["Event", html`<code>${event}</code>`],
    call.data && ["Recipient", html`<span dir="auto">${personOf(call.data)}</span>`],
    ["First attempt", html`<${Time} at=${attempts.at(-1).timestamp} exact />`],
    ["Call", callId ? html`<a href=${href(`/calls/${callId}`)}>Open the call</a> <${Copy} text=${callId} what="call's id" label="Copy its id" />` : html`<span class="quiet">${attempts[0].test ? "none: a test" : "none: it is about a webhook"}</span>`],
    ["webhook-id", html`<span class="whole line"><code class="breaks">${deliveryId}</code> <${Copy} text=${deliveryId} what="webhook-id" /></span>`],
  ]} />`;
}
