import { html, useRef, useState } from "../vendor/preact.js";
import { asProblem } from "../api.js";
import { toast } from "./toast.js";

/**
 * A button whose work takes a moment: it is busy, and cannot be pressed again, until `onPress` is done. What `onPress` throws
 * is said in a toast. `kind`: "primary", "danger", "link" or nothing.
 */
export function Button({ kind = "", onPress, children, type = "button", disabled, busy: isBusy = false, ...rest }) {
  const [busy, setBusy] = useState(false);
  const pressed = useRef(false);
  const press = async (event) => {
    if (!onPress || pressed.current) return;
    pressed.current = true;
    setBusy(true);
    try {
      await onPress(event);
    } catch (error) {
      // Of a session that is over the page says so itself.
      if (error.name !== "AbortError" && error.status !== 401) toast(asProblem(error).message, "bad");
    } finally {
      pressed.current = false;
      setBusy(false);
    }
  };
  const working = busy || isBusy;
  return html`<button type=${type} class=${kind} onClick=${press} aria-busy=${working} aria-disabled=${working} disabled=${disabled} ...${rest}>
    ${children}
  </button>`;
}
