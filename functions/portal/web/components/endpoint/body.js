import { html } from "../../vendor/preact.js";
import { Code } from "../code.js";
import { membersOf } from "../json-text.js";

const KINDS = { __proto__: null, json: "JSON of its own", form: "A form of its own", text: "A text of its own" };

/** The body of an endpoint's deliveries: which it is and, folded, how its owner has written it. */
export function OwnBody({ payload }) {
  if (!payload) return html`<span>Ours, as documented</span>`;
  const members = membersOf(payload.text);
  const kind = Object.keys(KINDS).find((name) => name in members);
  const written = kind === "text" ? { text: JSON.parse(members.text) } : { json: members[kind] };
  return html`<details class="fold"><summary>${KINDS[kind] ?? "Its own"}</summary>
    <${Code} ...${written} label=${members.omitNulls === "true" ? "Without fields that become null" : "As it was written"} what="body as it was written" />
  </details>`;
}
