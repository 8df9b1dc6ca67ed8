import { html } from "../vendor/preact.js";
import { OUTCOMES } from "./badge.js";
import { Chart } from "./chart.js";
import { duration } from "./time.js";

const COLOURS = { succeeded: "good", failed: "bad", errored: "warn" };
const SERIES = Object.entries(COLOURS).map(([outcome, colour]) => [outcome, OUTCOMES[outcome], colour]);
const HOUR = { weekday: "short", hour: "2-digit", minute: "2-digit" };
const SHORT = new Intl.DateTimeFormat(undefined, HOUR);
const ZONED = new Intl.DateTimeFormat(undefined, { ...HOUR, timeZoneName: "short" });

/** The hour in words. At the end of summer time one comes twice; its zone tells the two apart. */
function named(hours) {
  const names = hours.map(({ hour }) => SHORT.format(new Date(hour)));
  return names.map((name, at) => (name === names[at - 1] || name === names[at + 1] ? ZONED.format(new Date(hours[at].hour)) : name));
}

/** `hours` of `GET …/stats`, as bars and as a table with how long answers took. */
export function DeliveriesChart({ hours }) {
  const names = named(hours);
  const bars = hours.map((hour, at) => ({ key: hour.hour, label: names[at], values: hour }));
  const extra = [["Half within", (bar) => duration(bar.values.p50Ms)], ["95 % within", (bar) => duration(bar.values.p95Ms)]];
  return html`<${Chart} label="Attempts by hour" bars=${bars} series=${SERIES} extra=${extra} />`;
}
