import { html, useState } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { Confirm } from "./dialog.js";
import { Field } from "./form.js";

/**
 * Ready-made payloads or mappings to begin with. `onTake` gets the chosen one; whoever has typed something (`isEmpty()` says no) is
 * asked first.
 */
export function PresetChoice({ kind, isEmpty, onTake }) {
  const presets = useLoad((signal) => get("/presets", {}, { signal }), []);
  const [taken, setTaken] = useState(null);
  const [asked, ask] = useState(null);
  const known = (presets.data?.items ?? []).filter((preset) => preset.kind === kind);
  const take = (preset) => {
    onTake(preset);
    setTaken(preset);
  };
  const choose = (id) => {
    const preset = known.find((one) => one.id === id);
    if (!preset) return;
    if (isEmpty()) take(preset);
    else ask(preset);
  };
  const first = presets.problem ? "They cannot be loaded" : presets.data ? "Choose…" : "Loading…";
  return html`<div class="stack wide-stack">
    <${Field} label="Begin with a preset" optional as="select" value=${taken?.id ?? ""} onValue=${choose}
      options=${[["", first], ...known.map(({ id, name }) => [id, name])]} />
    ${taken && html`<p class="hint">${taken.description}${taken.reference.startsWith("https://") && html` <a href=${taken.reference} target="_blank" rel="noreferrer">Its documentation</a>`}</p>`}
    ${asked && html`<${Confirm} title="Replace what is typed?" action="Replace" onConfirm=${() => take(asked)} onClose=${() => ask(null)}>
      <p>“${asked.name}” takes the place of what stands here now. Nothing is saved yet.</p>
    </${Confirm}>`}
  </div>`;
}
