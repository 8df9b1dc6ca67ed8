import { html } from "../../vendor/preact.js";
import { Section } from "../../components/page.js";
import { clock } from "./call.js";

const NAMES = { __proto__: null, assistant: "Assistant", user: "Recipient" }; // Nothing that every object has.

/** The transcript, turn by turn, with the time since the first word. */
export function Conversation({ call }) {
  const turns = call.transcript ?? [];
  if (!turns.length) {
    const why = call.erasedAt ? "It was erased." : call.status === "queued" ? "There is none before the call is over." : "Nothing was said, or nothing was reported.";
    return html`<${Section} title="Transcript"><p class="quiet">${why}</p></${Section}>`;
  }
  const start = Date.parse(turns[0].when);
  return html`<${Section} title="Transcript">
    <ol class="conversation">${turns.map((turn, at) => html`<li key=${at} class=${turn.who === "assistant" ? "ours" : "theirs"}>
      <p class="turn-head"><b>${NAMES[turn.who] ?? turn.who}</b> <span class="quiet">${since(start, turn.when)}</span></p>
      <p class="turn" dir="auto">${turn.what}</p>
    </li>`)}</ol>
  </${Section}>`;
}

function since(start, when) {
  const seconds = (Date.parse(when) - start) / 1000;
  return seconds >= 0 ? clock(seconds) : "";
}

/** Only from `https`: the page's policy allows nothing else, and a stranger has written the address. */
export function Recording({ url }) {
  return html`<${Section} title="Recording">
    ${isHttps(url)
      ? html`<audio controls preload="none" src=${url}></audio>
          <p class="quiet">It is played from ${new URL(url).host}. <a href=${url} target="_blank" rel="noreferrer">Open it there</a></p>`
      : html`<p class="quiet">The recording has no https address, so it is not played here.</p>`}
  </${Section}>`;
}

function isHttps(url) {
  try {
    return new URL(url).protocol === "https:";
  } catch {
    return false;
  }
}
