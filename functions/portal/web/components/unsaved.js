import { html, useLayoutEffect, useRef, useState } from "../vendor/preact.js";
import { holdUp } from "../router.js";
import { Confirm } from "./dialog.js";

/**
 * Keeps somebody from leaving with changes that are not saved: `<Unsaved changed=${form.changed} onLeave=${form.discard} />`.
 * Before another page of the portal the question is asked in the page; for the rest the browser asks by itself. `title` and
 * `children` are the question, when it is about something else.
 */
export function Unsaved({ changed, onLeave, title = "Leave without saving?", children }) {
  const [go, setGo] = useState(null);
  const letGo = useRef(null);
  // At once: a step back may follow the last key.
  useLayoutEffect(() => {
    if (!changed) return undefined;
    letGo.current = holdUp((way) => setGo(() => way));
    const ask = (event) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => {
      letGo.current();
      removeEventListener("beforeunload", ask);
    };
  }, [changed]);
  const leave = () => {
    letGo.current();
    onLeave?.();
    go();
  };
  return go && html`<${Confirm} title=${title} action="Leave" cancel="Stay" onConfirm=${leave} onClose=${() => setGo(null)}>
    ${children ?? html`<p>What you changed on this page is not saved yet. It is lost when you leave.</p>`}
  </${Confirm}>`;
}
