import { html } from "../../vendor/preact.js";
import { Problem } from "../../api.js";

const MOST = 20; // The API's limit.

/** Rows for the names of stored headers, as a form's initial value. */
export const storedHeaders = (names) => names.map((name) => ({ name, value: "", stored: true }));

/** A value that was typed and is not here any more: the tab does not keep it over a reload. */
const isLost = (row) => row.value === null;
const isGiven = (row) => !row.removed && (row.name || row.value || isLost(row));

/**
 * What the API takes: a stored header without a new value keeps its own. Rows that are wholly empty are left out. `path` is the
 * API's name, for the refusal of a value that was lost.
 */
export function headersOf(rows, path) {
  const given = rows.filter(isGiven);
  const lost = given.findIndex(isLost);
  if (lost >= 0) {
    throw new Problem({ code: "value_not_kept", field: `${path}[${lost}].value`, message: "The value that was typed here was not kept. Type it again" });
  }
  return given.map(({ name, value, stored }) => (stored && !value ? { name } : { name, value }));
}

/** Names and values of custom headers. Values are write-only: of a stored one nothing is shown. `path` is the API's name. */
export function HeadersEditor({ form, path = "headers" }) {
  const rows = form.values.headers;
  const change = (at, changes) => form.set({ headers: rows.map((row, other) => (other === at ? { ...row, ...changes } : row)) }, path);
  // Of a stored one it stays known that it was there: others may have added some since.
  const remove = (at) => form.set({ headers: rows.flatMap((row, other) => (other !== at ? [row] : row.stored ? [{ ...row, removed: true }] : [])) }, path);
  const whole = form.problem?.field === path ? form.refusal(path) : null;
  // The API counts the rows that it was sent.
  let sent = -1;
  let shown = 0;
  return html`<div class="field" role="group" aria-label="Custom headers">
    <span class="label">Custom headers${" "}<span class="quiet">optional</span></span>
    <p class="hint">Sent with every delivery, to prove to the receiver that it comes from you. Values are stored sealed and never shown again.</p>
    ${rows.map((row, at) => {
      if (row.removed) return null;
      if (isGiven(row)) sent += 1;
      shown += 1;
      return html`<${Row} key=${at} ...${{ row, at, shown, form, change, remove }} path=${`${path}[${isGiven(row) ? sent : "-"}]`} />`;
    })}
    ${whole && html`<p class="refusal" role="alert">${whole}</p>`}
    ${shown < MOST && html`<div><button type="button" onClick=${() => form.set({ headers: [...rows, { name: "", value: "" }] })}>Add a header</button></div>`}
  </div>`;
}

function Row({ row, at, shown, form, path, change, remove }) {
  const [ofName, ofValue] = [form.refusal(`${path}.name`), form.refusal(`${path}.value`)];
  const refusal = ofName ?? ofValue ?? form.refusal(path);
  const id = `header-${at}-refusal`;
  const input = (name, refused, rest) => html`<input type="text" autocomplete="off" spellcheck="false" aria-label=${name}
    aria-invalid=${refused ? "true" : null} aria-describedby=${refusal ? id : null} ...${rest} />`;
  return html`<div class="header-row ${refusal ? "refused" : ""}">
    ${input(`Name of header ${shown}`, ofName, {
      value: row.name, placeholder: "Name", readonly: row.stored, onInput: (event) => change(at, { name: event.target.value }),
    })}
    ${input(`Value of header ${shown}`, ofValue ?? (!ofName && refusal), {
      value: row.value ?? "", placeholder: isLost(row) ? "Not kept. Type it again" : row.stored ? "Stored. Type to replace it" : "Value",
      onInput: (event) => change(at, { value: event.target.value }),
    })}
    <button type="button" class="icon" aria-label=${`Remove header ${shown}${row.name ? `, ${row.name}` : ""}`} title="Remove" onClick=${() => remove(at)}>×</button>
    ${isLost(row) && row.stored && html`<button type="button" class="link" onClick=${() => change(at, { value: "" })}>Keep the stored value</button>`}
    ${refusal && html`<p class="refusal" id=${id}>${refusal}</p>`}
  </div>`;
}
