import { html, useRef, useState } from "../../vendor/preact.js";
import { PresetChoice } from "../../components/presets.js";
import { FormEditor, JsonEditor, TextEditor } from "./body/editors.js";
import { Names } from "./body/names.js";
import { bodyValues, isGiven } from "./body/payload.js";
import { Preview, usePreview, usePreviewedCall } from "./body/preview.js";
import { TakeOver } from "./body/take-over.js";

const KINDS = [
  ["documented", "Ours, as documented"],
  ["json", "JSON of my own"],
  ["form", "Form fields"],
  ["text", "Text"],
];
const EDITORS = { json: JsonEditor, form: FormEditor, text: TextEditor };

/**
 * The body of an endpoint's deliveries: ours, or one of its owner's. `path` is the API's name of it, `events` what the endpoint is
 * told of calls, `failedCall` the call of which an earlier one could not be made.
 */
export function Body({ form, path, events, webhookId, failedCall }) {
  const { values } = form;
  const [preset, setPreset] = useState(null);
  const Editor = EDITORS[values.body];
  const typed = { json: values.json, form: values.fields.some(isGiven), text: values.text };
  const take = (chosen) => {
    const { body, ...written } = bodyValues({ text: JSON.stringify(chosen.payload) });
    const own = { json: ["json", "omitNulls"], form: ["fields"], text: ["text"] }[body];
    form.set({ body, ...Object.fromEntries(own.map((key) => [key, written[key]])) }, path);
    setPreset(chosen);
  };
  return html`<fieldset class=${Editor ? "beside-part" : ""}>
    <legend>Body</legend>
    <div class="radios">${KINDS.map(([kind, label]) => html`<label key=${kind} class="check">
      <input type="radio" name=${path} checked=${values.body === kind} onChange=${() => form.set({ body: kind }, path)} /> ${label}</label>`)}</div>
    <${PresetChoice} kind="payload" isEmpty=${() => !Object.values(typed).some(Boolean)} onTake=${take} />
    ${preset && Editor && html`<${TakeOver} form=${form} preset=${preset} />`}
    ${Editor
      ? html`<${Own} ...${{ form, path, events, webhookId, failedCall, Editor }} isTyped=${Boolean(typed[values.body])} />`
      : html`<p class="hint">All that is known of the call, as JSON. A system that wants its own fields gets a body of your own.</p>`}
  </fieldset>`;
}

/** The editor, with what it makes of a call beside it. */
function Own({ form, path, events, webhookId, failedCall, Editor, isTyped }) {
  const call = usePreviewedCall(webhookId, events, failedCall);
  const made = usePreview(form.values, path, call.event, call.callId, isTyped);
  const typing = useRef(null);
  const area = useRef(null);
  const saved = form.refusal(path) === null ? null : form.problem;
  const problem = saved ?? (made.problem?.field?.startsWith(path) ? made.problem : null);
  const at = (place) => isAt(problem, place ? `${path}.${place}` : path, place === "") && {
    message: problem.atField, isSaved: Boolean(saved), place: problem.field.slice(path.length + 1),
  };
  const insert = (expression) => {
    const into = typing.current?.isConnected ? typing.current : area.current.querySelector("textarea, input[aria-label^='Value']");
    if (into) write(into, `{{ ${expression} }}`, form.values.body === "json");
  };
  return html`<div class="beside">
    <div class="stack wide-stack" ref=${area} onFocusIn=${({ target }) => {
      if (target.matches("textarea, input[type=text]:not([data-plain])")) typing.current = target;
    }}>
      <${Editor} form=${form} path=${path} at=${(place) => at(place) || null} />
    </div>
    <div class="stack wide-stack">
      <${Preview} made=${made} call=${call} isTyped=${isTyped} />
      <${Names} insert=${insert} />
    </div>
  </div>`;
}

/** Whether the problem is of this place, or of something within it. */
const isAt = (problem, place, exactly) =>
  problem && (problem.field === place || (!exactly && (problem.field.startsWith(`${place}.`) || problem.field.startsWith(`${place}[`))));

/** Puts an expression where the cursor is. In JSON it stands in quotes, and its own are escaped. */
function write(into, expression, isJson) {
  const before = into.value.slice(0, into.selectionStart);
  const isQuoted = (before.match(/\\.|"/g) ?? []).filter((sign) => sign === '"').length % 2 === 1;
  const quoted = JSON.stringify(expression);
  into.focus();
  into.setRangeText(isJson ? (isQuoted ? quoted.slice(1, -1) : quoted) : expression, into.selectionStart, into.selectionEnd, "end");
  into.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
