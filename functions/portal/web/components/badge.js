import { html } from "../vendor/preact.js";

// What a word of the API is in English, and whether it is good news. A word that is not here is shown as it is.
const WORDS = {
  enabled: ["Enabled", "good"], disabled: ["Disabled", "bad"], failing: ["Failing", "bad"],
  active: ["Active", "good"], paused: ["Paused", "warn"], draft: ["Draft", ""],
  succeeded: ["Succeeded", "good"], failed: ["Failed", "bad"], error: ["No answer", "bad"], errored: ["No answer", "bad"],
  pending: ["Pending", "warn"], skipped: ["Not sent", ""],
  accepted: ["Accepted", "good"], rejected: ["Rejected", "bad"], cancelled: ["Cancelled", "warn"], ignored: ["Ignored", "warn"],
  duplicate: ["Repeat", ""], queued: ["Queued", "warn"], finished: ["Finished", "good"], missed: ["Missed", "warn"],
  hot: ["Hot", "good"], warm: ["Warm", "warn"], cold: ["Cold", ""], dead: ["Dead", ""], unknown: ["Unknown", ""],
  positive: ["Positive", "good"], neutral: ["Neutral", ""], negative: ["Negative", "bad"],
};

/** A status: `<Badge of="succeeded" />`, or with words of its own: `<Badge kind="bad" text="Failing" />`. */
export function Badge({ of, kind, text, title }) {
  const [word, mood] = WORDS[of] ?? [of, ""];
  return html`<span class="badge ${kind ?? mood}" title=${title}>${text ?? word}</span>`;
}
