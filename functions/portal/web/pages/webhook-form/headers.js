import { html } from "../../vendor/preact.js";

const MOST = 20; // The API's limit.

/** Rows for the names of stored headers, as a form's initial value. */
export const storedHeaders = (names) => names.map((name) => ({ name, value: "", stored: true }));

/** What the API takes: a stored header without a new value keeps its own. Rows that are wholly empty are left out. */
export const headersOf = (rows) =>
  rows
    .filter((row) => row.name || row.value)
    .map(({ name, value, stored }) => (stored && !value ? { name } : { name, value: value ?? "" }));

/** Names and values of custom headers. Values are write-only: of a stored one nothing is shown. `path` is the API's name. */
export function HeadersEditor({ form, path = "headers" }) {
  const rows = form.values.headers;
  const change = (at, changes) => form.set({ headers: rows.map((row, other) => (other === at ? { ...row, ...changes } : row)) });
  const remove = (at) => form.set({ headers: rows.filter((_, other) => other !== at) });
  const whole = form.problem?.field === path ? form.refusal(path) : null;
  // The API counts the rows that it was sent.
  let sent = -1;
  return html`<div class="field" role="group" aria-label="Custom headers">
    <span class="label">Custom headers${" "}<span class="quiet">optional</span></span>
    <p class="hint">Sent with every delivery, to prove to the receiver that it comes from you. Values are stored sealed and never shown again.</p>
    ${rows.map((row, at) => {
      if (row.name || row.value) sent += 1;
      return html`<${Row} key=${at} ...${{ row, at, form, change, remove }} path=${`${path}[${row.name || row.value ? sent : "-"}]`} />`;
    })}
    ${whole && html`<p class="refusal" role="alert">${whole}</p>`}
    ${rows.length < MOST && html`<div><button type="button" onClick=${() => form.set({ headers: [...rows, { name: "", value: "" }] })}>Add a header</button></div>`}
  </div>`;
}

function Row({ row, at, form, path, change, remove }) {
  const [ofName, ofValue] = [form.refusal(`${path}.name`), form.refusal(`${path}.value`)];
  const refusal = ofName ?? ofValue ?? form.refusal(path);
  const id = `header-${at}-refusal`;
  const input = (name, refused, rest) => html`<input type="text" autocomplete="off" spellcheck="false" aria-label=${name}
    aria-invalid=${refused ? "true" : null} aria-describedby=${refusal ? id : null} ...${rest} />`;
  return html`<div class="header-row ${refusal ? "refused" : ""}">
    ${input(`Name of header ${at + 1}`, ofName, {
      value: row.name, placeholder: "Name", readonly: row.stored, onInput: (event) => change(at, { name: event.target.value }),
    })}
    ${input(`Value of header ${at + 1}`, ofValue ?? (!ofName && refusal), {
      value: row.value ?? "", placeholder: row.stored ? "Stored. Type to replace it" : "Value",
      onInput: (event) => change(at, { value: event.target.value }),
    })}
    <button type="button" class="icon" aria-label=${`Remove header ${at + 1}${row.name ? `, ${row.name}` : ""}`} title="Remove" onClick=${() => remove(at)}>×</button>
    ${refusal && html`<p class="refusal" id=${id}>${refusal}</p>`}
  </div>`;
}
