import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { NAME } from "../given.js";
import { Time } from "./time.js";

let started = false;

/**
 * A page: its heading, which takes the focus after a click, and its name in the tab.
 * `back` and `forth` are `[label, href]`: to what lies above, and to the next of its kind. `actions` stand to the right; `loaded` is what `useLoad` or `usePages` answered, for its time.
 */
export function Page({ title, back, forth, badge, actions, loaded, lead, children }) {
  const heading = useRef(null);
  useEffect(() => {
    document.title = `${title} · ${NAME}`;
  }, [title]);
  useEffect(() => {
    // Not at the start: a reader begins at the top of the document then.
    if (started) heading.current.focus({ preventScroll: true });
    started = true;
    scrollTo(0, 0);
  }, []);
  return html`<div class="page">
    ${back && html`<div class="ways">
      <a href=${back[1]}><span aria-hidden="true">←</span> ${back[0]}</a>
      ${forth && html`<a href=${forth[1]}>${forth[0]} <span aria-hidden="true">→</span></a>`}
    </div>`}
    <div class="page-head">
      <div class="page-title">
        <h1 tabindex="-1" ref=${heading} title=${title.length > 80 ? title : null}>${title}</h1>
        ${badge}
      </div>
      <div class="actions">
        ${loaded && html`<${LoadedAt} ...${loaded} />`}
        ${actions}
      </div>
    </div>
    ${lead && html`<p class="lead">${lead}</p>`}
    ${children}
  </div>`;
}

/** When it was loaded, and a button that loads it again. */
export function LoadedAt({ loadedAt, loading, reload }) {
  return html`<span class="loaded-at">
    ${loadedAt && html`<span class="quiet">Loaded <${Time} at=${loadedAt.toISOString()} /></span>`}
    <button type="button" class="icon" aria-label="Load again" title="Load again" aria-busy=${loading} onClick=${() => reload()}>
      <span class=${loading ? "turning" : ""} aria-hidden="true">↻</span>
    </button>
  </span>`;
}

/** A part of a page with a heading of its own. */
export function Section({ title, actions, note, children }) {
  return html`<section class="section">
    <div class="section-head"><h2>${title}</h2>${actions && html`<div class="actions">${actions}</div>`}</div>
    ${note && html`<p class="quiet">${note}</p>`}
    ${children}
  </section>`;
}

/** Pairs of a name and a value: `[["Method", "POST"], …]`. */
export const Facts = ({ items }) =>
  html`<dl class="facts">${items.filter(Boolean).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** What `useLoad` answered: lines in grey while it loads, the problem with a retry, or `children(data)`. */
export function Loaded({ data, problem, loading, reload, lines = 4, children }) {
  if (data !== undefined) return html`${problem && html`<${ProblemBox} problem=${problem} retry=${reload} />`}${children(data)}`;
  if (problem && !loading) return html`<${ProblemBox} problem=${problem} retry=${reload} />`;
  return html`<${Skeleton} lines=${lines} />`;
}

const SLOW_MS = 5_000;

/** Grey lines in the place of what is not there yet, and a word when that takes long. */
export function Skeleton({ lines = 4 }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return html`<div class="skeleton" role="status" aria-label="Loading">
    ${slow && html`<p class="quiet">This takes longer than usual.</p>`}
    ${Array.from({ length: lines }, (_, line) => html`<span key=${line}></span>`)}
  </div>`;
}

/** A refusal in words, with what support will ask for. */
export function ProblemBox({ problem, retry }) {
  return html`<div class="problem" role="alert">
    <p>${problem.message}</p>
    <p class="quiet"><code>${problem.code}</code>${problem.requestId && html` · request <code>${problem.requestId}</code>`}</p>
    ${retry && html`<button type="button" onClick=${() => retry()}>Try again</button>`}
  </div>`;
}
