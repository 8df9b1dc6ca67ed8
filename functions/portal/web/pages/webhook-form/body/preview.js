import { html, useEffect, useState } from "../../../vendor/preact.js";
import { Problem, asProblem, get, post, useLoad } from "../../../api.js";
import { Code } from "../../../components/code.js";
import { ProblemBox } from "../../../components/page.js";
import { payloadOf } from "./payload.js";

const AFTER_MS = 400; // Of no typing.
const SAMPLE = "call_test_abc123def456"; // What the newest results are while there is none.

/**
 * What the payload makes of a call, asked for again whenever one of them changes: `{body, contentType}` of the newest that could be
 * made, and the `problem` of now; nothing while nothing is typed. `path` is what the API calls the payload when it is saved; refusals are given in its words.
 */
export function usePreview(values, path, event, callId, isTyped) {
  const [state, setState] = useState({});
  const { body, json, omitNulls, fields, text } = values;
  useEffect(() => {
    if (!isTyped) return void setState({});
    let wanted = true;
    const timer = setTimeout(async () => {
      try {
        const made = await post("/webhooks/preview", { payload: payloadOf(values, "payload"), event, callId });
        if (wanted) setState(made);
      } catch (error) {
        if (wanted) setState((old) => ({ ...old, problem: within(path, asProblem(error)) }));
      }
    }, AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [JSON.stringify([body, json, omitNulls, fields, text]), event, callId]);
  return state;
}

function within(path, problem) {
  if (!problem.field?.startsWith("payload")) return problem;
  const field = path + problem.field.slice("payload".length);
  return new Problem({ ...problem, field, message: problem.message.replace(problem.field, field) });
}

/** The last call that is over: of those that this webhook was told of, else of the account's newest results. */
async function lastCall(webhookId, signal) {
  const log = webhookId ? await get(`/webhooks/${webhookId}/deliveries`, { limit: 25 }, { signal }) : { items: [] };
  const told = log.items.find(({ callId }) => callId);
  if (told) return told.callId;
  const [newest] = await get("/zapier/sample", {}, { signal });
  return newest.call.id === SAMPLE ? null : newest.call.id;
}

const CANCELLED = "call.cancelled";

/** The samples of what an endpoint is told: one of calls that rang, one of those that did not. The event is the key of each. */
const samplesOf = (events) => events.map((event) => [event, event === CANCELLED ? "the sample of a cancelled call" : "the sample"]);

/**
 * Which call the preview is of: a sample of one of the `events`, the last real call, or the one of a delivery that had no body.
 * `event` is the event of the sample; which one a real call is told as is for the API to say.
 */
export function usePreviewedCall(webhookId, events, failed) {
  const [chosen, choose] = useState(failed ? "failed" : null);
  const choices = [...samplesOf(events), ["last", "the last real call"], ...(failed ? [["failed", "the call that failed"]] : [])];
  // An event that is no longer asked for takes its sample along.
  const choice = choices.some(([key]) => key === chosen) ? chosen : events[0];
  const last = useLoad(async (signal) => (choice === "last" ? lastCall(webhookId, signal) : null), [choice]);
  let note = null;
  if (choice === "last" && last.problem) note = last.problem.message;
  else if (choice === "last" && last.data === null && !last.loading) note = "No call of yours is over yet. This is the sample.";
  const callId = { __proto__: null, last: last.data ?? undefined, failed }[choice];
  return { choice, choose, choices, note, callId, event: events.includes(choice) ? choice : events[0] };
}

/** The body beside its editor. */
export function Preview({ made, call, isTyped }) {
  return html`<div class="preview">
    <label class="choice"><span>What is sent, of</span>
      <select value=${call.choice} onChange=${(event) => call.choose(event.target.value)}>
        ${call.choices.map(([key, text]) => html`<option key=${key} value=${key} selected=${key === call.choice}>${text}</option>`)}
      </select></label>
    <div class="stack wide-stack" role="status" aria-label="What is sent">
      ${call.note && html`<p class="quiet">${call.note}</p>`}
      ${made.problem && html`<${NotMade} ...${made} />`}
      ${made.body !== undefined ? html`<${Body} ...${made} />` : !made.problem && html`<p class="quiet">${isTyped ? "Asking…" : "Type a body, or begin with a preset."}</p>`}
    </div>
  </div>`;
}

/** A refusal of the payload stands at its place in the editor. */
function NotMade({ problem, body }) {
  if (!problem.field) return html`<${ProblemBox} problem=${problem} />`;
  return html`<p class="quiet">${body === undefined ? "There is a mistake in it." : "There is a mistake in it now. This is from before."}</p>`;
}

function Body({ body, contentType }) {
  if (contentType === "application/json") return html`<${Code} json=${body} label=${contentType} what="body" />`;
  const isForm = contentType === "application/x-www-form-urlencoded";
  return html`<${Code} text=${isForm ? body.replaceAll("&", "&\n") : body} copies=${body} label=${contentType} what="body" />`;
}
