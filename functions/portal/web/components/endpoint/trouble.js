import { html, useState } from "../../vendor/preact.js";
import { canEdit } from "../../session.js";
import { explain } from "../../failures.js";
import { Button } from "../button.js";
import { Time } from "../time.js";
import { toast } from "../toast.js";
import { nameOf, pageOf, setStatus } from "./endpoint.js";
import { Recover } from "./recover.js";

const DISABLED = {
  __proto__: null, // A key from outside must not find what every object has.
  owner: ["Switched off", "It was switched off by hand. Nothing is sent, and calls that end meanwhile are never delivered here.", "Enable it when it may be used again."],
  gone: ["Switched off: the endpoint wants no more", "It answered 410 Gone, which is final. Calls that end meanwhile are not delivered here.",
    "If that was not meant, have the endpoint answer 2xx, and enable it. Then resend what was missed."],
  failing: ["Switched off: it failed for five days", "Every attempt failed for five days. Calls that end meanwhile are not delivered here.",
    "Mend the endpoint and send a test. Then enable it, and resend what failed."],
};

/** What is wrong with an endpoint, since when, and what to do about it; nothing when nothing is. `onChanged` loads it again. */
export function Trouble({ webhook, endpoint, onChanged }) {
  const [offered, offer] = useState(null);
  const enable = async () => {
    await setStatus(webhook, "enabled");
    toast(`The ${nameOf(webhook)} is enabled.`);
    offer(endpoint.disabledAt);
    onChanged();
  };
  return html`
    ${endpoint.status === "disabled" && html`<${Disabled} ...${{ webhook, endpoint, enable }} />`}
    ${endpoint.status === "enabled" && endpoint.failingSince && html`<${Failing} ...${{ webhook, endpoint }} />`}
    ${offered && html`<${Recover} webhook=${webhook} since=${endpoint.failingSince ?? offered} onClose=${() => offer(null)} onDone=${onChanged} />`}`;
}

function Disabled({ webhook, endpoint, enable }) {
  const [title, means, todo] = DISABLED[endpoint.disabledReason] ?? DISABLED.owner;
  return html`<div class="notice ${endpoint.disabledReason === "owner" ? "" : "bad"} trouble" role="status">
    <${Heading} webhook=${webhook} title=${title}><${Time} at=${endpoint.disabledAt} exact /></${Heading}>
    ${endpoint.disabledReason === "failing" && endpoint.lastError && html`<${LastError} error=${endpoint.lastError} />`}
    <p>${means}</p>
    <p><b>What to do:</b> ${todo}</p>
    ${canEdit() && webhook.managedBy !== "zapier" && html`<${Button} kind="primary" onPress=${enable}>Enable</${Button}>`}
  </div>`;
}

function Failing({ webhook, endpoint }) {
  const { lastError, failingSince } = endpoint;
  const { title, means, todo } = lastError ? explain(lastError.code) : { title: "Every attempt fails", means: "The newest one has not reached the log yet." };
  const outcome = lastError?.code.startsWith("http_") ? "failed" : "errored";
  return html`<div class="notice bad trouble" role="status">
    <${Heading} webhook=${webhook} title=${title}>failing since <${Time} at=${failingSince} exact /></${Heading}>
    ${lastError && html`<${LastError} error=${lastError} />`}
    <p>${means}</p>
    ${todo && html`<p><b>What to do:</b> ${todo}</p>`}
    ${lastError && html`<a href=${pageOf(webhook, { outcome, since: toTheMinute(failingSince) })}>Show the failed attempts</a>`}
  </div>`;
}

/** On an inbound webhook's page it is said what fails. */
const Heading = ({ webhook, title, children }) => html`<h2>
  ${webhook.direction === "inbound" ? `Response webhook: ${title}` : title} <span class="since">${children}</span>
</h2>`;

/** The filter's field knows minutes. */
const toTheMinute = (at) => `${at.slice(0, 16)}:00Z`;

const LastError = ({ error }) => html`<p class="quiet">The last attempt, <${Time} at=${error.at} />: ${error.message}.</p>`;
