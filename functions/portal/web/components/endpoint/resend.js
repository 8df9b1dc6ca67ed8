import { html } from "../../vendor/preact.js";
import { post } from "../../api.js";
import { Button } from "../button.js";
import { toast } from "../toast.js";

/** Has a delivery sent again, now. */
export const resend = (webhook, deliveryId) => post(`/webhooks/${webhook.id}/deliveries/${deliveryId}/resend`);

/** Sends the chosen deliveries again, one after the other, and says what became of each kind. */
export function ResendMany({ webhook, ids, onDone }) {
  const send = async () => {
    let sent = 0;
    let underWay = 0;
    try {
      for (const id of ids) {
        try {
          await resend(webhook, id);
          sent += 1;
        } catch (problem) {
          if (problem.code !== "on_its_way") throw problem;
          underWay += 1;
        }
      }
    } finally {
      if (sent || underWay) toast(sentence(sent, underWay));
      onDone();
    }
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
