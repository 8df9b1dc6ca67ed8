import { html } from "../vendor/preact.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Badge } from "../components/badge.js";
import { Copy } from "../components/copy.js";
import { Empty } from "../components/empty.js";
import { LastDay } from "../components/last-day.js";
import { Page } from "../components/page.js";
import { Table, usePages } from "../components/table.js";
import { Time } from "../components/time.js";
import { WebhookStatus, needsAttention } from "../components/webhook-status.js";

const TEXTS = {
  inbound: {
    title: "Inbound webhooks",
    lead: "A URL that your CRM posts a lead to. Each request becomes a call of the webhook's campaign.",
    empty: "No inbound webhook yet",
    todo: "Create one, give its URL to your CRM, and each new lead is called.",
  },
  outbound: {
    title: "Outbound webhooks",
    lead: "A URL of yours that is sent the result of every call that is over, signed. Missed and failed calls are over, too.",
    empty: "No outbound webhook yet",
    todo: "Create one with a URL of yours, and each call that is over is sent there: transcript, summary, warmth.",
  },
};

// Who knows an inbound one can have people called, so it is no sight for a shared screen. A viewer gets none to copy.
function shown({ direction, url }) {
  if (!canEdit()) return url.replace("***", "••••••••");
  return direction === "inbound" ? `${new URL(url).host}/••••${url.slice(-4)}` : url;
}

const webhook = {
  title: "Webhook",
  kind: "wide",
  cell: (row) => row.name,
  below: (row) => html`<span class="url"><code>${shown(row)}</code>${canEdit() && html`<${Copy} text=${row.url} what=${`URL of ${row.name}`} />`}</span>`,
};

const status = {
  title: "Status",
  kind: "roomy",
  cell: (row) => html`<span class="stack">
    <${WebhookStatus} endpoint=${row} reason=${true} />
    ${row.responseWebhook && needsAttention(row.responseWebhook) && html`<span class="quiet">Its response webhook: <${WebhookStatus} endpoint=${row.responseWebhook} reason=${true} /></span>`}
    ${row.managedBy === "zapier" && html`<${Badge} text="Managed by Zapier" title="Only Zapier changes and deletes it" />`}
  </span>`,
};

const lastDay = {
  title: "Last 24 hours",
  cell: (row) => (row.direction === "outbound" || row.responseWebhook ? html`<${LastDay} id=${row.id} />` : html`<span class="quiet">no response webhook</span>`),
};

const created = { title: "Created", cell: (row) => html`<${Time} at=${row.createdAt} />` };

export default function Webhooks({ path }) {
  const direction = path.slice(1);
  const pages = usePages("/webhooks", { direction, limit: 25 });
  const texts = TEXTS[direction];
  const create = canEdit() && html`<a class="button primary" href=${href(`/${direction}/new`)}>Create webhook</a>`;
  const empty = html`<${Empty} title=${texts.empty} action=${create}>${texts.todo}</${Empty}>`;
  const lead = canEdit() ? texts.lead : `${texts.lead} The rest of each URL is for editors.`;
  return html`<${Page} title=${texts.title} lead=${lead} loaded=${pages} actions=${pages.rows?.length ? create : null}>
    <${Table} pages=${pages} label=${texts.title} columns=${[webhook, status, lastDay, created]}
      rowHref=${(row) => href(`/${direction}/${row.id}`)} empty=${empty} />
  </${Page}>`;
}
