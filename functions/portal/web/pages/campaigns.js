import { html } from "../vendor/preact.js";
import { everyPage, useLoad } from "../api.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Badge } from "../components/badge.js";
import { Empty } from "../components/empty.js";
import { Page } from "../components/page.js";
import { Table, usePages } from "../components/table.js";
import { Time } from "../components/time.js";

const create = (kind) => canEdit() && html`<a class="button ${kind}" href=${href("/campaigns/new")}>Create campaign</a>`;

export default function Campaigns() {
  const pages = usePages("/campaigns");
  const webhooks = useLoad((signal) => everyPage("/webhooks", { direction: "inbound" }, { signal }), []);
  const nameOf = new Map((webhooks.data ?? []).map((webhook) => [webhook.id, webhook.name]));
  const columns = [
    { title: "Campaign", kind: "wide", cell: (row) => row.name },
    { title: "Label", cell: () => html`<${Badge} text="Inbound" title="Its calls are asked for at an inbound webhook" />` },
    { title: "Status", cell: (row) => html`<${Badge} of=${row.status} />` },
    { title: "Webhook", cell: (row) => (row.webhookId ? nameOf.get(row.webhookId) ?? html`<code>${row.webhookId}</code>` : html`<span class="quiet">none</span>`) },
    { title: "Voice", cell: (row) => [row.voice, row.language].filter(Boolean).join(", ") || html`<span class="quiet none">–</span>` },
    { title: "Changed", cell: (row) => html`<${Time} at=${row.updatedAt} />` },
  ];
  return html`<${Page} title="Campaigns" loaded=${pages} actions=${create("primary")}
    lead="A campaign says how calls go: the prompt, the voice, the language. An inbound webhook dials by its campaign.">
    <${Table} label="Campaigns" pages=${pages} columns=${columns} rowHref=${(row) => href(`/campaigns/${row.id}`)}
      empty=${html`<${Empty} title="No campaign yet" action=${create("primary")}>
        Create one, write its prompt, and try it with a test call to your own phone.
      </${Empty}>`} />
  </${Page}>`;
}
