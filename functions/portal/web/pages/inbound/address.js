import { html, useRef, useState } from "../../vendor/preact.js";
import { post } from "../../api.js";
import { canEdit } from "../../session.js";
import { Confirm } from "../../components/dialog.js";
import { Section } from "../../components/page.js";
import { Secret } from "../../components/secret.js";
import { toast } from "../../components/toast.js";
import { Senders } from "./senders.js";

const beforeSlug = ({ url, slug }) => url.slice(0, url.length - slug.length);

/** The URL, hidden until it is asked for, and what to paste where. A viewer learns what is not secret of it. */
export function Address({ webhook, isUsed, onChanged }) {
  const [open, setOpen] = useState(false);
  const [asked, ask] = useState(false);
  // Who reads there goes on reading when the first request arrives.
  const unfolded = useRef(false);
  unfolded.current ||= !isUsed;
  const hidden = `${beforeSlug(webhook)}••••••••`;
  const rotate = async () => {
    await post(`/webhooks/${webhook.id}/rotate-slug`);
    toast("There is a new URL. Give it to your CRM now: the old one ends within 5 seconds.");
    setOpen(true);
    onChanged();
  };
  if (!canEdit()) {
    return html`<${Section} title="URL"><div class="card stack">
      <code class="breaks">${hidden}</code>
      <p class="quiet">Whoever knows the URL can have people called, so only editors see it.</p>
    </div></${Section}>`;
  }
  return html`<${Section} title="URL" actions=${html`<button type="button" onClick=${() => ask(true)}>Rotate the URL</button>`}>
    <div class="card stack">
      <${Secret} text=${webhook.url} what="URL" shown=${hidden} open=${open} onOpen=${setOpen} />
      ${webhook.requiredHeader
        ? html`<p class="quiet">A request needs the header <code class="breaks">${webhook.requiredHeader.name}</code>, too. Without it, it is refused.</p>`
        : html`<p class="quiet">Whoever knows it can have people called. Treat it as a password.</p>`}
    </div>
    <details class="card fold above" open=${unfolded.current}>
      <summary>What to paste where: curl, Zapier, HubSpot, FollowUp Boss</summary>
      <${Senders} webhook=${webhook} shown=${open ? webhook.url : hidden} />
    </details>
    ${asked && html`<${Confirm} title="Rotate the URL?" action="Rotate" onConfirm=${rotate} onClose=${() => ask(false)}>
      <p>The webhook gets a new URL. The old one ends within 5 seconds, for good: there is no overlap.</p>
      <p>Until your CRM has the new one, its requests are refused, and nobody is called.</p>
    </${Confirm}>`}
  </${Section}>`;
}
