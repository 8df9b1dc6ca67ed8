import { html, useEffect } from "../vendor/preact.js";
import { everyPage, useLoad } from "../api.js";
import { href, replace } from "../router.js";
import { Badge } from "../components/badge.js";
import { Empty } from "../components/empty.js";
import { Choice, Filters, Moment } from "../components/filters.js";
import { Follow, Table, usePages } from "../components/table.js";
import { Loaded, Page } from "../components/page.js";
import { Time } from "../components/time.js";
import { lengthOf, personOf } from "./call/call.js";
import { WARMTHS } from "./outbound/told.js";
import { Export } from "./results/export.js";

const STATUSES = [["", "All"], ["queued", "Queued"], ["finished", "Finished"], ["missed", "Missed"], ["failed", "Failed"], ["cancelled", "Cancelled"]];
const WARMTH_CHOICES = [["", "All"], ...WARMTHS];
const dash = html`<span class="quiet none">–</span>`;

const COLUMNS = [
  { title: "Recipient", cell: (row) => html`<span class="two-lines"><span dir="auto">${personOf(row)}</span>
      <span class="quiet">${row.recipient && personOf(row) !== row.recipient.phoneNumber ? row.recipient.phoneNumber : ""}</span></span>` },
  { title: "Status", kind: "short", cell: (row) => html`<${Badge} of=${row.status} />${row.source === "test" && html` <${Badge} text="Test" />`}` },
  { title: "Warmth", kind: "short", cell: (row) => (row.analysis ? html`<${Badge} of=${row.analysis.lead_warmth} />` : dash) },
  { title: "Summary", kind: "wide", cell: (row) => (row.summary ? html`<span class="clamp" dir="auto">${row.summary}</span>` : dash) },
  { title: "Length", kind: "number short", cell: (row) => (row.duration === null ? dash : lengthOf(row.duration)) },
  { title: "Credits", kind: "number short", cell: (row) => row.tokensConsumed ?? dash },
  { title: "When", kind: "short", cell: (row) => html`<${Time} at=${row.finishedAt ?? row.createdAt} />` },
];

/** The results of one campaign. An address that names none means the newest of now, and is given its id: it may be kept. */
export default function Results({ query }) {
  const campaigns = useLoad((signal) => everyPage("/campaigns", {}, { signal }), []);
  const newest = query.campaign ? null : campaigns.data?.[0]?.id;
  useEffect(() => void (newest && replace("/results", { ...query, campaign: newest })), [newest]);
  if (query.campaign) return html`<${ResultsOf} query=${query} campaigns=${campaigns.data ?? []} />`;
  return html`<${Loaded} ...${campaigns} lines=${8}>${(items) =>
    !items.length && html`<${Page} title="Results"><${Empty} title="No campaign, so no results"
          action=${html`<a class="button primary" href=${href("/campaigns")}>Go to Campaigns</a>`}>
          A campaign's calls appear here with transcript, summary and warmth.
        </${Empty}></${Page}>`}
  </${Loaded}>`;
}

function ResultsOf({ query, campaigns }) {
  const { campaign, status, warmth, since, until } = query;
  const filter = { status, warmth, since, until };
  const path = `/campaigns/${encodeURIComponent(campaign)}/calls`;
  const pages = usePages(path, filter);
  const name = campaigns.find(({ id }) => id === campaign)?.name ?? pages.rows?.[0]?.campaign.name ?? campaign;
  const options = campaigns.map((one) => [one.id, one.name]);
  // A bulk campaign is in no list; a link may lead to it all the same.
  if (!options.some(([id]) => id === campaign)) options.unshift([campaign, name]);
  const filtered = Object.values(filter).some(Boolean);
  return html`<${Page} title="Results" loaded=${pages} actions=${html`<${Follow} pages=${pages} /><${Export} path=${path} filter=${filter} name=${name} />`}>
    <${Filters}>
      <${Choice} label="Campaign" name="campaign" query=${query} options=${options} />
      <${Choice} label="Status" name="status" query=${query} options=${STATUSES} />
      <${Choice} label="Warmth" name="warmth" query=${query} options=${WARMTH_CHOICES} />
      <${Moment} label="Since" name="since" query=${query} />
      <${Moment} label="Until" name="until" query=${query} />
      ${filtered && html`<a class="button" href=${href("/results", { campaign })}>Clear filters</a>`}
    </${Filters}>
    <${Table} label="Results" pages=${pages} columns=${COLUMNS} rowHref=${(row) => href(`/calls/${row.id}`)}
      empty=${filtered
        ? html`<${Empty} title="No call matches" action=${html`<a class="button" href=${href("/results", { campaign })}>Clear filters</a>`} />`
        : html`<${Empty} title="No call yet" action=${html`<a class="button primary" href=${href(`/campaigns/${campaign}`)}>Make a test call</a>`}>
            Calls of this campaign appear here as soon as they are asked for.
          </${Empty}>`} />
  </${Page}>`;
}
