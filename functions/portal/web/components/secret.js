import { html, useState } from "../vendor/preact.js";
import { Copy } from "./copy.js";
import { Unsaved } from "./unsaved.js";

/**
 * A text that is a credential: hidden until it is asked for. `shown` is what may be seen of it meanwhile. Whoever hides more
 * than this together with it gives `open` and `onOpen`.
 */
export function Secret({ text, what = "secret", shown = "••••••••••••••••", open, onOpen, onCopied }) {
  const [own, setOwn] = useState(false);
  const [isOpen, setOpen] = onOpen ? [open, onOpen] : [own, setOwn];
  return html`<span class="secret">
    <code>${isOpen ? text : shown}</code>
    <button type="button" class="copy" aria-pressed=${isOpen} aria-label=${`${isOpen ? "Hide" : "Show"} the ${what}`} onClick=${() => setOpen(!isOpen)}>
      ${isOpen ? "Hide" : "Show"}
    </button>
    <${Copy} text=${text} what=${what} onCopied=${onCopied} />
  </span>`;
}

/** The signing secret, the one time that it is shown. Leaving is asked about until it was copied or `isKept`. */
export function SecretOnce({ text, isKept }) {
  const [isCopied, setCopied] = useState(false);
  return html`<${Secret} text=${text} what="signing secret" onCopied=${() => setCopied(true)} />
    <${Unsaved} changed=${!isCopied && !isKept} title="Leave without the secret?">
      <p>The signing secret has not been copied, and it cannot be shown again. Without it the receiver cannot verify what comes from here: the secret must be rotated then.</p>
    </${Unsaved}>`;
}
