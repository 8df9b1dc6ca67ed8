import { html } from "../../vendor/preact.js";
import { Problem, post } from "../../api.js";
import { Button } from "../button.js";
import { toast } from "../toast.js";

/** Has a delivery sent again, now. */
export const resend = (webhook, deliveryId) => post(`/webhooks/${webhook.id}/deliveries/${deliveryId}/resend`);

/** Sends the chosen deliveries again, one after the other, and says what became of each kind. `onDone` gets those that are left. */
export function ResendMany({ webhook, ids, onDone }) {
  const send = async () => {
    const left = [...ids];
    let sent = 0;
    try {
      while (left.length) {
        try {
          await resend(webhook, left[0]);
          sent += 1;
        } catch (problem) {
          if (problem.code !== "on_its_way") throw problem;
        }
        left.shift();
      }
    } catch (problem) {
      throw new Problem({ ...problem, message: `${sentence(sent, ids.length - sent - left.length)} ${left.length} ${left.length === 1 ? "is" : "are"} left, and still chosen. ${problem.message}` });
    } finally {
      onDone(left);
    }
    toast(sentence(sent, ids.length - sent));
  };
  const n = ids.length;
  return html`<div class="bulk" role="status">${n > 0 && html`
    <span>${n === 1 ? "1 delivery chosen" : `${n} deliveries chosen`}</span>
    <${Button} kind="primary" onPress=${send}>${n === 1 ? "Send it again" : `Send ${n} again`}</${Button}>`}
  </div>`;
}

function sentence(sent, underWay) {
  const first = sent === 1 ? "1 delivery is sent again." : `${sent} deliveries are sent again.`;
  return underWay ? `${first} ${underWay} ${underWay === 1 ? "was" : "were"} on the way already.` : first;
}
