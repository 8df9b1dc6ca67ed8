import { html } from "../vendor/preact.js";
import { Badge } from "./badge.js";
import { Code } from "./code.js";
import { duration } from "./time.js";

/** What a Test came to: `{success, statusCode, error, responseBody, note, durationMs}`. */
export function TestResult({ result }) {
  const { success, statusCode, error, responseBody, note, durationMs } = result;
  const said = error ? error.message : `The endpoint answered ${statusCode}.`;
  return html`<div class="test-result" role="status">
    <p><${Badge} of=${success ? "succeeded" : "failed"} /> ${said} <span class="quiet">${duration(durationMs)}</span></p>
    ${!success && !error && html`<p class="quiet">A delivery counts when the answer is a 2xx. This one would be tried again.</p>`}
    ${note && html`<p class="quiet">${note}</p>`}
    ${responseBody && html`<${Code} text=${responseBody} label="Its answer" what="answer" />`}
  </div>`;
}
