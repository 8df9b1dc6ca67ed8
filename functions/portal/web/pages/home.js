import { html, useEffect, useState } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { href } from "../router.js";
import { session } from "../session.js";
import { Loaded, Page, ProblemBox, Section, Skeleton } from "../components/page.js";

const FEW_CREDITS = 10;

/** What is drawn when the first answers are there is loaded beside them, not before. */
function useLater(load) {
  const [parts, setParts] = useState(null);
  useEffect(() => void load().then(setParts), []);
  return parts;
}

const later = () =>
  Promise.all([import("./home/first-call.js"), import("../components/deliveries-chart.js"), import("./home/failing.js")]).then(
    ([{ FirstCall, isThrough }, { DeliveriesChart }, { Endpoints, Failing }]) => ({ FirstCall, isThrough, DeliveriesChart, Endpoints, Failing }),
  );

export default function Home() {
  const account = useLoad((signal) => get("/account", {}, { signal }), []);
  const webhooks = useLoad((signal) => get("/webhooks", { limit: 100 }, { signal }), []);
  const stats = useLoad((signal) => get("/stats", { hours: 24 }, { signal }), []);
  const parts = useLater(later);
  const all = { ...account, reload: () => [account, webhooks, stats].forEach(({ reload }) => reload()) };
  return html`<${Page} title="Home" loaded=${all}>
    <div class="cards">
      <${Credits} account=${account} />
      <${LastDay} stats=${stats} />
      ${parts ? html`<${parts.Endpoints} webhooks=${webhooks.data?.items} />` : html`<div class="card stat"><h2>Endpoints</h2><p class="number-big quiet">…</p></div>`}
    </div>
    ${webhooks.problem && html`<${ProblemBox} problem=${webhooks.problem} retry=${webhooks.reload} />`}
    ${parts && html`<${parts.Failing} webhooks=${webhooks.data?.items} isPart=${Boolean(webhooks.data?.nextCursor)} />`}
    ${parts && !parts.isThrough() && html`<${parts.FirstCall} webhooks=${webhooks.data?.items} />`}
    <${Section} title="Deliveries of the last 24 hours">
      ${parts ? html`<${Loaded} ...${stats}>${(data) => html`<${parts.DeliveriesChart} hours=${data.hours} />`}</${Loaded}>` : html`<${Skeleton} />`}
    </${Section}>
  </${Page}>`;
}

function Credits({ account: { data, problem } }) {
  return html`<div class="card stat">
    <h2>Credits</h2>
    ${data ? html`<p class="number-big">${data.credits.toLocaleString()}</p>` : html`<p class="number-big quiet">${problem ? "unknown" : "…"}</p>`}
    <p class="quiet">${!data ? problem?.message ?? session()?.account.name
      : data.credits <= 0 ? "Without credits no call is placed. Ask your provider for more."
      : data.credits < FEW_CREDITS ? "Soon used up: a call takes at least one."
      : "A call takes at least one."} <a href=${href("/credits")}>What was used</a></p>
  </div>`;
}

function LastDay({ stats: { data, problem } }) {
  const sum = (key) => data.hours.reduce((total, hour) => total + hour[key], 0);
  const [succeeded, failed] = data ? [sum("succeeded"), sum("failed") + sum("errored")] : [];
  const share = data && succeeded + failed > 0 ? `${Math.floor((succeeded / (succeeded + failed)) * 1000) / 10} % of ${(succeeded + failed).toLocaleString()} attempts` : "No attempts";
  return html`<div class="card stat">
    <h2>Delivered, last 24 hours</h2>
    ${data ? html`<p class="number-big">${succeeded.toLocaleString()}</p>` : html`<p class="number-big quiet">${problem ? "unknown" : "…"}</p>`}
    <p class="quiet">${data ? html`${share}. ${failed > 0 && html`<span class="bad-text">${failed.toLocaleString()} failed.</span>`}` : problem?.message ?? ""}</p>
  </div>`;
}
