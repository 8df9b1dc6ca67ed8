import { html, useEffect, useState } from "../vendor/preact.js";
import { read, replace } from "../router.js";
import { Confirm } from "./dialog.js";

/**
 * Keeps somebody from leaving with changes that are not saved: `<Unsaved changed=${form.changed} onLeave=${form.discard} />`.
 * Another page of the portal is held up with a question in the page; for the rest the browser asks by itself.
 */
export function Unsaved({ changed, onLeave }) {
  const [wanted, setWanted] = useState(null);
  useEffect(() => {
    if (!changed) return undefined;
    // Before the router hears of it: in the capturing phase. The new address is taken back until the answer is there.
    const hold = (event) => {
      const [to, from] = [read(new URL(event.newURL).hash), read(new URL(event.oldURL).hash)];
      if (to.path === from.path) return;
      event.stopImmediatePropagation();
      history.replaceState(null, "", event.oldURL);
      setWanted(to);
    };
    const ask = (event) => event.preventDefault();
    addEventListener("hashchange", hold, { capture: true });
    addEventListener("beforeunload", ask);
    return () => {
      removeEventListener("hashchange", hold, { capture: true });
      removeEventListener("beforeunload", ask);
    };
  }, [changed]);
  const leave = () => {
    onLeave();
    setWanted(null);
    // Once this page has seen that nothing is left to be saved.
    setTimeout(() => replace(wanted.path, wanted.query));
  };
  return wanted && html`<${Confirm} title="Leave without saving?" action="Leave" onConfirm=${leave} onClose=${() => setWanted(null)}>
    <p>What you changed on this page is not saved yet. It is lost when you leave.</p>
  </${Confirm}>`;
}
