import { html } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { href } from "../router.js";
import { Empty } from "../components/empty.js";
import { Loaded, Page, Section } from "../components/page.js";
import { Table, usePages } from "../components/table.js";
import { Time } from "../components/time.js";

const KINDS = {
  __proto__: null, // A key from outside must not find what every object has.
  topped_up: "Credits added",
  reserved: "Reserved for a call",
  refunded: "Reservation given back",
};
const WRITTEN = new Intl.NumberFormat("en");

/** What became of a call's price: of a reservation only the difference is a change. */
function settlement({ amount }) {
  if (amount === 0) return "Charged as reserved";
  return amount > 0 ? "Charged less than reserved" : "Charged for a call";
}

const COLUMNS = [
  { title: "What", cell: (row) => (row.kind === "settled" ? settlement(row) : (KINDS[row.kind] ?? row.kind)) },
  {
    title: "Credits",
    kind: "number",
    cell: (row) => html`${row.amount > 0 ? "+" : ""}${WRITTEN.format(row.amount)}
      ${row.writtenOff > 0 && html` <span class="quiet">(${WRITTEN.format(row.writtenOff)} written off)</span>`}`,
  },
  { title: "Call", kind: "wide", cell: (row) => (row.callId ? html`<a href=${href(`/calls/${row.callId}`)}><code class="breaks">${row.callId}</code></a>` : html`<span class="quiet none">–</span>`) },
  { title: "When", cell: (row) => html`<${Time} at=${row.timestamp} />` },
];

export default function Credits() {
  const account = useLoad((signal) => get("/account", {}, { signal }), []);
  const ledger = usePages("/account/ledger");
  const reload = () => Promise.all([account.reload(), ledger.reload()]);
  return html`<${Page} title="Credits" loaded=${{ ...ledger, reload }}
    lead="An accepted call reserves one credit. When it is over, what it used is charged and the rest comes back.">
    <${Loaded} ...${account} lines=${1}>${({ credits }) => html`
      <p class="figure"><b>${WRITTEN.format(credits)}</b> ${credits === 1 ? "credit" : "credits"} left</p>
      ${credits === 0 && html`<div class="notice">Without credits no call is placed: requests are recorded as cancelled. Whoever runs this product adds credits.</div>`}`}
    </${Loaded}>
    <${Section} title="Ledger" note="Every change of the balance, newest first. The balance is their sum.">
      <${Table} label="Ledger" pages=${ledger} columns=${COLUMNS} empty=${html`<${Empty} title="Nothing has changed the balance yet" />`} />
    </${Section}>
  </${Page}>`;
}
