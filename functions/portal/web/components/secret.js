import { html, useState } from "../vendor/preact.js";
import { Copy } from "./copy.js";

/** A text that is a credential: hidden until it is asked for. `shown` is what may be seen of it meanwhile. */
export function Secret({ text, what = "secret", shown = "••••••••••••••••" }) {
  const [open, setOpen] = useState(false);
  return html`<span class="secret">
    <code>${open ? text : shown}</code>
    <button type="button" class="copy" aria-pressed=${open} aria-label=${`${open ? "Hide" : "Show"} the ${what}`} onClick=${() => setOpen(!open)}>
      ${open ? "Hide" : "Show"}
    </button>
    <${Copy} text=${text} what=${what} />
  </span>`;
}
