import { html } from "../vendor/preact.js";
import { Chart } from "./chart.js";
import { duration } from "./time.js";

const SERIES = [["succeeded", "Delivered", "good"], ["failed", "Refused", "bad"], ["errored", "No answer", "warn"]];
const HOUR = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit" });

/** `hours` of `GET …/stats`, as bars and as a table with how long answers took. */
export function DeliveriesChart({ hours, label = "Deliveries by hour" }) {
  const bars = hours.map((hour) => ({ label: HOUR.format(new Date(hour.hour)), values: hour }));
  const extra = [["Half within", (bar) => duration(bar.values.p50Ms)], ["95 % within", (bar) => duration(bar.values.p95Ms)]];
  return html`<${Chart} label=${label} bars=${bars} series=${SERIES} extra=${extra} />`;
}
