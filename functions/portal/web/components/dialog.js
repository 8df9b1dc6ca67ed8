import { html, useEffect, useRef } from "../vendor/preact.js";
import { asProblem, useProblem } from "../api.js";
import { Button } from "./button.js";
import { ProblemBox } from "./page.js";

/**
 * Asks before a step that cannot be taken back: `<Confirm title="Rotate the URL?" action="Rotate" onConfirm=${…} onClose=${…}>
 * what it will do</Confirm>`. It stays open, with the problem, when `onConfirm` throws, and closes when it is done.
 */
export function Confirm({ title, action, cancel = "Cancel", danger = true, onConfirm, onClose, children }) {
  const [problem, setProblem] = useProblem();
  const confirm = async () => {
    setProblem(null);
    try {
      await onConfirm();
    } catch (error) {
      setProblem(asProblem(error));
      return;
    }
    onClose();
  };
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <div class="dialog-body">${children}</div>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <div class="dialog-actions">
      <button type="button" onClick=${onClose}>${cancel}</button>
      <${Button} kind=${danger ? "danger" : "primary"} onPress=${confirm}>${action}</${Button}>
    </div>
  </${Dialog}>`;
}

/** A dialog of the page itself, since a frame may not open the browser's. It has the focus until it is closed. */
export function Dialog({ title, onClose, children }) {
  const element = useRef(null);
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog.showModal();
    return () => {
      dialog.close();
      before?.isConnected && before.focus();
    };
  }, []);
  // The browser closes it by Escape; the owner decides, so that nothing is shown twice.
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${element} onCancel=${cancel} aria-label=${title}>
    <h2>${title}</h2>
    ${children}
  </dialog>`;
}
