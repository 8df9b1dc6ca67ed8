// What is typed into a campaign's form, and what of it the API is told.

import { html } from "../../vendor/preact.js";
import { Problem, Written, everyPage, useLoad } from "../../api.js";
import { Field } from "../../components/form.js";
import { inLines, membersOf } from "../../components/json-text.js";
import { Facts, ProblemBox } from "../../components/page.js";

export const STATUSES = [["draft", "Draft"], ["active", "Active"], ["paused", "Paused"]];
export const PROMPT_LIMIT = 50_000;
const TEXTS = ["name", "prompt", "voice", "language", "voicemailMessage", "backgroundAmbience"];
const OBJECTS = ["followUps", "callForwarding", "keypadNavigation"];
const LABELS = {
  voice: "Voice",
  language: "Language",
  voicemailMessage: "Voicemail message",
  backgroundAmbience: "Background ambience",
  followUps: "Follow-ups",
  callForwarding: "Call forwarding",
  keypadNavigation: "Keypad navigation",
};

/** A campaign from the API's answer. The objects are texts, with every number as it is stored. */
export function readCampaign(text) {
  const campaign = JSON.parse(text);
  const written = membersOf(text);
  for (const name of OBJECTS) campaign[name] = campaign[name] && inLines(written[name]);
  return campaign;
}

/** A campaign as it stands in the form. */
export const valuesOf = (campaign) => Object.fromEntries(["webhookId", ...TEXTS, ...OBJECTS].map((name) => [name, campaign[name] ?? ""]));

/** The body of the `PATCH`. */
export const bodyOf = (changes) =>
  Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, OBJECTS.includes(name) ? object(name, value) : value]));

function object(name, text) {
  if (!text.trim()) return null;
  const refuse = (message) => {
    throw new Problem({ code: "invalid_json", field: name, message });
  };
  try {
    JSON.parse(text, (_, value) => (value === Infinity || value === -Infinity ? refuse("A number is too large to be kept") : value));
  } catch (error) {
    if (error instanceof Problem) throw error;
    refuse(`This is not JSON: ${error.message}`);
  }
  return new Written(text);
}

/** Chooses among the inbound webhooks that have no campaign yet. */
export function FreeWebhook({ form, hint }) {
  const { data, problem, reload } = useLoad((signal) => everyPage("/webhooks", { direction: "inbound" }, { signal }), []);
  const free = (data ?? []).filter((webhook) => !webhook.campaignId);
  return html`<${Field} label="Inbound webhook" as="select" optional hint=${hint} options=${[["", "None"], ...free.map(({ id, name }) => [id, name])]} ...${form.field("webhookId")} />
    ${problem && html`<${ProblemBox} problem=${problem} retry=${reload} />`}`;
}

/** The fields beside the prompt. */
export function SettingsFields({ form, campaign }) {
  return html`
    <${Field} label="Name" ...${form.field("name")} />
    ${!campaign.webhookId && html`<${FreeWebhook} form=${form} hint="It cannot be changed later." />`}
    <div class="pair">
      <${Field} label=${LABELS.voice} optional ...${form.field("voice")} />
      <${Field} label=${LABELS.language} optional placeholder="en-US" ...${form.field("language")} />
    </div>
    <${Field} label=${LABELS.backgroundAmbience} optional ...${form.field("backgroundAmbience")} />
    <${Field} label=${LABELS.voicemailMessage} as="textarea" rows="3" optional hint="What is said when a voicemail answers." ...${form.field("voicemailMessage")} />
    <details class="more" open=${OBJECTS.some((name) => campaign[name] || form.refusal(name))}>
      <summary>Follow-ups, forwarding, keypad</summary>
      <p class="hint">JSON objects that only the dialer reads: what is in them is its to say.</p>
      ${OBJECTS.map((name) => html`<${Field} key=${name} label=${LABELS[name]} as="textarea" rows="3" class="mono" spellcheck=${false} optional ...${form.field(name)} />`)}
    </details>`;
}

/** The same, for whoever may only look. */
export const SettingsFacts = ({ campaign }) =>
  html`<${Facts} items=${Object.entries(LABELS).map(([name, label]) => [
    label,
    OBJECTS.includes(name) && campaign[name]
      ? html`<code class="as-typed">${campaign[name]}</code>`
      : campaign[name] || html`<span class="quiet">–</span>`,
  ])} />`;
