import { html } from "../vendor/preact.js";

/** What became of an attempt, everywhere in the same words. */
export const OUTCOMES = { __proto__: null, succeeded: "Delivered", failed: "Refused", errored: "No answer" };

// What a word of the API is in English, and whether it is good news. A word that is not here is shown as it is.
const WORDS = {
  __proto__: null, // A key from outside must not find what every object has.
  enabled: ["Enabled", "good"], disabled: ["Disabled", "bad"], failing: ["Failing", "bad"],
  active: ["Active", "good"], paused: ["Paused", "warn"], draft: ["Draft", ""],
  failed: ["Failed", "bad"],
  pending: ["Pending", "warn"], skipped: ["Not sent", ""],
  accepted: ["Accepted", "good"], rejected: ["Rejected", "bad"], cancelled: ["Cancelled", "warn"], ignored: ["Ignored", "warn"],
  duplicate: ["Repeat", ""], queued: ["Queued", "warn"], finished: ["Finished", "good"], missed: ["Missed", "warn"],
  hot: ["Hot", "good"], warm: ["Warm", "warn"], cold: ["Cold", ""], dead: ["Dead", ""], unknown: ["Unknown", ""],
  positive: ["Positive", "good"], neutral: ["Neutral", ""], negative: ["Negative", "bad"],
};

/** A status: `<Badge of="active" />`, or with words of its own: `<Badge kind="bad" text="Failing" />`. */
export function Badge({ of, kind, text, title }) {
  const [word, mood] = WORDS[of] ?? [of, ""];
  return html`<span class="badge ${kind ?? mood}" title=${title}>${text ?? word}</span>`;
}

/** The outcome of an attempt, and what may stand behind it: `<Outcome of="failed" code="500" />`. */
export const Outcome = ({ of, code }) =>
  html`<${Badge} kind=${of === "succeeded" ? "good" : "bad"} text=${[OUTCOMES[of] ?? of, code].filter(Boolean).join(" · ")} />`;
