import { html, render } from "../vendor/preact.js";

const SHOWN_MS = 6_000;
let host;
let shown = [];

/** Says in a corner that something was done ("good"), or was not ("bad"). Screen readers read it out. */
export function toast(text, kind = "good") {
  const entry = { text, kind, id: Symbol() };
  shown = [...shown.slice(-2), entry];
  draw();
  // Bad news stays until it is closed.
  if (kind !== "bad") setTimeout(() => close(entry), SHOWN_MS);
}

function close(entry) {
  shown = shown.filter((other) => other !== entry);
  draw();
}

function draw() {
  if (!host) {
    host = document.body.appendChild(document.createElement("div"));
    host.className = "toasts";
    host.setAttribute("role", "status");
  }
  render(html`${shown.map((entry) => html`<div class="toast ${entry.kind}" key=${entry.id}>
    <span>${entry.text}</span><button type="button" class="icon" aria-label="Close" onClick=${() => close(entry)}>×</button>
  </div>`)}`, host);
}
