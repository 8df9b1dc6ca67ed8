import { html } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { Badge } from "../../components/badge.js";
import { Empty } from "../../components/empty.js";
import { Clear, Filters, Moment } from "../../components/filters.js";
import { Section } from "../../components/page.js";
import { Follow, Table, usePages } from "../../components/table.js";
import { Time } from "../../components/time.js";
import { inWords } from "./reasons.js";

const FILTERS = ["since", "until"];

const when = { title: "When", cell: (row) => html`<${Time} at=${row.timestamp} />` };
const outcome = { title: "Outcome", kind: "short", cell: (row) => html`<${Badge} of=${row.outcome} /> <code class="quiet">${row.statusCode}</code>` };
const why = (webhook) => ({ title: "What became of it", kind: "wide", cell: (row) => inWords(row, webhook) });
const call = {
  title: "Call",
  kind: "short",
  cell: (row) => (row.callId ? html`<a href=${href(`/calls/${row.callId}`)} aria-label=${`Open the call ${row.callId}`}>Open the call</a>` : html`<span class="quiet none">–</span>`),
};

/** The page of the log that the address asks for. While the other log is shown, the filters are that one's. */
export const useRequests = (webhookId, { log, since, until }) =>
  usePages(`/webhooks/${webhookId}/requests`, { limit: 25, ...(log === "deliveries" ? {} : { since, until }) });

/** What came in at the URL, and what became of it. */
export function Requests({ webhook, pages, query }) {
  const filtered = FILTERS.some((name) => query[name]);
  return html`<${Section} title="Request log" actions=${html`<${Follow} pages=${pages} />`}>
    <${Filters}>
      <${Moment} label="Since" name="since" query=${query} />
      <${Moment} label="Until" name="until" query=${query} />
      <${Clear} names=${FILTERS} query=${query} />
    </${Filters}>
    <${Table} pages=${pages} label="Request log" columns=${[when, outcome, why(webhook), call]}
      empty=${filtered
        ? html`<${Empty} title="No request in this time" action=${html`<${Clear} names=${FILTERS} query=${query} />`}>Rows are kept for 30 days, unless your provider says otherwise.</${Empty}>`
        : html`<${Empty} title="No request yet">Send one as is shown above. It appears here, with what became of it.</${Empty}>`} />
  </${Section}>`;
}
