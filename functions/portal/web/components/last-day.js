import { html } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { inTurn, patiently } from "../patience.js";

/** The sums of `hours` of `…/stats`: how many were taken, and how many were not. */
export const sums = ({ hours }) => ({
  succeeded: hours.reduce((sum, hour) => sum + hour.succeeded, 0),
  failed: hours.reduce((sum, hour) => sum + hour.failed + hour.errored, 0),
});

/** The last day's deliveries of a webhook in two numbers. */
export function LastDay({ id }) {
  const ask = (signal) => get(`/webhooks/${id}/stats`, { hours: 24 }, { signal });
  const { data, problem } = useLoad((signal) => inTurn(() => patiently(() => ask(signal), { signal })), [id]);
  if (problem) return html`<span class="quiet" title=${problem.message}>unknown</span>`;
  if (!data) return html`<span class="quiet" aria-label="Loading">…</span>`;
  const { succeeded, failed } = sums(data);
  if (!succeeded && !failed) return html`<span class="quiet">none</span>`;
  return html`<span class="outcomes">
    <span title="Delivered"><i class="dot good" aria-hidden="true"></i>${succeeded} delivered</span>
    ${failed > 0 && html`<span title="Refused, or without an answer"><i class="dot bad" aria-hidden="true"></i>${failed} not delivered</span>`}
  </span>`;
}
