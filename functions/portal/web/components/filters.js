import { html } from "../vendor/preact.js";
import { setQuery } from "../router.js";

/** One of a few: `<Choice label="Outcome" name="outcome" query=${query} options=${[["", "All"], ["failed", "Failed"]]} />`. In the URL. */
export const Choice = ({ label, name, query, options }) => html`<label class="choice"><span>${label}</span>
  <select value=${query[name] ?? ""} onChange=${(event) => setQuery({ [name]: event.target.value })}>
    ${options.map(([value, text]) => html`<option key=${value} value=${value} selected=${value === (query[name] ?? "")}>${text}</option>`)}
  </select>
</label>`;

/** A moment in the reader's zone, in the URL as the API takes it (RFC 3339, UTC). */
export const Moment = ({ label, name, query }) => html`<label class="choice"><span>${label}</span>
  <input type="datetime-local" value=${local(query[name])} onChange=${(event) => setQuery({ [name]: utc(event.target.value) })} />
</label>`;

export const Filters = ({ children }) => html`<div class="filters" role="group" aria-label="Filters">${children}</div>`;

function local(at) {
  const time = at ? new Date(at) : null;
  if (!time || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const utc = (text) => (text ? new Date(text).toISOString() : null);
