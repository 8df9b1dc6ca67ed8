import { html } from "../vendor/preact.js";
import { post } from "../api.js";
import { href, replace } from "../router.js";
import { canEdit } from "../session.js";
import { Field, Form, useForm } from "../components/form.js";
import { NotForViewers } from "../components/not-for-viewers.js";
import { Page } from "../components/page.js";
import { toast } from "../components/toast.js";
import { FreeWebhook, STATUSES } from "./campaign/settings.js";

const BACK = ["Campaigns", href("/campaigns")];

/** A new campaign. All else is set on its own page. */
export default function CampaignForm({ query }) {
  return canEdit() ? html`<${Create} query=${query} />` : html`<${NotForViewers} back=${BACK} />`;
}

function Create({ query }) {
  const form = useForm({
    name: "campaign-new",
    initial: { name: "", webhookId: query.webhookId ?? "", status: "draft", prompt: "" },
    submit: async ({ name, webhookId, status, prompt }) => {
      const made = await post("/campaigns", { name, webhookId: webhookId || null, status, prompt: prompt || null });
      toast(`${made.name} is there. Try it with a test call.`);
      replace(`/campaigns/${made.id}`);
    },
  });
  return html`<${Page} title="New campaign" back=${BACK}>
    <${Form} form=${form} action="Create campaign" cancel=${href("/campaigns")}>
      <${Field} label="Name" ...${form.field("name")} />
      <${Field} label="Prompt" as="textarea" rows="10" optional hint="The call script: who calls, what for, what to find out. No call is placed without one, not even a test call." ...${form.field("prompt")} />
      <${FreeWebhook} form=${form} hint="Whose requests are dialled by this campaign. It cannot be changed later." />
      <${Field} label="Status" as="select" options=${STATUSES} hint="Only an active campaign dials. A test call works in any status, if there is a prompt." ...${form.field("status")} />
      <p class="hint">Voice, language, voicemail and the rest are set on the campaign's page, when it is created.</p>
    </${Form}>
  </${Page}>`;
}
