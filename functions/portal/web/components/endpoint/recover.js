import { html, useEffect, useRef, useState } from "../../vendor/preact.js";
import { asProblem, post, useProblem } from "../../api.js";
import { Button } from "../button.js";
import { Dialog } from "../dialog.js";
import { localMoment, utcMoment } from "../filters.js";
import { ProblemBox } from "../page.js";
import { Time } from "../time.js";
import { toast } from "../toast.js";

const DAY_MS = 86_400_000;

/** Asks since when, says what will happen, and sends what failed again: in steps, since the API ends each after 12 seconds. */
export function Recover({ webhook, since, onClose, onDone }) {
  const [from, setFrom] = useState(() => localMoment(since ?? new Date(Date.now() - DAY_MS).toISOString()));
  const [pending, setPending] = useState(true);
  const [problem, setProblem] = useProblem();
  const [progress, setProgress] = useState(null);
  const stopped = useRef(false);
  useEffect(() => () => (stopped.current = true), []);
  const recover = async () => {
    let [count, until] = [0, null];
    setProblem(null);
    try {
      do {
        const step = await post(`/webhooks/${webhook.id}/recover`, { since: utcMoment(from), until, pending });
        count += step.count;
        until = step.complete ? null : step.until;
        setProgress({ count, until });
      } while (until && !stopped.current);
    } catch (error) {
      setProgress(null);
      setProblem(asProblem(error));
      return;
    }
    toast(until ? `Stopped. ${sent(count)} What failed before ${new Date(until).toLocaleString()} was not looked at.` : done(count));
    onDone();
    if (!stopped.current) onClose();
  };
  return html`<${Dialog} title="Resend all that failed?" onClose=${onClose}>
    <div class="dialog-body">
      <p>Every delivery that failed since this moment, and is not tried again by itself, is sent again: with the same webhook-id and body,
        to the URL and with the headers of now. What was delivered is not sent twice.</p>
      <label class="field"><span class="label">Since</span>
        <input type="datetime-local" required value=${from} onInput=${(event) => setFrom(event.target.value)} /></label>
      <label class="check"><input type="checkbox" checked=${pending} onChange=${(event) => setPending(event.target.checked)} />
        Do not wait: send now what would be tried again later, too</label>
      <p role="status">${progress?.until && html`${sent(progress.count)} The log is long: looked at back to${" "}
        <${Time} at=${progress.until} />, and going on.`}</p>
    </div>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <div class="dialog-actions">
      <button type="button" onClick=${onClose}>${progress ? "Stop" : "Cancel"}</button>
      <${Button} kind="primary" disabled=${!from} onPress=${recover}>Resend all</${Button}>
    </div>
  </${Dialog}>`;
}

const sent = (count) => (count === 1 ? "1 delivery is sent again." : `${count} deliveries are sent again.`);
const done = (count) => (count === 0 ? "There is nothing to resend: nothing failed since then." : sent(count));
