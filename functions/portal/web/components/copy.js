import { html, useState } from "../vendor/preact.js";
import { toast } from "./toast.js";

/** Copies a text: `<Copy text=${url} what="URL" />`. Where a frame may not, the text is selected for Ctrl-C. */
export function Copy({ text, what = "text", label, onCopied }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    if (await copied(text)) {
      setDone(true);
      onCopied?.();
      setTimeout(() => setDone(false), 2_000);
    } else toast("The browser does not let this page copy. Select the text and copy it yourself.", "bad");
  };
  return html`<button type="button" class="copy" onClick=${copy} aria-label=${done ? `Copied the ${what}` : `Copy the ${what}`}>
    ${done ? "Copied" : label ?? "Copy"}
  </button>`;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedByHand(text);
  }
}

// The older way works in frames that are not given the clipboard.
function copiedByHand(text) {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.value = text;
  field.className = "away";
  field.select();
  try {
    return document.execCommand("copy");
  } finally {
    field.remove();
  }
}
