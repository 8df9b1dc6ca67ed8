import { html } from "../vendor/preact.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Copy } from "../components/copy.js";
import { useWebhook } from "../components/endpoint/endpoint.js";
import { DeliveryLog, useDeliveryLog } from "../components/endpoint/log.js";
import { SigningSecret } from "../components/endpoint/secret.js";
import { Trouble } from "../components/endpoint/trouble.js";
import { Facts, Loaded, Page, Section } from "../components/page.js";
import { Time } from "../components/time.js";
import { DeleteWebhook, WebhookActions } from "../components/webhook-actions.js";
import { WebhookStatus } from "../components/webhook-status.js";
import { Address } from "./inbound/address.js";
import { Campaign } from "./inbound/campaign.js";
import { Mapping } from "./inbound/mapping.js";
import { Requests, useRequests } from "./inbound/requests.js";
import { ResponseWebhook } from "./inbound/response.js";
import { Stopped } from "./inbound/stopped.js";

export default function InboundWebhook({ params, query }) {
  const loaded = useWebhook(params.id, "inbound");
  const webhook = loaded.data;
  const requests = useRequests(params.id, query);
  const isUsed = !requests.rows || requests.rows.length > 0;
  return html`<${Page} title=${webhook?.name ?? "Inbound webhook"} back=${["Inbound webhooks", href("/inbound")]} loaded=${loaded}
    badge=${webhook && html`<${WebhookStatus} endpoint=${{ status: webhook.status }} />`}
    actions=${webhook && canEdit() && html`<${WebhookActions} webhook=${webhook} onChanged=${loaded.reload} />`}>
    <${Loaded} ...${loaded} lines=${8}>${(shown) => html`
      <${Stopped} webhook=${shown} onChanged=${loaded.reload} />
      ${shown.responseWebhook && html`<${Trouble} webhook=${shown} endpoint=${shown.responseWebhook} onChanged=${loaded.reload} />`}
      <${Address} webhook=${shown} isUsed=${isUsed} onChanged=${loaded.reload} />
      <div class="halves">
        <${Campaign} webhook=${shown} />
        <${ResponseWebhook} webhook=${shown} />
      </div>
      <${Mapping} webhook=${shown} />
      <${Logs} key=${shown.id} webhook=${shown} requests=${requests} query=${query} onSent=${loaded.reload} />
      ${shown.responseWebhook && html`<${SigningSecret} webhook=${shown} />`}
      <${Section} title="Webhook"><${Facts} items=${[
        ["Created", html`<${Time} at=${shown.createdAt} />`],
        ["Id", html`<code class="breaks">${shown.id}</code> <${Copy} text=${shown.id} what="webhook's id" />`],
      ]} /></${Section}>
      ${canEdit() && html`<${DeleteWebhook} webhook=${shown} />`}`}
    </${Loaded}>
  </${Page}>`;
}

/** What came in, and what the response webhook was sent; one at a time. */
function Logs({ webhook, requests, query, onSent }) {
  const ofDeliveries = query.log === "deliveries";
  if (!webhook.responseWebhook && !ofDeliveries) return html`<${Requests} webhook=${webhook} pages=${requests} query=${query} />`;
  const tab = (log, text) => html`<a href=${href(`/inbound/${webhook.id}`, { log })} aria-current=${(log === "deliveries") === ofDeliveries ? "page" : null}>${text}</a>`;
  return html`<nav class="tabs logs" aria-label="Logs">${tab(null, "Requests that came in")}${tab("deliveries", "Results that were sent")}</nav>
    ${ofDeliveries ? html`<${Deliveries} ...${{ webhook, query, onSent }} />` : html`<${Requests} webhook=${webhook} pages=${requests} query=${query} />`}`;
}

function Deliveries({ webhook, query, onSent }) {
  const pages = useDeliveryLog(webhook.id, query);
  return html`<${DeliveryLog} webhook=${webhook} endpoint=${webhook.responseWebhook ?? { status: "removed" }} pages=${pages} query=${query} onSent=${onSent} />`;
}
