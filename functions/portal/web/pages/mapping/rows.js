import { html } from "../../vendor/preact.js";

/** Names that the owner chooses, each with its paths: metadata, or words for the script. */
export function Rows({ form, field, title, hint, add }) {
  const rows = form.values[field];
  const change = (at, changes) => form.set({ [field]: rows.map((row, other) => (other === at ? { ...row, ...changes } : row)) });
  const remove = (at) => form.set({ [field]: rows.filter((_, other) => other !== at) });
  const path = `mapping.${field}`;
  const whole = form.problem?.field === path ? form.refusal(path) : null;
  return html`<div class="field" role="group" aria-label=${title}>
    <span class="label">${title}${" "}<span class="quiet">optional</span></span>
    <p class="hint">${hint}</p>
    ${rows.map((row, at) => html`<${Row} key=${at} ...${{ row, at, field, title, change, remove }}
      refusal=${row.name.trim() ? form.refusal(`${path}.${row.name.trim()}`) : null} />`)}
    ${whole && html`<p class="refusal" role="alert">${whole}</p>`}
    <div><button type="button" onClick=${() => form.set({ [field]: [...rows, { name: "", paths: "" }] })}>${add}</button></div>
  </div>`;
}

function Row({ row, at, field, title, change, remove, refusal }) {
  const id = `${field}-${at}-refusal`;
  const input = (label, key, placeholder, rest) => html`<input type="text" autocomplete="off" spellcheck="false" aria-label=${label} placeholder=${placeholder}
    value=${row[key]} onInput=${(event) => change(at, { [key]: event.target.value })} ...${rest} />`;
  return html`<div class="header-row ${refusal ? "refused" : ""}">
    ${input(`${title}: name ${at + 1}`, "name", "Name")}
    ${input(`${title}: path ${at + 1}`, "paths", "Path", { "aria-invalid": refusal ? "true" : null, "aria-describedby": refusal ? id : null })}
    <button type="button" class="icon" aria-label=${`${title}: remove ${row.name || at + 1}`} title="Remove" onClick=${() => remove(at)}>×</button>
    ${refusal && html`<p class="refusal" id=${id}>${refusal}</p>`}
  </div>`;
}
