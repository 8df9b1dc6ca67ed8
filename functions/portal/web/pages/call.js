import { html, useState } from "../vendor/preact.js";
import { remove } from "../api.js";
import { href } from "../router.js";
import { canEdit } from "../session.js";
import { Badge } from "../components/badge.js";
import { Copy } from "../components/copy.js";
import { Confirm } from "../components/dialog.js";
import { Facts, Loaded, Page, Section } from "../components/page.js";
import { Time } from "../components/time.js";
import { toast } from "../components/toast.js";
import { isOver, lengthOf, personOf, useCall } from "./call/call.js";
import { Conversation, Recording } from "./call/conversation.js";
import { Carried } from "./call/carried.js";
import { Deliveries } from "./call/deliveries.js";

const SOURCES = { __proto__: null, inbound: "An inbound webhook", campaign: "A bulk campaign", test: "A test call" };

export default function CallPage({ params }) {
  const loaded = useCall(params.id);
  const call = loaded.data;
  const back = call ? ["Results", href("/results", { campaign: call.campaign.id })] : ["Results", href("/results")];
  return html`<${Page} title=${call ? personOf(call) : "Call"} back=${back} loaded=${loaded}
    badge=${call && html`<${Badge} of=${call.status} />${call.source === "test" && html`<${Badge} text="Test" />`}`}
    actions=${call && canEdit() && isOver(call) && !call.erasedAt && html`<${Erase} call=${call} onErased=${loaded.reload} />`}>
    <${Loaded} ...${loaded} lines=${8}>${(shown) => html`<${Call} call=${shown} />`}</${Loaded}>
  </${Page}>`;
}

function Call({ call }) {
  return html`
    <${WhyNot} call=${call} />
    <div class="columns">
      <div>
        ${call.summary && html`<${Section} title="Summary"><p class="reading">${call.summary}</p></${Section}>`}
        ${call.actionItems?.length > 0 &&
        html`<${Section} title="Action items"><ul class="reading">${call.actionItems.map((item, at) => html`<li key=${at}>${item}</li>`)}</ul></${Section}>`}
        <${Carried} title="Filled in" object=${call.extracted} />
        ${call.recording && html`<${Recording} url=${call.recording} />`}
        <${Conversation} call=${call} />
        ${isOver(call) && html`<${Deliveries} call=${call} />`}
      </div>
      <aside aria-label="About the call">
        <${Analysis} call=${call} />
        <${Recipient} recipient=${call.recipient} />
        <${Carried} title="Words for the script" object=${call.variables} />
        <${Carried} title="Metadata" object=${call.metadata} />
        <${About} call=${call} />
      </aside>
    </div>`;
}

/** Why there is nothing to see, and what to do about it. */
function WhyNot({ call }) {
  if (call.erasedAt) {
    return html`<div class="notice">The personal data of this call was erased <${Time} at=${call.erasedAt} />. Times, credits and the ledger stay.</div>`;
  }
  if (call.reason === "insufficient_funds") {
    return html`<div class="notice">Nobody was called: the account had no credit. <a href=${href("/credits")}>See the credits</a>.</div>`;
  }
  if (call.reason === "campaign_not_active") {
    return html`<div class="notice">Nobody was called: the campaign was not active. <a href=${href(`/campaigns/${call.campaign.id}`)}>Open the campaign</a>.</div>`;
  }
  if (!isOver(call)) return html`<div class="notice" role="status">The call is queued. Its result appears here by itself.</div>`;
  if (call.status === "missed") return html`<div class="notice">Nobody answered, or a voicemail did.</div>`;
  if (call.status === "failed") return html`<div class="notice">The call failed for a technical reason. It cost nothing.</div>`;
  return null;
}

function Analysis({ call }) {
  if (!call.analysis) return null;
  const { lead_warmth: warmth, sentiment, justification } = call.analysis;
  return html`<${Section} title="Analysis">
    <${Facts} items=${[
      ["Warmth", html`<${Badge} of=${warmth} />`],
      ["Sentiment", html`<${Badge} of=${sentiment} />`],
    ]} />
    ${justification && html`<p>${justification}</p>`}
  </${Section}>`;
}

function Recipient({ recipient }) {
  if (!recipient) return null;
  const { phoneNumber, email, companyName, address1, address2, zipCode, city, state, note } = recipient;
  const address = [address1, address2, [zipCode, city].filter(Boolean).join(" "), state].filter(Boolean).join(", ");
  return html`<${Section} title="Recipient">
    <${Facts} items=${[
      ["Phone", html`<a href=${`tel:${phoneNumber}`}>${phoneNumber}</a>`],
      email && ["Email", email],
      companyName && ["Company", companyName],
      address && ["Address", address],
      note && ["Note", note],
    ]} />
  </${Section}>`;
}

function About({ call }) {
  return html`<${Section} title="Call">
    <${Facts} items=${[
      ["Requested", html`<${Time} at=${call.createdAt} exact />`],
      call.finishedAt && ["Ended", html`<${Time} at=${call.finishedAt} exact />`],
      call.duration !== null && ["Duration", lengthOf(call.duration)],
      call.tokensConsumed !== null && ["Credits", call.tokensConsumed],
      ["Requested by", SOURCES[call.source] ?? call.source],
      ["Campaign", html`<a href=${href(`/campaigns/${call.campaign.id}`)}>${call.campaign.name || call.campaign.id}</a>`],
      call.webhookId && ["Webhook", html`<a href=${href(`/inbound/${call.webhookId}`)}>Open the inbound webhook</a>`],
      ["Id", html`<code class="breaks">${call.id}</code>${" "}<${Copy} text=${call.id} what="call's id" />`],
    ]} />
    ${call.notes.length > 0 && html`<h3>Read otherwise than reported</h3><ul>${call.notes.map((note, at) => html`<li key=${at}>${note}</li>`)}</ul>`}
  </${Section}>`;
}

function Erase({ call, onErased }) {
  const [asked, ask] = useState(false);
  const erase = async () => {
    await remove(`/calls/${encodeURIComponent(call.id)}`);
    toast("The personal data of the call is erased.");
    onErased();
  };
  return html`<button type="button" onClick=${() => ask(true)}>Erase personal data</button>
    ${asked && html`<${Confirm} title="Erase this call's personal data?" action="Erase" onConfirm=${erase} onClose=${() => ask(false)}>
      <p>The recipient, the summary, the recording's address, the analysis, the action items, the transcript, and
        what the request brought along and the dialer has filled in go, and cannot be brought back.
        A delivery of the call that still waits ends without an attempt.</p>
      <p>Times, credits and the ledger stay. What endpoints have been sent is theirs.</p>
    </${Confirm}>`}`;
}
