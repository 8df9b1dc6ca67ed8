import { html } from "../vendor/preact.js";
import { explainTest, failureOf } from "../failures.js";
import { Outcome } from "./badge.js";
import { Code } from "./code.js";
import { duration } from "./time.js";

/** What a Test came to: `{success, statusCode, error, responseBody, note, durationMs}`. */
export function TestResult({ result }) {
  const { success, statusCode, error, responseBody, note, durationMs } = result;
  const said = error ? `${error.message}.` : `The endpoint answered ${statusCode}.`;
  const failure = success ? null : explainTest(failureOf(result));
  return html`<div class="test-result" role="status">
    <p><${Outcome} of=${success ? "succeeded" : error ? "errored" : "failed"} /> ${said} <span class="quiet">${duration(durationMs)}</span></p>
    ${failure && html`<p><b>${failure.title}.</b> ${failure.means}</p><p><b>What to do:</b> ${failure.todo}</p>`}
    ${note && html`<p class="quiet">${note}</p>`}
    ${responseBody && html`<${Code} text=${responseBody} label="Its answer" what="answer" />`}
  </div>`;
}
