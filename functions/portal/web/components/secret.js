import { html, useState } from "../vendor/preact.js";
import { Copy } from "./copy.js";

/**
 * A text that is a credential: hidden until it is asked for. `shown` is what may be seen of it meanwhile. Whoever hides more
 * than this together with it gives `open` and `onOpen`.
 */
export function Secret({ text, what = "secret", shown = "••••••••••••••••", open, onOpen }) {
  const [own, setOwn] = useState(false);
  const [isOpen, setOpen] = onOpen ? [open, onOpen] : [own, setOwn];
  return html`<span class="secret">
    <code>${isOpen ? text : shown}</code>
    <button type="button" class="copy" aria-pressed=${isOpen} aria-label=${`${isOpen ? "Hide" : "Show"} the ${what}`} onClick=${() => setOpen(!isOpen)}>
      ${isOpen ? "Hide" : "Show"}
    </button>
    <${Copy} text=${text} what=${what} />
  </span>`;
}
