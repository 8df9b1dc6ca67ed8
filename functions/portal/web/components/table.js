import { html, useCallback, useEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem, get } from "../api.js";
import { onReturn, session } from "../session.js";
import { ProblemBox, Skeleton } from "./page.js";

const FOLLOW_EVERY_MS = 5_000;
const MOST_ROWS = 100; // of one answer
const MOST_ANSWERS = 5; // that are asked for by themselves, one after the other
const LOOKED_AT = 4_000; // By a filter the API looks at so many rows for one answer, and may find none.

/**
 * A list of the API, page by page: `usePages("/webhooks", {direction: "inbound"})`.
 * Answers `{rows, problem, retry, loading, loadedAt, hasMore, looked, more, reload, refresh, following, follow}`. `rows` is
 * undefined until the first page is there. `reload` begins anew, `refresh` asks about all rows that are there; `follow(true)`
 * does that every five seconds, while the tab is seen. `looked`: how many answers without a row came last. `id` tells rows apart.
 */
export function usePages(path, query = {}, id = (row) => row.id) {
  const [state, setState] = useState({ loading: true });
  const [following, follow] = useState(false);
  const turn = useRef(0);
  const busy = useRef(null);
  const newest = useRef(state);
  newest.current = state;
  const question = JSON.stringify(query);

  // `find(old, page)` answers `{rows, next, looked}`; `page(cursor, limit)` is an answer of the API.
  const ask = useCallback(async (what, find) => {
    const mine = ++turn.current;
    busy.current = what;
    setState((old) => ({ ...old, loading: true, problem: null }));
    const page = (cursor, rows = 0) => {
      const asked = JSON.parse(question);
      return get(path, { ...asked, cursor, limit: rows > (asked.limit ?? 50) ? Math.min(rows, MOST_ROWS) : asked.limit });
    };
    const put = (changes) => {
      if (mine !== turn.current) return;
      busy.current = null;
      setState((old) => ({ ...old, ...changes, loading: false }));
    };
    try {
      put({ ...(await find(newest.current, page)), problem: null, loadedAt: new Date() });
    } catch (error) {
      const problem = asProblem(error);
      put({ problem, retry: problem.code === "invalid_cursor" ? reload : () => ask(what, find) });
    }
  }, [path, question]);

  const reload = useCallback(() => ask("all", (_, page) => next([], null, 0, page, id)), [ask]);
  const refresh = useCallback(() => ask("again", (old, page) => anew(old, page, id)), [ask]);
  const more = () => ["all", "more"].includes(busy.current) || ask("more", (old, page) => next(old.rows, old.next, old.looked, page, id));

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
    // What is under way is awaited, however slow it is.
    const timer = setInterval(() => document.hidden || !session() || busy.current || refresh(), FOLLOW_EVERY_MS);
    return () => clearInterval(timer);
  }, [following, refresh]);
  return { ...state, hasMore: Boolean(state.next), more, reload, refresh, following, follow };
}

/** The rows that are there with those of the next answer that has some. */
async function next(rows, cursor, before, page, id) {
  let answer;
  let looked = 0;
  do {
    answer = await page(cursor);
    cursor = answer.nextCursor;
    looked += 1;
  } while (!answer.items.length && cursor && looked < MOST_ANSWERS);
  return { rows: joined(rows, answer.items, id), next: cursor, looked: answer.items.length ? 0 : before + looked };
}

/** The rows that are there, as they are now: those that are no longer in the list go. */
async function anew(old, page, id) {
  const rows = old.rows ?? [];
  const found = [];
  let cursor = null;
  let answers = 0;
  do {
    const answer = await page(cursor, rows.length - found.length);
    found.push(...answer.items);
    cursor = answer.nextCursor;
    answers += 1;
  } while (cursor && found.length < rows.length && answers < MOST_ANSWERS);
  if (!cursor) return { rows: found, next: null, looked: 0 };
  if (!found.length) return { rows, next: old.next ?? cursor };
  // What lies behind the last one was not asked about; without that one nothing joins the two.
  const last = rows.findIndex((row) => id(row) === id(found.at(-1)));
  const behind = last < 0 ? [] : rows.slice(last + 1);
  return behind.length ? { rows: joined(found, behind, id), next: old.next } : { rows: found, next: cursor };
}

/** The first rows, then those of the second that the first has not. */
function joined(first, second, id) {
  const known = new Set(first.map(id));
  return [...first, ...second.filter((row) => !known.has(id(row)))];
}

/**
 * `<Table pages=${usePages(…)} label="Webhooks" columns=${[{title, cell: (row) => …, kind, below}]} rowHref=${(row) => …} empty=${…} />`
 * The first cell is the row's link; what `below` draws stands under it, and is none. `kind`: "number" to the right, "wide" takes
 * what is left. Narrow screens show rows as cards, in which those that are "short" stand side by side.
 * `select` puts a box before each row: `{keys, pick, keyOf, say}`, the chosen keys, who gets the new ones, a row's key (null: no
 * box), and what choosing is for.
 */
export function Table({ pages, label, columns, rowHref, empty, rowKey = (row) => row.id, select }) {
  const { rows, problem, retry, loading, hasMore, more } = pages;
  if (!rows) return problem ? html`<${ProblemBox} problem=${problem} retry=${retry} />` : html`<${Skeleton} lines=${6} />`;
  if (!rows.length && !hasMore) return html`${problem && html`<${ProblemBox} problem=${problem} retry=${retry} />`}${empty}`;
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
    ${problem && html`<${ProblemBox} problem=${problem} retry=${retry} />`}
    <div class="table-foot">
      <span class="quiet">${extent(pages)}</span>
      ${hasMore && html`<button type="button" aria-busy=${loading} onClick=${more}>${loading ? "Loading…" : "Load more"}</button>`}
    </div>`;
}

/** How many rows there are, and how far the others were looked for. */
function extent({ rows, hasMore, looked = 0 }) {
  const count = `${rows.length}${hasMore ? "+" : ""} ${rows.length === 1 && !hasMore ? "row" : "rows"}`;
  if (!hasMore || !looked) return count;
  return `${rows.length ? `${count}, and none` : "No row"} among the next ${(looked * LOOKED_AT).toLocaleString()} that were looked at`;
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
