import { html, useState } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { canEdit } from "../../session.js";
import { pageOf } from "../../components/endpoint/endpoint.js";
import { OwnBody } from "../../components/endpoint/body.js";
import { TestButton } from "../../components/endpoint/test.js";
import { Copy } from "../../components/copy.js";
import { LastDay } from "../../components/last-day.js";
import { Section } from "../../components/page.js";
import { TestResult } from "../../components/test-result.js";
import { WebhookStatus } from "../../components/webhook-status.js";

/** Where the results of this webhook's calls go. */
export function ResponseWebhook({ webhook }) {
  const endpoint = webhook.responseWebhook;
  return html`<${Section} title="Response webhook">
    ${endpoint ? html`<${Set} ...${{ webhook, endpoint }} />` : html`<div class="card stack">
      <p><b>None: the results of its calls go to the outbound webhooks only.</b></p>
      <p class="quiet">With one, whoever asks for a call is told how it went.</p>
      ${canEdit() && html`<a class="button" href=${href(`/inbound/${webhook.id}/edit`)}>Add one</a>`}
    </div>`}
  </${Section}>`;
}

function Set({ webhook, endpoint }) {
  const [tested, setTested] = useState(null);
  return html`<div class="card stack wide-stack">
    <p class="endpoint"><b>POST</b> <code class="breaks">${endpoint.url}</code> ${canEdit() && html`<${Copy} text=${endpoint.url} what="response webhook's URL" />`}
      ${!canEdit() && html`<span class="quiet">The rest of the URL is for editors.</span>`}</p>
    <div class="line"><${WebhookStatus} endpoint=${endpoint} /> <span class="quiet">last 24 hours:</span> <${LastDay} id=${webhook.id} /></div>
    ${endpoint.headers.length > 0 && html`<p class="quiet">Custom headers: <code class="breaks">${endpoint.headers.join(", ")}</code></p>`}
    <div><span class="quiet">Body:</span> <${OwnBody} payload=${endpoint.payload} /></div>
    <div class="actions">
      ${canEdit() && html`<${TestButton} webhook=${webhook} onResult=${setTested} />`}
      <a class="button" href=${pageOf(webhook)}>Delivery log</a>
    </div>
    ${tested && html`<${TestResult} result=${tested} />`}
  </div>`;
}
