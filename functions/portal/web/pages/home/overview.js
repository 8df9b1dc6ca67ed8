import { html, useEffect } from "../../vendor/preact.js";
import { everyPage, get, useLoad } from "../../api.js";
import { DeliveriesChart } from "../../components/deliveries-chart.js";
import { sums } from "../../components/last-day.js";
import { Loaded, ProblemBox, Section } from "../../components/page.js";
import { Endpoints, Failing } from "./failing.js";
import { FirstCall, isThrough } from "./first-call.js";

/** Home below its heading. `turn` changes when all of it is to be loaded again. */
export default function Overview({ credits, turn }) {
  const webhooks = useLoad((signal) => everyPage("/webhooks", {}, { signal }), []);
  const stats = useLoad((signal) => get("/stats", { hours: 24 }, { signal }), []);
  useEffect(() => void (turn && [webhooks, stats].forEach(({ reload }) => reload())), [turn]);
  const isQuiet = Boolean(stats.data) && !sums(stats.data).succeeded && !sums(stats.data).failed;
  return html`
    <div class="cards">
      ${credits}
      <${LastDay} stats=${stats} />
      <${Endpoints} webhooks=${webhooks.data} isQuiet=${isQuiet} />
    </div>
    ${stats.data?.complete === false && html`<p class="notice below">Not every attempt is in these figures: the account has very many endpoints, and only the
      newest counts are read. The page of each endpoint has all of its own.</p>`}
    ${webhooks.problem && html`<${ProblemBox} problem=${webhooks.problem} retry=${webhooks.reload} />`}
    <${Failing} webhooks=${webhooks.data} />
    ${!isThrough() && html`<${FirstCall} webhooks=${webhooks.data} delivered=${stats.data && sums(stats.data).succeeded > 0} />`}
    <${Section} title="Attempts of the last 24 hours">
      <${Loaded} ...${stats}>${(data) => html`<${DeliveriesChart} hours=${data.hours} />`}</${Loaded}>
    </${Section}>`;
}

function LastDay({ stats: { data, problem } }) {
  return html`<div class="card stat">
    <h2>Delivered, last 24 hours</h2>
    ${data ? html`<p class="number-big">${sums(data).succeeded.toLocaleString()}</p>` : html`<p class="number-big quiet">${problem ? "unknown" : "…"}</p>`}
    <p class="quiet">${data ? html`<${Share} ...${sums(data)} />` : problem?.message ?? ""}</p>
  </div>`;
}

function Share({ succeeded, failed }) {
  const all = succeeded + failed;
  if (!all) return "No attempts.";
  // Rounded down: 100 % is said of all only.
  const share = Math.floor((succeeded / all) * 1000) / 10;
  return html`${share} % of ${all.toLocaleString()} attempts. ${failed > 0 && html`<span class="bad-text">${failed.toLocaleString()} not delivered.</span>`}`;
}
