import { html } from "../../../vendor/preact.js";
import { href } from "../../../router.js";

// What an expression may name, and what may be done with it. A test holds both against docs/payloads.md.
const NAMES = [
  ["call.id", "the call's id"],
  ["call.status", "finished, missed, failed or cancelled"],
  ["call.reason", "why it was cancelled"],
  ["call.createdAt", "when it was asked for, in ms"],
  ["call.finishedAt", "when it was over, in ms"],
  ["call.duration", "seconds"],
  ["call.durationMs", "milliseconds"],
  ["call.summary", "what was said, in short"],
  ["call.transcriptText", "what was said, a line a turn"],
  ["call.transcript", "the same as a list"],
  ["call.recording", "its URL"],
  ["call.analysis.sentiment", "positive, neutral or negative"],
  ["call.analysis.lead_warmth", "hot, warm, cold, dead or unknown"],
  ["call.analysis.justification", "why"],
  ["call.actionItemsText", "what is to be done, a line each"],
  ["call.actionItems", "the same as a list"],
  ["call.tokensConsumed", "credits"],
  ["call.recipient.name", "first and last name"],
  ["call.recipient.firstName", "first name"],
  ["call.recipient.lastName", "last name"],
  ["call.recipient.phoneNumber", "such as +15551234567"],
  ["call.recipient.email", "email"],
  ["call.recipient.companyName", "company"],
  ["call.recipient.note", "the request's note"],
  ["call.recipient.address1", "address"],
  ["call.recipient.address2", "its second line"],
  ["call.recipient.city", "city"],
  ["call.recipient.state", "state"],
  ["call.recipient.zipCode", "ZIP code"],
  ["call.metadata", "what the request brought along: call.metadata.contactId"],
  ["call.extracted", "what was learnt in the call"],
  ["campaign.id", "the campaign's id"],
  ["campaign.name", "its name"],
  ["webhook.id", "this webhook's id"],
  ["webhook.type", "outbound"],
  ["type", "the event"],
  ["timestamp", "when it happened, in ms"],
];

const FILTERS = [
  ['call.summary | default("none")', "instead of nothing"],
  ["call.summary | truncate(200)", "at most so many characters"],
  ['call.finishedAt | date("%Y-%m-%d")', "a moment as a date, in UTC"],
  ["call.recipient.phoneNumber | digits", "the digits alone"],
  ['call.actionItems | join("; ")', "a list as one text"],
  ["call.duration / 60 | round(1)", "a rounded number"],
  ["call.metadata.personId | number", "the number of a text, for the records of a CRM"],
  ["call.recipient.email | email", "an e-mail address that looks like one"],
  ["call.status | upper", "in capitals"],
  ["call.status | lower", "in small letters"],
  ["call.recipient.note | trim", "without blanks around it"],
  ["call.metadata | json", "as a JSON text"],
];

/** What may be written, one press away. `insert` puts a text where the cursor was. */
export const Names = ({ insert }) => html`<details class="names">
  <summary>Fields and filters</summary>
  <div class="stack wide-stack">
    <p class="hint">Press one to put it where your cursor was. Behind a bar stands a filter. One of two is
      ${" "}<code>${'{{ "Yes" if call.status == "finished" else "No" }}'}</code>. <a href=${href("/reference/payloads")}>All of it</a></p>
    <${Listed} of=${NAMES} insert=${insert} />
    <p class="label">Filters</p>
    <${Listed} of=${FILTERS} insert=${insert} />
  </div>
</details>`;

const Listed = ({ of, insert }) => html`<ul class="name-list">${of.map(([expression, means]) => html`<li key=${expression}>
  <button type="button" class="link" onClick=${() => insert(expression)}><code>${expression}</code></button> <span class="quiet">${means}</span></li>`)}</ul>`;
