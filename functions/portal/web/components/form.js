import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem } from "../api.js";
import { DRAFT, session, tab } from "../session.js";
import { Button } from "./button.js";
import { ProblemBox } from "./page.js";

/**
 * A form's values and refusals.
 *   const form = useForm({ name: "webhook-new", initial: {url: ""}, secret: ["headers"], submit: (values) => post(…) });
 * What is typed is kept in the tab under `name` until it was submitted, so a reload loses nothing; `secret` values are not
 * kept, and are named by their key at any depth. Answers `{values, set, problem, setProblem, busy, changed, restored, submit,
 * discard, field, refusal}`. `field("url")` goes into a `Field`; `field("url", "responseWebhook.url")` when the API has another
 * name for it, which is the one that its refusals carry.
 */
export function useForm({ name, initial, secret = [], submit }) {
  const [draft] = useState(() => `${DRAFT}${session()?.account.id}.${name}`);
  const [restored, setRestored] = useState(() => read(draft) !== null);
  const [values, setValues] = useState(() => ({ ...initial, ...read(draft) }));
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);

  const set = (changes) => setValues((old) => {
    const values = { ...old, ...changes };
    tab.write(draft, JSON.stringify(values, (key, value) => (secret.includes(key) ? undefined : value)));
    return values;
  });
  const discard = () => {
    tab.remove(draft);
    setValues(initial);
    setProblem(null);
    setRestored(false);
  };
  const send = async (event) => {
    event?.preventDefault();
    if (sending.current) return;
    sending.current = true;
    setBusy(true);
    setProblem(null);
    try {
      await submit(values);
      tab.remove(draft);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const changed = JSON.stringify(values) !== JSON.stringify(initial);
  const refusal = (path) => (isAt(problem?.field, path) ? problem.atField : null);
  const field = (key, path = key) => ({
    path, value: values[key], onValue: (value) => set({ [key]: value }), refusal: refusal(path),
  });
  return { values, set, problem, setProblem, busy, changed, restored, submit: send, discard, field, refusal };
}

function read(draft) {
  try {
    return JSON.parse(tab.read(draft));
  } catch {
    return null;
  }
}

/** Whether the API's field, such as `headers[0].value` or `responseWebhook.url`, is this one or within it. */
const isAt = (field, path) => Boolean(field) && (field === path || field.startsWith(`${path}.`) || field.startsWith(`${path}[`));

/** The form itself. A refusal without a field, or with one that has no place here, stands above the buttons. */
export function Form({ form, action, cancel, extra, danger, children }) {
  const element = useRef(null);
  useLayoutEffect(() => {
    if (form.problem) element.current.querySelector('[aria-invalid="true"], .problem')?.focus();
  }, [form.problem]);
  const [placed, setPlaced] = useState(false);
  // Before anything is drawn, or the refusal would stand in both places for a moment.
  useLayoutEffect(() => setPlaced(Boolean(element.current.querySelector('[aria-invalid="true"]'))), [form.problem]);
  return html`<form ref=${element} class="form" onSubmit=${form.submit} novalidate>
    ${form.restored && form.changed && html`<p class="hint">What you typed before is here again.${" "}
      <button type="button" class="link" onClick=${form.discard}>Discard it</button></p>`}
    ${children}
    ${form.problem && !placed && html`<${ProblemBox} problem=${form.problem} />`}
    <div class="form-actions">
      <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${form.busy}>${action}</${Button}>
      ${extra}
      ${cancel && html`<a class="button" href=${cancel}>Cancel</a>`}
    </div>
  </form>`;
}

let count = 0;

/**
 * A field with its label, a hint, and the API's refusal: `<Field label="URL" hint="…" ...${form.field("url")} />`.
 * `as`: "input" (the default), "textarea" or "select" with `options` of `[value, text]`. `after` stands beside the input.
 */
export function Field({ label, hint, refusal, value, onValue, path, as = "input", options, after, optional, ...rest }) {
  const [id] = useState(() => `field-${++count}`);
  const described = [hint && `${id}-hint`, refusal && `${id}-refusal`].filter(Boolean).join(" ") || null;
  const common = {
    id, name: path, "aria-describedby": described, "aria-invalid": refusal ? "true" : null, autocomplete: "off", ...rest,
    value: value ?? "", onInput: (event) => onValue(event.target.value),
  };
  return html`<div class="field ${refusal ? "refused" : ""}">
    <label for=${id}>${label}${optional && html` <span class="quiet">optional</span>`}</label>
    <div class="field-row">
      ${as === "select" && html`<select ...${common}>${options.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === (value ?? "")}>${text}</option>`)}</select>`}
      ${as === "textarea" && html`<textarea rows="6" ...${common}></textarea>`}
      ${as === "input" && html`<input type="text" ...${common} />`}
      ${after}
    </div>
    ${refusal && html`<p class="refusal" id=${`${id}-refusal`}>${refusal}</p>`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}
