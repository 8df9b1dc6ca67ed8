// The API's throttle is for all that an account does at once, so what a page asks for many times is asked for in turn.

const AT_ONCE = 4;
const BUSY = [429, 503];
const PAUSE_MS = 1_000;

let running = 0;
const waiting = [];

/** Does the work when fewer than four others are under way. */
export async function inTurn(work) {
  while (running >= AT_ONCE) await new Promise((turn) => waiting.push(turn));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** Asks again, a moment later, when the API has too much to do: `patiently(() => get(…), {signal})`. */
export async function patiently(ask, { signal, tries = 2 } = {}) {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (problem) {
      if (tried >= tries || !BUSY.includes(problem.status)) throw problem;
      await pause(tried * PAUSE_MS, signal);
    }
  }
}

const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => [clearTimeout(timer), reject(signal.reason)], { once: true });
  });
