import { html, useEffect, useState } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { canEdit } from "../../session.js";
import { explain, failureOf, shortCode } from "../../failures.js";
import { Badge, OUTCOMES, Outcome } from "../badge.js";
import { Empty } from "../empty.js";
import { Choice, Clear, Exactly, Filters, Moment } from "../filters.js";
import { Section } from "../page.js";
import { Follow, Table, usePages } from "../table.js";
import { Time, duration } from "../time.js";
import { pageOfDelivery } from "./endpoint.js";
import { Recover } from "./recover.js";
import { ResendMany } from "./resend.js";

const FILTERS = ["outcome", "since", "until", "callId"];
const CHOICES = [["", "All"], ...Object.entries(OUTCOMES)];

/** What the address says of how the log is filtered. */
export const filtersOf = (query) => Object.fromEntries(FILTERS.map((name) => [name, query[name]]));

/** The page of the log that the address asks for. */
export const useDeliveryLog = (webhookId, query) => usePages(`/webhooks/${webhookId}/deliveries`, { limit: 25, ...filtersOf(query) });

const when = { title: "When", cell: (row) => html`<${Time} at=${row.timestamp} />` };

const outcome = {
  title: "Outcome",
  kind: "wide",
  cell: (row) => {
    const code = failureOf(row);
    return html`<span class="outcome"><${Outcome} of=${row.outcome} />
      <code>${code ? shortCode(code) : row.statusCode}</code>
      <span class="quiet">${code ? explain(code).title : row.note?.startsWith("slow") ? "slow" : ""}</span></span>`;
  },
};

const attempt = {
  title: "Attempt",
  kind: "short",
  cell: (row) => html`<span class="nowrap">${row.test ? html`<${Badge} text="Test" />` : `${row.attempt} of 10`}${row.hurried && html` <span class="quiet">sent again</span>`}</span>`,
};

const event = { title: "Event", kind: "short", cell: (row) => html`<code class="nowrap">${row.event}</code>` };

const call = {
  title: "Call",
  kind: "short",
  cell: (row) => (row.callId ? html`<a class="nowrap" href=${href(`/calls/${row.callId}`)} aria-label=${`Open the call ${row.callId}`}>Open the call</a>` : html`<span class="quiet none">–</span>`),
};

const took = { title: "Took", kind: "number short", cell: (row) => duration(row.durationMs) };

// Of an attempt that was followed by another one the moment has passed.
const isToCome = ({ nextAttemptAt }) => nextAttemptAt !== null && Date.parse(nextAttemptAt) > Date.now();

const next = {
  title: "Next",
  kind: "short",
  cell: (row) => (isToCome(row) ? html`<span class="nowrap"><${Time} at=${row.nextAttemptAt} /></span>` : html`<span class="quiet none">–</span>`),
};

/** The delivery log of an endpoint: filters, following, sending again. `pages` is `useDeliveryLog`. */
export function DeliveryLog({ webhook, endpoint, pages, query, onSent }) {
  const [picked, pick] = useState(new Set());
  const [recovers, recover] = useState(false);
  // Other filters show other rows: what is not seen is not sent.
  useEffect(() => pick(new Set()), FILTERS.map((name) => query[name]));
  // A row may go while the log follows along.
  const chosen = [...new Set(pages.rows?.map((row) => row.deliveryId))].filter((id) => picked.has(id));
  const maySend = canEdit() && endpoint.status === "enabled";
  const done = (left = []) => {
    pick(new Set(left));
    pages.refresh();
    onSent();
  };
  const actions = html`<${Follow} pages=${pages} />
    ${maySend && html`<button type="button" onClick=${() => recover(true)}>Resend all failed…</button>`}`;
  return html`<${Section} title="Delivery log" actions=${actions} note="Each row is an attempt to tell of an event; a test sends a sample.">
    <${Filters}>
      <${Choice} label="Outcome" name="outcome" query=${query} options=${CHOICES} />
      <${Moment} label="Since" name="since" query=${query} />
      <${Moment} label="Until" name="until" query=${query} />
      <${Exactly} label="Call" name="callId" query=${query} placeholder="call_…" />
      <${Clear} names=${FILTERS} query=${query} />
    </${Filters}>
    ${maySend && html`<${ResendMany} webhook=${webhook} ids=${chosen} onDone=${done} />`}
    <${Table} pages=${pages} label="Delivery log" rowHref=${(row) => pageOfDelivery(webhook, row.deliveryId, { ...filtersOf(query), at: row.timestamp })}
      columns=${[when, event, outcome, attempt, call, took, next]} empty=${html`<${Nothing} query=${query} />`}
      select=${maySend ? { keys: picked, pick, keyOf: (row) => (row.test ? null : row.deliveryId), say: "Send again" } : null} />
    ${recovers && html`<${Recover} webhook=${webhook} since=${endpoint.failingSince} onClose=${() => recover(false)} onDone=${done} />`}
  </${Section}>`;
}

const Nothing = ({ query }) =>
  FILTERS.some((name) => query[name])
    ? html`<${Empty} title="No attempt fits these filters" action=${html`<${Clear} names=${FILTERS} query=${query} />`}>Rows are kept for 30 days, unless your provider says otherwise.</${Empty}>`
    : html`<${Empty} title="Nothing has been sent yet">When a call is over, its result is sent, and each attempt stands here. Send a test to see the first one.</${Empty}>`;
