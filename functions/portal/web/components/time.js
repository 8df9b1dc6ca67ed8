import { html, useEffect, useState } from "../vendor/preact.js";

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const UNITS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** "5 minutes ago", "in 2 hours", "now". */
export function relative(at, now = Date.now()) {
  const seconds = Math.round((new Date(at) - now) / 1000);
  if (Math.abs(seconds) < 5) return "just now";
  const [unit, length] = UNITS.find(([, size]) => Math.abs(seconds) >= size);
  return RELATIVE.format(Math.trunc(seconds / length), unit);
}

/** In the reader's zone, with the zone's name. */
export const exact = (at) => EXACT.format(new Date(at));

// One clock for all times on the page.
const listeners = new Set();
setInterval(() => document.hidden || listeners.forEach((draw) => draw(Date.now())), 10_000);

/** A moment: how long ago, and exactly when somebody points at it. `exact` shows both. `at` is the API's text; null is a dash. */
export function Time({ at, exact: both = false }) {
  const [now, draw] = useState(Date.now());
  useEffect(() => {
    listeners.add(draw);
    return () => listeners.delete(draw);
  }, []);
  if (!at) return html`<span class="quiet">–</span>`;
  return html`<time class=${both ? "exact" : null} datetime=${at} title=${exact(at)}>${both ? `${exact(at)} (${relative(at, Math.max(now, Date.now()))})` : relative(at, Date.now())}</time>`;
}

/** "240 ms", "1.2 s". */
export const duration = (ms) => (ms === null || ms === undefined ? "–" : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);
