import { html } from "../../vendor/preact.js";
import { explain, explainTest, failureOf, saysTheSame, shortCode } from "../../failures.js";
import { href } from "../../router.js";
import { canEdit } from "../../session.js";
import { endpointOf } from "../../components/endpoint/endpoint.js";
import { Time } from "../../components/time.js";

/** "delivered", "waiting" for its next attempt, "failed" for good, or a "test". */
export function stateOf({ attempts: [newest] }) {
  if (newest.test) return "test";
  if (newest.outcome === "succeeded") return "delivered";
  return newest.nextAttemptAt ? "waiting" : "failed";
}

/** How it stands with the delivery: what the newest attempt means, what to do, and what comes next by itself. */
export function Verdict({ delivery, webhook, isAwaited }) {
  const [newest] = delivery.attempts;
  const code = failureOf(newest);
  if (!code) return html`<${Delivered} attempts=${delivery.attempts} isAwaited=${isAwaited} />`;
  const { title, means, todo } = newest.test ? explainTest(code) : explain(code);
  return html`<div class="notice bad trouble" role="status">
    <h2>${title} <code class="since">${shortCode(code)}</code></h2>
    ${newest.error && !saysTheSame(newest.error, { title }) && html`<p class="quiet">${newest.error.message}.</p>`}
    ${newest.note && html`<p class="quiet">${newest.note}</p>`}
    <p>${means}</p>
    <p><b>What to do:</b> ${todo}</p>
    ${code === "payload" && webhook && canEdit() && html`<a class="button" href=${href(`/${webhook.direction}/${webhook.id}/edit`, { call: delivery.callId })}>Mend its body</a>`}
    <p>${isAwaited ? "Asked for: the new attempt appears here when it is made." : html`<${Next} newest=${newest} endpoint=${webhook && endpointOf(webhook)} />`}</p>
  </div>`;
}

function Delivered({ attempts, isAwaited }) {
  const [newest] = attempts;
  const own = attempts.filter((attempt) => !attempt.test).length;
  return html`<div class="notice good trouble" role="status">
    <h2>${newest.test ? "The test was taken" : "Delivered"} <span class="since"><${Time} at=${newest.timestamp} exact /></span></h2>
    <p>The endpoint answered ${newest.statusCode}${own > 1 ? ` at attempt ${newest.attempt}` : ""}.
      ${isAwaited && " Asked for: the new attempt appears here when it is made."}</p>
    ${newest.note && html`<p class="quiet">${newest.note}</p>`}
  </div>`;
}

function Next({ newest, endpoint }) {
  if (newest.test) return "A test is not tried again.";
  if (newest.nextAttemptAt) return html`It is tried again by itself <b><${Time} at=${newest.nextAttemptAt} exact /></b>.`;
  if (endpoint?.status === "disabled") return "It is not tried again: the endpoint is disabled. Enable it first, then send again.";
  return newest.attempt >= 10 ? "All ten attempts are used up, so it is not tried again by itself." : "It is not tried again by itself.";
}
