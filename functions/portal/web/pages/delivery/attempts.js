import { html } from "../../vendor/preact.js";
import { explain, explainTest, failureOf, saysTheSame, shortCode } from "../../failures.js";
import { Outcome } from "../../components/badge.js";
import { Code } from "../../components/code.js";
import { Section } from "../../components/page.js";
import { Time, duration } from "../../components/time.js";

const MOST = 100; // The API shows the newest hundred.
const CUT = 600; // Of an answer 2 KiB are kept, which may be as few characters as this.

/** All that was tried, newest first. */
export function Attempts({ delivery: { attempts } }) {
  const n = attempts.length;
  return html`<${Section} title=${n === 1 ? "1 attempt" : `${n === MOST ? "The newest " : ""}${n} attempts`}>
    <ol class="timeline">${attempts.map((attempt, at) => html`<${Attempt} key=${attempt.id} attempt=${attempt} isNewest=${at === 0} isAgain=${isAgain(attempts, at)} />`)}</ol>
  </${Section}>`;
}

/** Whether somebody had it sent: before its time, or once more from the first attempt on. */
function isAgain(attempts, at) {
  const before = attempts.slice(at + 1).find(({ test }) => !test);
  return attempts[at].hurried || (before !== undefined && attempts[at].attempt <= before.attempt);
}

function Attempt({ attempt, isNewest, isAgain }) {
  const { outcome, statusCode, timestamp, durationMs, nextAttemptAt, error, note, test } = attempt;
  const code = failureOf(attempt);
  const failure = code && (test ? explainTest(code) : explain(code));
  return html`<li class=${outcome === "succeeded" ? "good" : "bad"}>
    <div class="attempt-head">
      <b>${test ? "Test" : isAgain ? "Sent again" : `Attempt ${attempt.attempt}`}</b>
      <${Outcome} of=${outcome} code=${code ? shortCode(code) : statusCode} />
      <span><${Time} at=${timestamp} exact /></span>
      <span class="quiet">${duration(durationMs)}${isAgain && !test ? `, as attempt ${attempt.attempt}` : ""}</span>
    </div>
    ${failure && !isNewest && html`<details><summary>${failure.title}</summary>
      <p>${failure.means}</p><p><b>What to do:</b> ${failure.todo}</p></details>`}
    ${failure && isNewest && html`<p>${failure.title}</p>`}
    ${error && !isNewest && !saysTheSame(error, failure) && html`<p class="quiet">${error.message}.</p>`}
    ${note && !isNewest && html`<p class="quiet">${note}</p>`}
    <${Answer} attempt=${attempt} isNewest=${isNewest} />
    ${isNewest && nextAttemptAt && html`<p class="quiet">Next attempt <${Time} at=${nextAttemptAt} exact /></p>`}
  </li>`;
}

/** What the endpoint answered. To a viewer it is masked: an answer may repeat what it was sent. */
function Answer({ attempt: { responseBody, statusCode }, isNewest }) {
  if (statusCode === null) return null;
  if (!responseBody) return html`<p class="quiet">It answered ${statusCode}, without a body.</p>`;
  if (responseBody === "***") return html`<p class="quiet">What it answered is for editors.</p>`;
  return html`<details open=${isNewest}><summary>Its answer</summary><${Code} json=${responseBody} label=${responseBody.length < CUT ? "Whole" : "The first 2 KiB"} what="answer" /></details>`;
}
