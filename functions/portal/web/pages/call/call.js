// What several pages know of a call.

import { get, useLoad } from "../../api.js";
import { useAgain } from "../../components/again.js";

const ASK_EVERY_MS = 2_000;

export const isOver = (call) => call.status !== "queued";

/** Whom it was with, in words: a name, else the number. */
export function personOf(call) {
  const { firstName, lastName, phoneNumber } = call.recipient ?? {};
  return [firstName, lastName].filter(Boolean).join(" ") || phoneNumber || "Erased recipient";
}

/** Seconds as 2 min 22 s. */
export const lengthOf = (seconds) => (seconds < 60 ? `${Math.floor(seconds)} s` : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`);

/** Seconds as 2:22, a place in the call. */
export const clock = (seconds) => {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  return `${minutes}:${String(rest).padStart(2, "0")}`;
};

/** The call, loaded again and again until it is over; only while somebody looks at the tab. */
export function useCall(id) {
  const loaded = useLoad((signal) => get(`/calls/${encodeURIComponent(id)}`, {}, { signal }), [id]);
  const { data, problem } = loaded;
  useAgain(loaded, Boolean(data && !isOver(data)) && !problem, ASK_EVERY_MS);
  return loaded;
}
