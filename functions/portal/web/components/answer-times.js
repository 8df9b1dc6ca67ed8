import { html } from "../vendor/preact.js";
import { duration } from "./time.js";

const HEIGHT = 48;
const LINES = [["p95Ms", "95 % within", "slow"], ["p50Ms", "half within", "usual"]];

/** How long answers took, hour by hour. Its numbers stand in the table of the deliveries above it. */
export function AnswerTimes({ hours }) {
  const most = Math.max(...hours.map((hour) => hour.p95Ms ?? 0));
  if (!most) return null;
  return html`<figure class="chart times">
    <figcaption><span class="legend"><b>Answer time</b>
      ${LINES.map(([key, name, kind]) => html`<span key=${key}><i class="dot ${kind}" aria-hidden="true"></i>${name} <b>${duration(newest(hours, key))}</b></span>`)}
    </span><span class="quiet">peak ${duration(most)}</span></figcaption>
    <svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${`Answer time by hour, at most ${duration(most)}`}>
      ${LINES.map(([key, , kind]) => parts(hours, key).map((part, at) => html`<polyline key=${`${key}${at}`} class=${kind} points=${part.map((point) => place(point, hours.length, most)).join(" ")} />`))}
    </svg>
  </figure>`;
}

const newest = (hours, key) => hours.findLast((hour) => hour[key] !== null)?.[key];

/** The stretches of hours that have a value: `[[[at, ms], …], …]`. An hour without one is a gap. */
function parts(hours, key) {
  const found = [[]];
  hours.forEach((hour, at) => (hour[key] === null ? found.push([]) : found.at(-1).push([at, hour[key]])));
  return found.filter((part) => part.length);
}

/** A lone hour is a short line, so that it is seen: it goes from the left to the right end of the hour. */
function place([at, ms], n, most) {
  const y = HEIGHT - 2 - (ms / most) * (HEIGHT - 6);
  return `${((at + 0.12) * 100) / n},${y} ${((at + 0.88) * 100) / n},${y}`;
}
