import { html, useState } from "../../vendor/preact.js";
import { Field } from "../../components/form.js";
import { useCampaignNames } from "../outbound/filter.js";
import { SOURCES, STATUSES, WARMTHS, sentenceOf } from "../outbound/told.js";

const LISTS = ["statuses", "sources", "campaignIds", "warmth"];

/** The form's value of a filter: no part stands for all. */
export const filterValue = (filter) => ({ statuses: [], sources: [], campaignIds: [], warmth: [], ...filter, minDuration: String(filter?.minDuration ?? "") });

/** The filter that it is, null for none. What is no number goes as it was typed: the API says what it wants. */
export function filterOf(value) {
  const filter = Object.fromEntries(LISTS.filter((part) => value[part].length).map((part) => [part, value[part]]));
  const seconds = value.minDuration.trim();
  if (seconds) filter.minDuration = /^\d{1,9}$/.test(seconds) ? Number(seconds) : seconds;
  return Object.keys(filter).length ? filter : null;
}

/** Of which calls the webhook is told. */
export function FilterFields({ form }) {
  const { filter } = form.values;
  const { campaigns, loading, nameOf } = useCampaignNames(true);
  const set = (changes, part) => form.set({ filter: { ...filter, ...changes } }, `filter.${part}`);
  const now = filterOf(filter);
  const seconds = typeof now?.minDuration === "number" ? now.minDuration : undefined;
  const ticks = (part, title, options) => html`<${Ticks} ...${{ title, options, refusal: form.refusal(`filter.${part}`) }}
    chosen=${filter[part]} onChange=${(chosen) => set({ [part]: chosen }, part)} />`;
  const [startsOpen] = useState(() => now !== null);
  return html`<fieldset>
    <legend>Filter</legend>
    <p role="status" aria-label="What the filter lets through" class="breaks" dir="auto"><b>${sentenceOf({ ...now, minDuration: seconds }, nameOf)}</b></p>
    <details class="more" open=${startsOpen || form.problem?.field?.startsWith("filter")}>
      <summary>Choose calls</summary>
      <p class="hint">A call must fit each part. A part in which nothing is chosen lets every call through. What is kept back is not sent, and stands in no log.
        ${form.values.events.includes("call.cancelled") && " Of a cancelled call only its campaign and what asked for it count."}</p>
      ${ticks("statuses", "How it ended", STATUSES)}
      ${ticks("warmth", "How warm the lead is", WARMTHS)}
      ${ticks("sources", "What asked for it", SOURCES)}
      <${Campaigns} ...${{ campaigns, loading, nameOf, refusal: form.refusal("filter.campaignIds") }}
        chosen=${filter.campaignIds} onChange=${(campaignIds) => set({ campaignIds }, "campaignIds")} />
      <${Field} label="How long it lasted at least" optional inputmode="numeric" placeholder="Seconds" hint="In seconds, such as 30. A call that nobody answered lasted none."
        path="filter.minDuration" value=${filter.minDuration} onValue=${(minDuration) => set({ minDuration }, "minDuration")} refusal=${form.refusal("filter.minDuration")} />
    </details>
  </fieldset>`;
}

/** Some of a few; in the order in which they are shown. With `explained` the keys are shown, and the label says what each is. */
export function Ticks({ title, options, chosen, onChange, refusal, explained }) {
  const flip = (key) => onChange(options.map(([one]) => one).filter((one) => (one === key) !== chosen.includes(one)));
  return html`<div class="field ${refusal ? "refused" : ""}" role="group" aria-label=${title}>
    ${!explained && html`<span class="label">${title}</span>`}
    <div class=${explained ? "explained" : "radios"}>${options.map(([key, label], at) => html`<label key=${key} class="check">
      <input type="checkbox" checked=${chosen.includes(key)} aria-invalid=${refusal && at === 0 ? "true" : null} onChange=${() => flip(key)} />
      ${explained ? html`<span><code>${key}</code><br /><span class="quiet">${label}</span></span>` : label}</label>`)}</div>
    ${refusal && html`<p class="refusal" role="alert">${refusal}</p>`}
  </div>`;
}

/** Campaigns by name. A bulk campaign's id is typed, since bulk campaigns are listed nowhere. */
function Campaigns({ campaigns, loading, nameOf, chosen, onChange, refusal }) {
  const [typed, type] = useState("");
  const add = (id) => id && onChange([...new Set([...chosen, id])]);
  const addTyped = () => {
    add(typed.trim());
    type("");
  };
  const free = campaigns.filter(({ id }) => !chosen.includes(id));
  return html`<div class="field ${refusal ? "refused" : ""}" role="group" aria-label="Campaigns">
    <span class="label">Campaigns</span>
    ${chosen.length > 0 && html`<ul class="chips">${chosen.map((id) => html`<li key=${id}><span class="breaks" dir="auto">${nameOf(id)}</span>
      <button type="button" class="icon" aria-label=${`Remove ${nameOf(id)}`} title="Remove" onClick=${() => onChange(chosen.filter((other) => other !== id))}>×</button></li>`)}</ul>`}
    <div class="field-row">
      <select aria-label="Add a campaign" value="" onChange=${(event) => add(event.target.value)}>
        <option value="">${loading ? "Loading…" : free.length ? "Add a campaign…" : "There is no other one"}</option>
        ${free.map(({ id, name }) => html`<option key=${id} value=${id}>${name}</option>`)}
      </select>
      <input type="text" aria-label="Id of a bulk campaign" placeholder="or a bulk campaign's id" autocomplete="off" spellcheck="false" value=${typed}
        aria-invalid=${refusal ? "true" : null} onInput=${(event) => type(event.target.value)}
        onKeyDown=${(event) => event.key === "Enter" && (event.preventDefault(), addTyped())} />
      <button type="button" disabled=${!typed.trim()} onClick=${addTyped}>Add</button>
    </div>
    ${refusal && html`<p class="refusal" role="alert">${refusal}</p>`}
  </div>`;
}
