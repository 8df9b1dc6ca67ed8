import { html, useEffect, useState } from "../vendor/preact.js";
import { setQuery } from "../router.js";

/** One of a few: `<Choice label="Outcome" name="outcome" query=${query} options=${[["", "All"], ["failed", "Failed"]]} />`. In the URL. */
export const Choice = ({ label, name, query, options }) => html`<label class="choice"><span>${label}</span>
  <select value=${query[name] ?? ""} onChange=${(event) => setQuery({ [name]: event.target.value })}>
    ${options.map(([value, text]) => html`<option key=${value} value=${value} selected=${value === (query[name] ?? "")}>${text}</option>`)}
  </select>
</label>`;

/** A moment in the reader's zone, in the URL as the API takes it (RFC 3339, UTC). */
export const Moment = ({ label, name, query }) => html`<label class="choice"><span>${label}</span>
  <input type="datetime-local" value=${localMoment(query[name])} onChange=${(event) => setQuery({ [name]: utcMoment(event.target.value) })} />
</label>`;

export const Filters = ({ children }) => html`<div class="filters" role="group" aria-label="Filters">${children}</div>`;

/** The API's moment as the field has it, in the zone of the reader; "" of what is none. */
export function localMoment(at) {
  const time = at ? new Date(at) : null;
  if (!time || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** And back. */
export const utcMoment = (text) => (text ? new Date(text).toISOString() : null);

/** A text that is looked for whole, such as an id. It counts when the field is left, or with Enter. */
export function Exactly({ label, name, query, placeholder }) {
  const asked = query[name] ?? "";
  // What is typed stays when the page is drawn anew meanwhile, as it is when a log follows along.
  const [text, setText] = useState(asked);
  useEffect(() => setText(asked), [asked]);
  return html`<label class="choice"><span>${label}</span>
    <input type="text" spellcheck="false" autocomplete="off" placeholder=${placeholder} value=${text}
      onInput=${(event) => setText(event.target.value)} onChange=${(event) => setQuery({ [name]: event.target.value.trim() })} />
  </label>`;
}

/** Takes the named filters away; nothing when none is set. */
export const Clear = ({ names, query }) =>
  names.some((name) => query[name])
    ? html`<button type="button" class="link clear" onClick=${() => setQuery(Object.fromEntries(names.map((name) => [name, null])))}>Clear filters</button>`
    : null;
