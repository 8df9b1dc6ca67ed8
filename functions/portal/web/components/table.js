import { html, useCallback, useEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem, get } from "../api.js";
import { onReturn, session } from "../session.js";
import { ProblemBox, Skeleton } from "./page.js";

const FOLLOW_EVERY_MS = 5_000;

/**
 * A list of the API, page by page: `usePages("/webhooks", {direction: "inbound"})`.
 * Answers `{rows, problem, loading, loadedAt, hasMore, more, reload, following, follow}`. `rows` is undefined until the first
 * page is there. `follow(true)` asks for new rows every five seconds, while the tab is seen. `id` tells rows apart.
 */
export function usePages(path, query = {}, id = (row) => row.id) {
  const [state, setState] = useState({ loading: true });
  const [following, follow] = useState(false);
  const turn = useRef(0);
  const question = JSON.stringify(query);

  const ask = useCallback(async (cursor, put) => {
    const mine = ++turn.current;
    setState((old) => ({ ...old, loading: true, problem: null }));
    try {
      const page = await get(path, { ...JSON.parse(question), cursor });
      if (mine === turn.current) setState((old) => ({ ...put(old, page), loading: false, problem: null, loadedAt: new Date() }));
    } catch (error) {
      if (mine === turn.current) setState((old) => ({ ...old, loading: false, problem: asProblem(error) }));
    }
  }, [path, question]);

  const reload = useCallback(() => ask(null, (_, page) => ({ rows: page.items, next: page.nextCursor })), [ask]);
  const more = () => ask(state.next, (old, page) => ({ rows: joined(old.rows, page.items, id), next: page.nextCursor }));
  // The newest stand first. What is there already stays where it is; a page full of new rows begins the list anew.
  const refresh = useCallback(() => ask(null, (old, page) => {
    const known = new Set((old.rows ?? []).map(id));
    const overlaps = page.items.some((row) => known.has(id(row)));
    return overlaps ? { ...old, rows: joined(page.items, old.rows, id) } : { rows: page.items, next: page.nextCursor };
  }), [ask]);

  useEffect(() => {
    setState({ loading: true });
    reload();
    const stop = onReturn(reload);
    return () => {
      turn.current += 1;
      stop();
    };
  }, [reload]);
  useEffect(() => {
    if (!following) return undefined;
    const timer = setInterval(() => document.hidden || !session() || refresh(), FOLLOW_EVERY_MS);
    return () => clearInterval(timer);
  }, [following, refresh]);
  return { ...state, hasMore: Boolean(state.next), more, reload, following, follow };
}

/** The first rows, then those of the second that the first has not. */
function joined(first, second, id) {
  const known = new Set(first.map(id));
  return [...first, ...second.filter((row) => !known.has(id(row)))];
}

/**
 * `<Table pages=${usePages(…)} label="Webhooks" columns=${[{title, cell: (row) => …, kind, below}]} rowHref=${(row) => …} empty=${…} />`
 * The first cell is the row's link; what `below` draws stands under it, and is none. `kind`: "number" to the right, "wide" takes
 * what is left. Narrow screens show rows as cards.
 * `select` puts a box before each row: `{keys, pick, keyOf, say}`, the chosen keys, who gets the new ones, a row's key (null: no
 * box), and what choosing is for.
 */
export function Table({ pages, label, columns, rowHref, empty, rowKey = (row) => row.id, select }) {
  const { rows, problem, loading, hasMore, more, reload } = pages;
  if (!rows) return problem ? html`<${ProblemBox} problem=${problem} retry=${reload} />` : html`<${Skeleton} lines=${6} />`;
  if (!rows.length && !hasMore) return html`${problem && html`<${ProblemBox} problem=${problem} retry=${reload} />`}${empty}`;
  return html`<div class="table-box" role="region" aria-label=${label} tabindex="0">
      <table>
        <caption class="away">${label}</caption>
        <thead><tr>
          ${select && html`<th scope="col" class="pick"><span class="away">${select.say}</span></th>`}
          ${columns.map((column) => html`<th key=${column.title} scope="col" class=${column.kind}>${column.title}</th>`)}
        </tr></thead>
        <tbody>${rows.map((row) => html`<tr key=${rowKey(row)} class=${rowHref ? "leads" : ""}>
          ${select && html`<${Pick} ...${select} row=${row} />`}
          ${columns.map((column, at) => html`<td key=${column.title} class=${column.kind} data-title=${column.title}>
            ${at === 0 && rowHref ? html`<a class="row-link" href=${rowHref(row)}>${column.cell(row)}</a>` : column.cell(row)}
            ${column.below?.(row)}
          </td>`)}
        </tr>`)}</tbody>
      </table>
    </div>
    ${problem && html`<${ProblemBox} problem=${problem} retry=${more} />`}
    <div class="table-foot">
      <span class="quiet">${rows.length}${hasMore ? "+" : ""} ${rows.length === 1 ? "row" : "rows"}</span>
      ${hasMore && html`<button type="button" aria-busy=${loading} onClick=${() => loading || more()}>${loading ? "Loading…" : "Load more"}</button>`}
    </div>`;
}

/** The box of a row. Rows with the same key are chosen together. */
function Pick({ keys, pick, keyOf, say, row }) {
  const key = keyOf(row);
  const change = () => {
    const changed = new Set(keys);
    if (!changed.delete(key)) changed.add(key);
    pick(changed);
  };
  return html`<td class="pick" data-title=${say}>${key !== null && html`<label><span class="away">${say}: ${key}</span><input type="checkbox" checked=${keys.has(key)} onChange=${change} /></label>`}</td>`;
}

/** Switches following on and off. */
export const Follow = ({ pages }) => html`<label class="check">
  <input type="checkbox" checked=${pages.following} onChange=${(event) => pages.follow(event.target.checked)} /> Follow along
</label>`;
