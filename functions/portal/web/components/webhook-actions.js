import { html, useState } from "../vendor/preact.js";
import { patch, remove } from "../api.js";
import { href, replace } from "../router.js";
import { Confirm } from "./dialog.js";
import { Section } from "./page.js";
import { toast } from "./toast.js";

const DISABLE = {
  inbound: "Its URL answers 404 within 5 seconds, so your CRM's requests are refused and nobody is called. The webhook and its logs stay, and you can enable it again.",
  outbound: "Nothing is sent any more. Calls that end meanwhile are never delivered here, and deliveries that wait end. The webhook and its log stay, and you can enable it again.",
};

const DELETE = {
  inbound: "Its URL answers 404 within 5 seconds, and waiting deliveries to its response webhook end. Its logs cannot be read any more. Calls and results stay, and the campaign is free for another webhook.",
  outbound: "Deliveries to it end, those that wait too, and its log cannot be read any more. Calls and results stay.",
};

/** Edit, and disable or enable, in a page's head. */
export function WebhookActions({ webhook, onChanged }) {
  const [asked, ask] = useState(false);
  const set = async (status) => {
    await patch(`/webhooks/${webhook.id}`, { status });
    toast(`${webhook.name} is ${status}.`);
    onChanged();
  };
  return html`
    <a class="button" href=${href(`/${webhook.direction}/${webhook.id}/edit`)}>Edit</a>
    ${webhook.status === "enabled" && html`<button type="button" onClick=${() => ask(true)}>Disable</button>`}
    ${asked && html`<${Confirm} title="Disable this webhook?" action="Disable" onConfirm=${() => set("disabled")} onClose=${() => ask(false)}>
      <p>${DISABLE[webhook.direction]}</p></${Confirm}>`}`;
}

/** The end of a page: delete. */
export function DeleteWebhook({ webhook }) {
  const [asked, ask] = useState(false);
  const erase = async () => {
    await remove(`/webhooks/${webhook.id}`);
    toast(`${webhook.name} is deleted.`);
    replace(`/${webhook.direction}`);
  };
  return html`<${Section} title="Delete" note=${DELETE[webhook.direction]}>
    <button type="button" onClick=${() => ask(true)}>Delete this webhook</button>
    ${asked && html`<${Confirm} title=${`Delete ${webhook.name}?`} action="Delete" onConfirm=${erase} onClose=${() => ask(false)}>
      <p>${DELETE[webhook.direction]}</p><p>This cannot be taken back.</p></${Confirm}>`}
  </${Section}>`;
}

/** Why a webhook has no buttons. */
export const ByZapier = () => html`<div class="notice">Zapier manages this webhook. Change or switch off the Zap in Zapier; what it does there, it does here.</div>`;
