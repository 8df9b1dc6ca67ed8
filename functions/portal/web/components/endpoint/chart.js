import { html } from "../../vendor/preact.js";
import { get, useLoad } from "../../api.js";
import { setQuery } from "../../router.js";
import { AnswerTimes } from "../answer-times.js";
import { DeliveriesChart } from "../deliveries-chart.js";
import { Loaded, Section } from "../page.js";

const PERIODS = [["24", "24 hours"], ["168", "7 days"]];

/** What became of the attempts of a day, or of a week, and how long answers took. */
export function LastAttempts({ webhook, query }) {
  const hours = PERIODS.some(([value]) => value === query.hours) ? query.hours : "24";
  const stats = useLoad((signal) => get(`/webhooks/${webhook.id}/stats`, { hours }, { signal }), [webhook.id, hours]);
  const choice = html`<div class="segments" role="group" aria-label="Period">${PERIODS.map(([value, text]) => html`<button key=${value} type="button"
    aria-pressed=${value === hours} onClick=${() => setQuery({ hours: value === "24" ? null : value })}>${text}</button>`)}</div>`;
  return html`<${Section} title="Attempts" actions=${choice}>
    <${Loaded} ...${stats} lines=${5}>${(data) => html`<div class="charts"><${DeliveriesChart} hours=${data.hours} /><${AnswerTimes} hours=${data.hours} /></div>`}</${Loaded}>
  </${Section}>`;
}
