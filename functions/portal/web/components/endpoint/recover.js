import { html, useState } from "../../vendor/preact.js";
import { asProblem, post, useProblem } from "../../api.js";
import { Button } from "../button.js";
import { Dialog } from "../dialog.js";
import { localMoment, utcMoment } from "../filters.js";
import { ProblemBox } from "../page.js";
import { toast } from "../toast.js";

const DAY_MS = 86_400_000;

/** Asks since when, says what will happen, and sends what failed again. */
export function Recover({ webhook, since, onClose, onDone }) {
  const [from, setFrom] = useState(() => localMoment(since ?? new Date(Date.now() - DAY_MS).toISOString()));
  const [pending, setPending] = useState(true);
  const [problem, setProblem] = useProblem();
  const recover = async () => {
    setProblem(null);
    try {
      const { count } = await post(`/webhooks/${webhook.id}/recover`, { since: utcMoment(from), pending });
      toast(count === 0 ? "There is nothing to resend: nothing failed since then." : count === 1 ? "1 delivery is sent again." : `${count} deliveries are sent again.`);
    } catch (error) {
      setProblem(asProblem(error));
      return;
    }
    onDone();
    onClose();
  };
  return html`<${Dialog} title="Resend all that failed?" onClose=${onClose}>
    <div class="dialog-body">
      <p>Every delivery that failed since this moment, and is not tried again by itself, is sent again: with the same webhook-id and body,
        to the URL and with the headers of now. What was delivered is not sent twice.</p>
      <label class="field"><span class="label">Since</span>
        <input type="datetime-local" required value=${from} onInput=${(event) => setFrom(event.target.value)} /></label>
      <label class="check"><input type="checkbox" checked=${pending} onChange=${(event) => setPending(event.target.checked)} />
        Do not wait: send now what would be tried again later, too</label>
    </div>
    ${problem && html`<${ProblemBox} problem=${problem} />`}
    <div class="dialog-actions">
      <button type="button" onClick=${onClose}>Cancel</button>
      <${Button} kind="primary" disabled=${!from} onPress=${recover}>Resend all</${Button}>
    </div>
  </${Dialog}>`;
}
