import { html } from "../../vendor/preact.js";
import { get, useLoad } from "../../api.js";
import { href } from "../../router.js";
import { canEdit } from "../../session.js";
import { Badge } from "../../components/badge.js";
import { Loaded, Section } from "../../components/page.js";

/** Whose calls its requests become. */
export const Campaign = ({ webhook }) => html`<${Section} title="Campaign">
  ${webhook.campaignId ? html`<${Bound} id=${webhook.campaignId} />` : html`<div class="card stack">
    <p><b>None yet: requests are taken and ignored.</b></p>
    <p class="quiet">A campaign has the prompt, the voice and the language of the calls.</p>
    ${canEdit() && html`<div class="actions">
      <a class="button primary" href=${href("/campaigns/new", { webhookId: webhook.id })}>Write a campaign</a>
      <a class="button" href=${href(`/inbound/${webhook.id}/edit`)}>Choose a campaign</a>
    </div>`}
  </div>`}
</${Section}>`;

function Bound({ id }) {
  const campaign = useLoad((signal) => get(`/campaigns/${id}`, {}, { signal }), [id]);
  return html`<${Loaded} ...${campaign} lines=${2}>${({ name, status, prompt }) => html`<div class="card stack">
    <p><a class="strong" href=${href(`/campaigns/${id}`)}>${name}</a> <${Badge} of=${status} /></p>
    <p class="quiet">${hint(status, prompt)}</p>
  </div>`}</${Loaded}>`;
}

function hint(status, prompt) {
  if (!prompt) return "It has no prompt, so requests are ignored. Write one.";
  if (status !== "active") return "Only an active campaign dials: requests are recorded, and nobody is called.";
  return "Each request becomes a call of this campaign.";
}
