import { html, useState } from "../vendor/preact.js";
import { patch, post } from "../api.js";
import { href, replace } from "../router.js";
import { canEdit } from "../session.js";
import { Empty } from "../components/empty.js";
import { NotForViewers } from "../components/not-for-viewers.js";
import { useWebhook } from "../components/endpoint/endpoint.js";
import { Loaded, Page } from "../components/page.js";
import { Secret, SecretOnce } from "../components/secret.js";
import { toast } from "../components/toast.js";
import { InboundForm, OutboundForm } from "./webhook-form/fields.js";
import { OpenTwin, useTwin } from "./webhook-form/twin.js";

/** `/inbound/new`, `/outbound/new`, and `/…/:id/edit`. */
export default function WebhookForm({ path, params, query }) {
  const direction = path.startsWith("/inbound") ? "inbound" : "outbound";
  if (!canEdit()) return html`<${NotForViewers} back=${back(direction)} />`;
  return params.id ? html`<${Edit} id=${params.id} direction=${direction} failedCall=${query.call} />` : html`<${Create} direction=${direction} />`;
}

const back = (direction) => [direction === "inbound" ? "Inbound webhooks" : "Outbound webhooks", href(`/${direction}`)];

function Create({ direction }) {
  const [made, setMade] = useState(null);
  const [twin, look] = useTwin();
  if (made) return html`<${Created} webhook=${made} />`;
  const Fields = direction === "inbound" ? InboundForm : OutboundForm;
  const save = async (values) => {
    const body = { direction, ...values };
    await look(body);
    setMade(await post("/webhooks", body));
    scrollTo(0, 0);
  };
  return html`<${Page} title=${`New ${direction} webhook`} back=${back(direction)}>
    <${Fields} save=${save} action="Create webhook" cancel=${href(`/${direction}`)} extra=${twin && html`<${OpenTwin} twin=${twin} />`} />
  </${Page}>`;
}

/** The one time that the signing secret is shown. */
function Created({ webhook }) {
  const [isKept, setKept] = useState(false);
  const { id, name, direction, url, signingSecret, campaignId } = webhook;
  const isSigned = direction === "outbound" || webhook.responseWebhook;
  return html`<${Page} title=${`${name} is ready`} back=${back(direction)}>
    <div class="form">
      ${direction === "inbound" && html`<div class="card stack">
        <h2>Give this URL to your CRM</h2>
        ${!campaignId && html`<p><b>It has no campaign yet, so its requests are ignored and nobody is called.</b>${" "}
          <a href=${href("/campaigns/new", { webhookId: id })}>Write a campaign for it</a></p>`}
        <p class="quiet">Whoever knows it can have people called. Treat it as a password.</p>
        <${Secret} text=${url} what="URL" shown=${`${url.slice(0, url.lastIndexOf("/") + 1)}••••••••`} />
      </div>`}
      <div class="card stack">
        <h2>Keep the signing secret</h2>
        <p>It is shown this once. ${isSigned ? "With it the receiver sees that a delivery comes from here." : "Deliveries are signed with it as soon as there is a response webhook."}</p>
        <${SecretOnce} text=${signingSecret} isKept=${isKept} />
        ${!isKept && html`<div><button type="button" onClick=${() => setKept(true)}>I have kept it</button></div>`}
      </div>
      <div class="form-actions"><a class="button primary" href=${href(`/${direction}/${id}`)}>Go to the webhook</a></div>
    </div>
  </${Page}>`;
}

function Edit({ id, direction, failedCall }) {
  const webhook = useWebhook(id, direction, "/edit");
  const save = async (changes) => {
    if (Object.keys(changes).length) await patch(`/webhooks/${id}`, changes);
    toast("Saved. It counts from the next delivery on.");
    replace(`/${direction}/${id}`);
  };
  const Fields = direction === "inbound" ? InboundForm : OutboundForm;
  return html`<${Page} title=${webhook.data ? `Edit ${webhook.data.name}` : "Edit webhook"} back=${[webhook.data?.name ?? "Webhook", href(`/${direction}/${id}`)]}>
    <${Loaded} ...${webhook} lines=${8}>${(data) => (data.managedBy === "zapier" ? html`<${ByZapier} />` : html`
      <${Fields} webhook=${data} save=${save} action="Save changes" cancel=${href(`/${direction}/${id}`)} failedCall=${failedCall} />`)}
    </${Loaded}>
  </${Page}>`;
}

const ByZapier = () => html`<${Empty} title="Zapier manages this webhook">
  Change or switch off the Zap in Zapier. What it does there, it does here.
</${Empty}>`;
