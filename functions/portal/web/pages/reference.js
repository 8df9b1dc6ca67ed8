// Events, the inbound contract, and how deliveries behave: the repository's own documents, which the build puts beside the
// pages.

import { html, useEffect } from "../vendor/preact.js";
import { useLoad } from "../api.js";
import { readDocument } from "../documents.js";
import { href } from "../router.js";
import { Markdown, headings } from "../components/markdown.js";
import { Loaded, Page } from "../components/page.js";
import NotFound from "./not-found.js";
import { Event } from "./reference/event.js";

const TOPICS = [
  ["events", "Events"],
  ["requests", "Ask for a call"],
  ["mapping", "Mapping"],
  ["deliveries", "Deliveries"],
  ["payloads", "A body of your own"],
];

export default function Reference(route) {
  const topic = route.params.topic ?? "events";
  return html`<${TOPICS.some(([key]) => key === topic) ? Topics : NotFound} ...${route} topic=${topic} />`;
}

function Topics({ topic, query }) {
  const loaded = useLoad((signal) => load(topic, signal), [topic]);
  return html`<${Page} title="Reference" lead="What a CRM sends, what your endpoints get, and what happens when they fail.">
    <nav class="tabs" aria-label="Topics">${TOPICS.map(
      ([key, name]) => html`<a key=${key} href=${href(`/reference/${key}`)} aria-current=${key === topic ? "page" : null}>${name}</a>`,
    )}</nav>
    <${Loaded} ...${loaded} lines=${12}>${(data) => html`<${Topic} topic=${topic} data=${data} at=${query.at} />`}</${Loaded}>
  </${Page}>`;
}

const load = async (topic, signal) =>
  topic === "events" ? JSON.parse(await readDocument("events.json", signal)) : readDocument(`${topic}.md`, signal);

function Topic({ topic, data, at }) {
  useEffect(() => {
    const heading = at && document.getElementById(at);
    heading?.scrollIntoView();
    heading?.focus({ preventScroll: true });
  }, [at, data]);
  const isEvents = topic === "events";
  // The document's own title is the tab's.
  const text = isEvents ? "" : data.replace(/^# .*\n/, "");
  const parts = isEvents ? data.map(({ name }) => ({ id: name, text: name })) : headings(text).filter(({ level }) => level === 2);
  return html`<div class="columns reference">
    <div>${isEvents
      ? data.map((event) => html`<${Event} key=${event.name} event=${event} />`)
      : html`<${Markdown} text=${text} hrefOf=${(target) => hrefOf(topic, target)} />`}</div>
    <aside><nav class="contents" aria-label="On this page"><ul>${parts.map(
      ({ id, text: name }) => html`<li key=${id}><a href=${href(`/reference/${topic}`, { at: id })}>${name}</a></li>`,
    )}</ul></nav></aside>
  </div>`;
}

/** Where a document's link leads in the portal. Documents that are not here have no address. */
function hrefOf(topic, target) {
  if (target.startsWith("https://")) return target;
  const [file, at] = target.split("#");
  const other = file === "" ? topic : file.replace(/\.md$/, "");
  return TOPICS.some(([key]) => key === other) ? href(`/reference/${other}`, { at }) : null;
}
