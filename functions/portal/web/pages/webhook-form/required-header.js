import { html } from "../../vendor/preact.js";
import { Problem } from "../../api.js";
import { Field } from "../../components/form.js";

/** The form's values of a webhook's required header. */
export const headerValues = (header) => ({ requires: Boolean(header), headerName: header?.name ?? "", headerValue: "" });

/** What the API is sent of them: nothing when nothing was changed, since a stored value is nobody's to send again. */
export function requiredHeaderOf({ requires, headerName, headerValue }, changes, before) {
  if (!["requires", "headerName", "headerValue"].some((key) => key in changes)) return {};
  if (!requires) return before ? { requiredHeader: null } : {};
  if (headerValue === null) {
    throw new Problem({ code: "value_not_kept", field: "requiredHeader.value", message: "The value that was typed here was not kept. Type it again" });
  }
  const name = headerName.trim();
  if (before && name === before.name && !headerValue) return {};
  return { requiredHeader: { name, value: headerValue } };
}

/** A header without which the webhook refuses a request. */
export function RequiredHeader({ form, before }) {
  const kept = before && form.values.headerName.trim() === before.name;
  return html`<fieldset>
    <legend>Required header</legend>
    <label class="check"><input type="checkbox" checked=${form.values.requires} onChange=${(event) => form.set({ requires: event.target.checked })} />
      Take only requests that have a header which I choose</label>
    ${form.values.requires ? html`
      <${Field} label="Header" placeholder="X-Crm-Key" hint="Set it in your CRM, too." ...${form.field("headerName", "requiredHeader.name")} />
      <${Field} label="Its value" placeholder=${kept ? "Stored. Type to replace it" : ""} spellcheck=${false}
        hint="A secret of 16 characters or more. It is kept as a digest, and nobody can read it again." ...${form.field("headerValue", "requiredHeader.value")} />
    ` : before && html`<p class="notice">After saving, whoever knows the URL can have people called without ${before.name}.</p>`}
  </fieldset>`;
}
