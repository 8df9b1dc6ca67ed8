// Of what an outbound webhook is told, in words.

import { lengthOf } from "../call/call.js";

/** Its events, and what each tells. */
export const EVENTS = [
  ["call.finished", "A call is over: it was finished, missed or has failed. With its result."],
  ["call.cancelled", "A call that was asked for will not ring: there are no credits, or its campaign is not active."],
  ["webhook.failing", "Another endpoint of yours has failed three times in a row, or works again. It is not about a call."],
  ["webhook.disabled", "Another endpoint of yours was switched off because of how it answered. It is not about a call."],
];

export const DEFAULT_EVENTS = ["call.finished"];

export const STATUSES = [["finished", "Finished"], ["missed", "Missed"], ["failed", "Failed"]];
export const WARMTHS = [["hot", "Hot"], ["warm", "Warm"], ["cold", "Cold"], ["dead", "Dead"], ["unknown", "Unknown"]];
export const SOURCES = [
  ["inbound", "A request to an inbound webhook"],
  ["campaign", "A bulk campaign"],
  ["test", "A test call"],
];

const ASKED_BY = { __proto__: null, inbound: "an inbound webhook", campaign: "a bulk campaign", test: "a test" };
const MOST_NAMED = 3;

/** What a filter lets through: "Finished calls of Q4 Outreach with a hot or warm lead". `nameOf` knows a campaign's name by its id. */
export function sentenceOf(filter, nameOf) {
  const { statuses, sources, campaignIds, warmth, minDuration } = filter ?? {};
  const parts = [statuses ? `${capital(either(statuses))} calls` : "All calls"];
  if (campaignIds) parts.push(`of ${either(few(campaignIds.map(nameOf)))}`);
  if (warmth) parts.push(`with ${warmth[0] === "unknown" ? "an" : "a"} ${either(warmth)} lead`);
  if (sources) parts.push(`asked for by ${either(sources.map((source) => ASKED_BY[source] ?? source))}`);
  if (minDuration) parts.push(`that lasted ${lengthOf(minDuration)} or longer`);
  return `${parts.join(" ")}.`;
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const either = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`);
const few = (names) => (names.length > MOST_NAMED + 1 ? [...names.slice(0, MOST_NAMED), `${names.length - MOST_NAMED} other campaigns`] : names);
