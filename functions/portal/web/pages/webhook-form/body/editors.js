// The three ways to write a body of one's own. `at(place)` is the refusal there: `{message, isSaved, place}`.

import { html } from "../../../vendor/preact.js";
import { Field } from "../../../components/form.js";
import { lineAt, memberOf, offsetOf, read } from "../../../components/json-places.js";

const refusedAt = (refusal) => (refusal?.isSaved ? "true" : null);

export function JsonEditor({ form, path, at }) {
  const { json, omitNulls } = form.values;
  const refusal = at("json") ?? at("omitNulls") ?? at("");
  return html`
    <${Field} label="JSON" as="textarea" rows="18" wrap="off" spellcheck=${false} ...${form.field("json", `${path}.json`)}
      hint=${html`Any JSON. <code>${"{{ call.summary }}"}</code> stands within quotes. Alone there, it becomes its value with its type.`}
      refusal=${refusal && html`<${AtLine} text=${json} refusal=${refusal} />`} aria-invalid=${refusedAt(refusal)} />
    <label class="check"><input type="checkbox" checked=${omitNulls} onChange=${(event) => form.set({ omitNulls: event.target.checked })} />
      Leave out fields that become null</label>`;
}

/** A refusal with its line, if the place is found in what is typed. */
function AtLine({ text, refusal }) {
  const { places, fault } = read(text, "json");
  const offset = fault && text.trim() ? fault.at : offsetOf(places, refusal.place);
  if (offset === null || !text.trim()) return refusal.message;
  const { number, start, end } = lineAt(text, offset);
  const go = (event) => {
    const area = event.target.closest(".field").querySelector("textarea");
    area.focus();
    area.setSelectionRange(start, end);
    area.scrollTop = (number - 4) * parseFloat(getComputedStyle(area).lineHeight);
  };
  return html`<button type="button" class="link" onClick=${go}>Line ${number}</button>: ${refusal.message}`;
}

export function TextEditor({ form, path, at }) {
  const refusal = at("text") ?? at("");
  return html`<${Field} label="Text" as="textarea" rows="10" ...${form.field("text", `${path}.text`)}
    hint=${html`Sent as text/plain, such as <code>${"{{ call.recipient.name }} is {{ call.analysis.lead_warmth }}"}</code>`}
    refusal=${refusal?.message} aria-invalid=${refusedAt(refusal)} />`;
}

export function FormEditor({ form, path, at }) {
  const { fields } = form.values;
  const set = (changed) => form.set({ fields: changed }, path);
  const change = (row, changes) => set(fields.map((field, other) => (other === row ? { ...field, ...changes } : field)));
  const places = fields.map(({ name }) => memberOf("form", name));
  const whole = !places.some(at) && (at("form") ?? at(""));
  return html`<div class="field" role="group" aria-label="Form fields">
    <span class="label">Form fields</span>
    <p class="hint">Sent as a form, application/x-www-form-urlencoded. A value may be <code>${"{{ call.summary }}"}</code>, with or without text around it.</p>
    ${fields.map((field, row) => html`<${Row} key=${row} ...${{ field, row, change }} refusal=${at(places[row])}
      remove=${() => set(fields.filter((_, other) => other !== row))} />`)}
    ${whole && html`<p class="refusal" role="alert">${whole.message}</p>`}
    <div><button type="button" onClick=${() => set([...fields, { name: "", template: "" }])}>Add a field</button></div>
  </div>`;
}

function Row({ field, row, refusal, change, remove }) {
  const id = `form-field-${row}-refusal`;
  const input = (label, key, rest) => html`<input type="text" autocomplete="off" spellcheck="false" aria-label=${`${label} of field ${row + 1}`} placeholder=${label}
    value=${field[key]} onInput=${(event) => change(row, { [key]: event.target.value })} ...${rest} />`;
  return html`<div class="header-row ${refusal ? "refused" : ""}">
    ${input("Name", "name", { "data-plain": "" })}
    ${input("Value", "template", { "aria-invalid": refusedAt(refusal), "aria-describedby": refusal ? id : null })}
    <button type="button" class="icon" aria-label=${`Remove field ${field.name || row + 1}`} title="Remove" onClick=${remove}>×</button>
    ${refusal && html`<p class="refusal" id=${id}>${refusal.message}</p>`}
  </div>`;
}
