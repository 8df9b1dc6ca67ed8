import { html } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { WebhookStatus, needsAttention } from "../../components/webhook-status.js";

/** Webhooks with the endpoint of each: of an inbound one its response webhook, if it has one. */
const endpointsOf = (webhooks) =>
  webhooks.flatMap((webhook) => {
    const endpoint = webhook.direction === "inbound" ? webhook.responseWebhook : webhook;
    return endpoint ? [{ webhook, endpoint }] : [];
  });

/** How many endpoints there are, and how many of them fail. `isQuiet`: nothing was sent to any in the last day. */
export function Endpoints({ webhooks, isQuiet }) {
  const all = endpointsOf(webhooks ?? []);
  const failing = all.filter(({ endpoint }) => needsAttention(endpoint)).length;
  const on = all.filter(({ endpoint }) => endpoint.status === "enabled").length;
  return html`<div class="card stat">
    <h2>Endpoints</h2>
    ${webhooks ? html`<p class="number-big">${on} <span class="of">of ${all.length} on</span></p>` : html`<p class="number-big quiet">…</p>`}
    <p class="quiet">${!webhooks ? "" : failing ? html`<span class="bad-text">${failing} ${failing === 1 ? "fails" : "fail"}.</span>` : all.length ? (isQuiet ? "Nothing was sent in the last 24 hours." : "None of them fails.") : "Results are sent nowhere yet."}
      ${" "}<a href=${href("/outbound")}>All endpoints</a></p>
  </div>`;
}

/** The endpoints that somebody must look at, and since when. */
export function Failing({ webhooks }) {
  const failing = endpointsOf(webhooks ?? []).filter(({ endpoint }) => needsAttention(endpoint));
  if (!failing.length) return null;
  return html`<section class="card attention" aria-labelledby="failing">
    <h2 id="failing">${failing.length === 1 ? "One endpoint needs you" : `${failing.length} endpoints need you`}</h2>
    <ul>${failing.map(({ webhook, endpoint }) => html`<li key=${webhook.id}>
      <a href=${href(`/${webhook.direction}/${webhook.id}`)}>${webhook.name}</a>
      ${webhook.direction === "inbound" && html`<span class="quiet">its response webhook</span>`}
      <${WebhookStatus} endpoint=${endpoint} reason=${true} />
    </li>`)}</ul>
  </section>`;
}
