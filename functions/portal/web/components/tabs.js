import { html, useRef, useState } from "../vendor/preact.js";

let count = 0;

/** Parts of which one is seen: `<Tabs label="Language" tabs=${[["python", "Python", content], …]} />`. Arrow keys change it. */
export function Tabs({ label, tabs }) {
  const [id] = useState(() => `tabs-${++count}`);
  const [chosen, choose] = useState(tabs[0][0]);
  const list = useRef(null);
  const at = Math.max(0, tabs.findIndex(([key]) => key === chosen));
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const to = (at + step + tabs.length) % tabs.length;
    choose(tabs[to][0]);
    list.current.children[to].focus();
  };
  return html`<div class="tabbed">
    <div class="tab-list" role="tablist" aria-label=${label} ref=${list} onKeyDown=${move}>
      ${tabs.map(([key, name], place) => html`<button key=${key} type="button" role="tab" id=${`${id}-${key}`} aria-controls=${`${id}-panel`}
        aria-selected=${place === at} tabindex=${place === at ? 0 : -1} onClick=${() => choose(key)}>${name}</button>`)}
    </div>
    <div role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${tabs[at][0]}`}>${tabs[at][2]}</div>
  </div>`;
}
