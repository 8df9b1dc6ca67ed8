import { html } from "../../vendor/preact.js";
import { patch } from "../../api.js";
import { canEdit } from "../../session.js";
import { Button } from "../../components/button.js";
import { Time } from "../../components/time.js";
import { toast } from "../../components/toast.js";

/** That nothing comes in, and the way back; nothing while it does. */
export function Stopped({ webhook, onChanged }) {
  if (webhook.status === "enabled") return null;
  const enable = async () => {
    await patch(`/webhooks/${webhook.id}`, { status: "enabled" });
    toast("The webhook is enabled. It takes requests within 5 seconds.");
    onChanged();
  };
  return html`<div class="notice trouble" role="status">
    <h2>Switched off <span class="since"><${Time} at=${webhook.disabledAt} exact /></span></h2>
    <p>Its URL answers 404. Your CRM's requests are refused, and nobody is called.</p>
    ${canEdit() && html`<${Button} kind="primary" onPress=${enable}>Enable</${Button}>`}
  </div>`;
}
