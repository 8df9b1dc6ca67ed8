// Shows the Markdown that the repository's pages are written in: headings, paragraphs, lists, tables, code, links and
// emphasis. It makes elements and never markup. What it does not know stays as it was written.
import { html } from "../vendor/preact.js";
import { Code } from "./code.js";

const FENCE = /^```(\S*)/;
const HEADING = /^(#{1,6}) +(.*)$/;
const ITEM = /^( *)(?:[-*]|(\d+)\.) +(.*)$/;
const ROW = /^\|.*\|\s*$/;
const COMMENT = /^<!--.*-->\s*$/;

// `hrefOf` says where a link's target is to be found, or null: then its text stands alone.
export function Markdown({ text, hrefOf }) {
  return html`<div class="markdown">${blocks(text.split("\n")).map((block) => shown(block, hrefOf))}</div>`;
}

// The headings of a text, for a table of contents: [{level, id, text}].
export function headings(text) {
  return blocks(text.split("\n")).filter((block) => block.kind === "heading");
}

function blocks(lines) {
  const found = [];
  let at = 0;
  const takeWhile = (wanted) => {
    const from = at;
    while (at < lines.length && wanted(lines[at])) at += 1;
    return lines.slice(from, at);
  };
  while (at < lines.length) {
    const line = lines[at];
    const heading = HEADING.exec(line);
    if (line.trim() === "" || COMMENT.test(line)) {
      at += 1;
    } else if (FENCE.test(line)) {
      at += 1;
      const code = takeWhile((next) => !next.startsWith("```"));
      at += 1;
      found.push({ kind: "code", language: FENCE.exec(line)[1], text: code.join("\n") });
    } else if (heading) {
      at += 1;
      const plain = textOf(heading[2]);
      found.push({ kind: "heading", level: heading[1].length, id: anchorOf(plain), text: plain, source: heading[2] });
    } else if (ROW.test(line)) {
      found.push(table(takeWhile((next) => ROW.test(next))));
    } else if (ITEM.test(line)) {
      found.push(list(takeWhile((next) => ITEM.test(next) || /^ +\S/.test(next))));
    } else {
      const text = takeWhile((next) => next.trim() !== "" && ![FENCE, HEADING, ROW, ITEM].some((other) => other.test(next)));
      found.push({ kind: "paragraph", source: text.join(" ") });
    }
  }
  return found;
}

function table(lines) {
  const cells = (line) => line.trim().slice(1, -1).split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
  const [head, , ...rows] = lines.map(cells);
  return { kind: "table", head, rows };
}

function list(lines) {
  const items = [];
  for (const line of lines) {
    const item = ITEM.exec(line);
    if (item) items.push(item[3]);
    else items[items.length - 1] += ` ${line.trim()}`;
  }
  return { kind: "list", ordered: Boolean(ITEM.exec(lines[0])[2]), items };
}

// As GitHub names the anchor of a heading.
function anchorOf(text) {
  return text.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
}

function shown(block, hrefOf) {
  const inline = (source) => inlines(source).map((part) => shownInline(part, hrefOf));
  if (block.kind === "heading") {
    return html`<${`h${block.level}`} id=${block.id} tabindex="-1">${inline(block.source)}<//>`;
  }
  if (block.kind === "code") return html`<${Code} text=${block.text} label=${block.language} />`;
  if (block.kind === "list") {
    return html`<${block.ordered ? "ol" : "ul"}>${block.items.map((item) => html`<li>${inline(item)}</li>`)}<//>`;
  }
  if (block.kind === "paragraph") return html`<p>${inline(block.source)}</p>`;
  return html`<div class="table-box" role="group" tabindex="0" aria-label="Table">
    <table class="dense">
      <thead><tr>${block.head.map((cell) => (cell ? html`<th scope="col">${inline(cell)}</th>` : html`<td></td>`))}</tr></thead>
      <tbody>${block.rows.map((row) => html`<tr>${row.map((cell) => html`<td>${inline(cell)}</td>`)}</tr>`)}</tbody>
    </table>
  </div>`;
}

const INLINE = /(`+)(.+?)\1(?!`)|\*\*(.+?)\*\*|(?<!\w)[*_](?!\s)(.+?)(?<!\s)[*_](?!\w)|!?\[([^\]]*)\]\(([^)\s]+)\)/g;

// [{kind: "text" | "code" | "strong" | "em" | "link", text, target?}]
function inlines(source) {
  const parts = [];
  let end = 0;
  for (const match of source.matchAll(INLINE)) {
    if (match.index > end) parts.push({ kind: "text", text: source.slice(end, match.index) });
    end = match.index + match[0].length;
    if (match[2] !== undefined) parts.push({ kind: "code", text: match[2].trim() });
    else if (match[3] !== undefined) parts.push({ kind: "strong", text: match[3] });
    else if (match[4] !== undefined) parts.push({ kind: "em", text: match[4] });
    else parts.push({ kind: "link", text: match[5], target: match[6] });
  }
  if (end < source.length) parts.push({ kind: "text", text: source.slice(end) });
  return parts;
}

function textOf(source) {
  return inlines(source).map((part) => (part.kind === "text" || part.kind === "code" ? part.text : textOf(part.text))).join("");
}

function shownInline(part, hrefOf) {
  if (part.kind === "text") return part.text;
  if (part.kind === "code") return html`<code>${part.text}</code>`;
  const inner = inlines(part.text).map((inside) => shownInline(inside, hrefOf));
  if (part.kind === "strong") return html`<strong>${inner}</strong>`;
  if (part.kind === "em") return html`<em>${inner}</em>`;
  const href = hrefOf(part.target);
  if (!href) return html`<span>${inner}</span>`;
  const elsewhere = href.startsWith("https://");
  return html`<a href=${href} target=${elsewhere ? "_blank" : undefined} rel=${elsewhere ? "noreferrer" : undefined}>${inner}</a>`;
}
