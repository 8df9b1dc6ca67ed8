import { html, useState } from "../vendor/preact.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Copy } from "../components/copy.js";
import { OwnBody } from "../components/endpoint/body.js";
import { LastAttempts } from "../components/endpoint/chart.js";
import { useWebhook } from "../components/endpoint/endpoint.js";
import { DeliveryLog, useDeliveryLog } from "../components/endpoint/log.js";
import { SigningSecret } from "../components/endpoint/secret.js";
import { TestButton, Tested } from "../components/endpoint/test.js";
import { Trouble } from "../components/endpoint/trouble.js";
import { Facts, Loaded, Page } from "../components/page.js";
import { Time } from "../components/time.js";
import { ByZapier, DeleteWebhook, WebhookActions } from "../components/webhook-actions.js";
import { WebhookStatus } from "../components/webhook-status.js";
import { Filter } from "./outbound/filter.js";
import { DEFAULT_EVENTS } from "./outbound/told.js";

export default function OutboundWebhook({ params, query }) {
  const loaded = useWebhook(params.id, "outbound");
  const pages = useDeliveryLog(params.id, query);
  const [tested, setTested] = useState(null);
  const webhook = loaded.data;
  const mayChange = canEdit() && webhook?.managedBy !== "zapier";
  const onTested = (result) => {
    setTested(result);
    pages.reload();
  };
  const reload = () => [loaded, pages].forEach((part) => part.reload());
  return html`<${Page} title=${webhook?.name ?? "Outbound webhook"} back=${["Outbound webhooks", href("/outbound")]} loaded=${{ ...loaded, reload }}
    badge=${webhook && html`<${WebhookStatus} endpoint=${webhook} />`}
    actions=${webhook && canEdit() && html`<${TestButton} webhook=${webhook} onResult=${onTested} />${mayChange && html`<${WebhookActions} webhook=${webhook} onChanged=${loaded.reload} />`}`}>
    <${Loaded} ...${loaded} lines=${8}>${(shown) => html`
      <${Trouble} webhook=${shown} endpoint=${shown} onChanged=${reload} />
      ${shown.managedBy === "zapier" && html`<${ByZapier} />`}
      <${About} webhook=${shown} />
      ${tested && html`<${Tested} result=${tested} onClose=${() => setTested(null)} />`}
      <${LastAttempts} webhook=${shown} query=${query} />
      <${DeliveryLog} webhook=${shown} endpoint=${shown} pages=${pages} query=${query} onSent=${loaded.reload} />
      <${SigningSecret} webhook=${shown} />
      ${mayChange && html`<${DeleteWebhook} webhook=${shown} />`}`}
    </${Loaded}>
  </${Page}>`;
}

const About = ({ webhook }) => html`<${Facts} items=${[
  ["Sends to", html`<span class="endpoint whole"><b>${webhook.method}</b> <code class="breaks">${webhook.url}</code> ${canEdit()
    ? html`<${Copy} text=${webhook.url} what="URL" />`
    : html`<span class="quiet">The rest of the URL is for editors.</span>`}</span>`],
  ["Custom headers", webhook.headers.length ? html`<code class="breaks">${webhook.headers.join(", ")}</code>` : html`<span class="quiet">none</span>`],
  ["Events", html`<span>${(webhook.events ?? DEFAULT_EVENTS).map((event) => html`<code key=${event}>${event}</code> `)}</span>`],
  ["Filter", html`<${Filter} of=${webhook.filter} />`],
  webhook.method === "POST" && ["Body", html`<div class=${webhook.payload ? "whole" : ""}><${OwnBody} payload=${webhook.payload} /></div>`],
  ["Created", html`<${Time} at=${webhook.createdAt} />`],
  ["Id", html`<code class="breaks">${webhook.id}</code> <${Copy} text=${webhook.id} what="webhook's id" />`],
]} />`;
