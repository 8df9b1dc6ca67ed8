import { html } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { canEdit } from "../../session.js";
import { Section } from "../../components/page.js";

/** How it reads a body that is not our own form of request. */
export function Mapping({ webhook }) {
  const fields = Object.keys(webhook.mapping ?? {});
  const link = (text) => canEdit() && html`<a class="button" href=${href(`/inbound/${webhook.id}/mapping`)}>${text}</a>`;
  return html`<${Section} title="Mapping"><div class="card stack">
    ${fields.length > 0
      ? html`<p>It takes what your CRM sends, and finds in it: <code class="breaks">${fields.join(", ")}</code></p> ${link("Edit the mapping")}`
      : html`<p><b>None: it takes our own form of JSON.</b></p>
        <p class="quiet">With a mapping it takes what your CRM sends, such as a contact of HubSpot or a form.</p> ${link("Set one up")}`}
  </div></${Section}>`;
}
