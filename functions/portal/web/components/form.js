import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem, useProblem } from "../api.js";
import { DRAFT, session, tab } from "../session.js";
import { Button } from "./button.js";
import { ProblemBox } from "./page.js";

/**
 * A form's values and refusals.
 *   const form = useForm({ name: "webhook-new", initial: {url: ""}, secret: ["headers"], submit: (values, changes) => post(…) });
 * `changes` are those of the values that differ from `initial`: who saves sends no more, or undoes what others did meanwhile.
 * They are kept in the tab under `name` until they were submitted, so a reload loses nothing. `secret` values, which are named
 * by their key at any depth, are not kept: after a reload they are null, and `lost` says so. Answers `{values, set, problem,
 * setProblem, busy, changed, restored, lost, submit, discard, field, refusal}`. `field("url")` goes into a `Field`;
 * `field("url", "responseWebhook.url")` when the API has another name for it, which is the one that its refusals carry.
 */
export function useForm({ name, initial, secret = [], submit }) {
  const [draft] = useState(() => `${DRAFT}${session()?.account.id}.${name}`);
  const [{ edits, lost }, setTyped] = useState(() => read(draft, secret));
  const [restored, setRestored] = useState(() => Object.keys(edits).length > 0);
  const [problem, setProblem] = useProblem();
  const [busy, setBusy] = useState(false);
  const sending = useRef(false);

  const values = { ...initial, ...edits };
  const changes = without(edits, initial);
  const changed = Object.keys(changes).length > 0;
  const change = (how) => setTyped(({ edits: old, lost }) => {
    const edits = how(old);
    if (Object.keys(edits).length) tab.write(draft, JSON.stringify(edits, (key, value) => (secret.includes(key) && value !== "" ? null : value)));
    else tab.remove(draft);
    return { edits, lost };
  });
  /** `path` is where the API's refusal of it stands: it is answered by typing. */
  const set = (typed, path) => {
    // What is typed back to what it was is no edit: it must not stand against what comes later.
    change((old) => without({ ...old, ...typed }, initial));
    setProblem((old) => (isAt(old?.field, path) ? null : old));
  };
  // What was typed while it was saved stays.
  const settle = (saved) => change((old) => without(old, saved));
  const discard = () => {
    change(() => ({}));
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
      await submit(values, changes);
      settle(values);
      setRestored(false);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      sending.current = false;
      setBusy(false);
    }
  };
  const refusal = (path) => (isAt(problem?.field, path) ? problem.atField : null);
  const field = (key, path = key) => ({
    path, value: values[key], onValue: (value) => set({ [key]: value }, path), refusal: refusal(path),
  });
  return { values, set, problem, setProblem, busy, changed, restored, lost, submit: send, discard, field, refusal };
}

/** The edits that differ from these values. */
const without = (edits, values) =>
  Object.fromEntries(Object.entries(edits).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(values[key])));

function read(draft, secret) {
  let lost = false;
  try {
    const edits = JSON.parse(tab.read(draft), (key, value) => {
      lost ||= value === null && secret.includes(key);
      return value;
    });
    return { edits: edits ?? {}, lost };
  } catch {
    return { edits: {}, lost: false };
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
    ${form.restored && form.changed && html`<p class="hint">What you typed before is here again.${form.lost && " The values of headers are not: the browser does not keep them."}${" "}
      <button type="button" class="link" onClick=${form.discard}>Discard it</button></p>`}
    ${children}
    ${form.problem && !placed && html`<${ProblemBox} problem=${form.problem} />`}
    <div class="form-actions">
      <${Button} type="submit" kind=${danger ? "danger" : "primary"} busy=${form.busy}>${action}</${Button}>
      ${extra}
      ${cancel && html`<a class="button" href=${cancel} onClick=${form.discard}>Cancel</a>`}
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
