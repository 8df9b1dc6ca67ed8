import { html, useEffect, useState } from "../../vendor/preact.js";
import { asProblem, post } from "../../api.js";
import { Facts } from "../../components/page.js";
import { FIELDS } from "./paths.js";

const AFTER_MS = 400; // Of no typing.

/** What the body becomes by the mapping, asked for again whenever one of them is changed. */
export function Preview({ id, body, mapping }) {
  const [state, setState] = useState({});
  const asked = JSON.stringify({ body, mapping });
  const ready = Boolean(mapping.phoneNumber && body.trim());
  useEffect(() => {
    if (!ready) return undefined;
    let wanted = true;
    const timer = setTimeout(async () => {
      const answered = await post(`/webhooks/${id}/requests/preview`, { body, mapping }).then((preview) => ({ preview }), (error) => ({ problem: asProblem(error) }));
      if (wanted) setState(answered);
    }, AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [id, asked]);
  if (!ready) return html`<p class="quiet">Paste a body, and type where in it the phone number stands.</p>`;
  return html`<div class="stack wide-stack" role="status" aria-label="What would be called">
    ${state.problem && html`<p class="refusal">${state.problem.message}</p>`}
    ${state.preview && html`<${Shown} preview=${state.preview} />`}
    ${!state.problem && !state.preview && html`<p class="quiet">Reading…</p>`}
  </div>`;
}

const LABELS = Object.fromEntries(FIELDS);
const label = (field) => LABELS[field] ?? field;

function Shown({ preview }) {
  const { error, recipient, metadata, variables, idempotencyKey, dropped, missing, readAs } = preview;
  if (error) return html`<p class="refusal">It would be refused: ${error.message}. <code>${error.code}</code></p>`;
  const named = (object, prefix) => Object.entries(object ?? {}).map(([name, value]) => [`${prefix}: ${name}`, text(value)]);
  return html`
    ${readAs === "documented" && html`<p class="quiet">This is our own form of request. It is read as such, without the mapping.</p>`}
    <${Facts} items=${[
      ...Object.entries(recipient).map(([field, value]) => [label(field), html`<span class="breaks">${value}</span>`]),
      ...named(variables, "Word"),
      ...named(metadata, "Metadata"),
      idempotencyKey && [label("idempotencyKey"), text(idempotencyKey)],
    ]} />
    ${dropped.length > 0 && html`<div class="notice"><p>Left out:</p><ul>${dropped.map(({ field, reason }) => html`<li key=${field}><b>${label(field)}</b> ${reason}.</li>`)}</ul></div>`}
    ${missing.length > 0 && html`<p class="quiet">Nothing in this body for: ${missing.map(label).join(", ")}.</p>`}`;
}

const text = (value) => html`<code class="breaks">${typeof value === "string" ? value : JSON.stringify(value)}</code>`;
