import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { asProblem, everyPage } from "../../api.js";
import { toast } from "../../components/toast.js";
import { csv, saveAs } from "./csv.js";

const HEAD = ["id", "campaign", "status", "reason", "source", "requested", "ended", "phone number", "first name", "last name", "email", "company",
  "warmth", "sentiment", "justification", "summary", "action items", "seconds", "credits", "recording"];

const rowOf = (call) => [
  call.id, call.campaign.name || call.campaign.id, call.status, call.reason, call.source, call.createdAt, call.finishedAt,
  call.recipient?.phoneNumber, call.recipient?.firstName, call.recipient?.lastName, call.recipient?.email, call.recipient?.companyName,
  call.analysis?.lead_warmth, call.analysis?.sentiment, call.analysis?.justification, call.summary,
  call.actionItems?.join("; "), call.duration, call.tokensConsumed, call.recording,
];

/** Writes all that the filters let through into a file, page by page, and can be stopped. */
export function Export({ path, filter, name }) {
  const [count, setCount] = useState(null);
  const running = useRef(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async () => {
    if (running.current) return;
    const { signal } = (running.current = new AbortController());
    try {
      const rows = await everyPage(path, filter, { signal, report: setCount, tries: 4 });
      saveAs(`results ${name} ${new Date().toISOString().slice(0, 10)}.csv`, csv([HEAD, ...rows.map(rowOf)]));
      toast(`${rows.length} ${rows.length === 1 ? "call" : "calls"} exported.`);
    } catch (error) {
      toast(signal.aborted ? "The export was stopped. No file was written." : asProblem(error).message, signal.aborted ? "good" : "bad");
    } finally {
      running.current = null;
      setCount(null);
    }
  };
  if (count === null) return html`<button type="button" onClick=${start}>Export CSV</button>`;
  return html`<span class="progress" role="status">Exporting, ${count} so far
    <button type="button" onClick=${() => running.current?.abort()}>Cancel</button></span>`;
}
