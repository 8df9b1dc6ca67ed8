import { html } from "../vendor/preact.js";
import { post } from "../api.js";
import { href, replace } from "../router.js";
import { Field, Form, useForm } from "../components/form.js";
import { Page } from "../components/page.js";
import { toast } from "../components/toast.js";
import { STATUSES, useFreeWebhooks } from "./campaign/settings.js";

/** A new campaign. All else is set on its own page. */
export default function CampaignForm({ query }) {
  const webhooks = useFreeWebhooks();
  const form = useForm({
    name: "campaign-new",
    initial: { name: "", webhookId: query.webhookId ?? "", status: "draft", prompt: "" },
    submit: async ({ name, webhookId, status, prompt }) => {
      const made = await post("/campaigns", { name, webhookId: webhookId || null, status, prompt: prompt || null });
      toast(`${made.name} is there. Try it with a test call.`);
      replace(`/campaigns/${made.id}`);
    },
  });
  return html`<${Page} title="New campaign" back=${["Campaigns", href("/campaigns")]}>
    <${Form} form=${form} action="Create campaign" cancel=${href("/campaigns")}>
      <${Field} label="Name" ...${form.field("name")} />
      <${Field} label="Prompt" as="textarea" rows="10" optional hint="The call script: who calls, what for, what to find out. No call is placed without one." ...${form.field("prompt")} />
      <${Field} label="Inbound webhook" as="select" optional options=${webhooks}
        hint="Whose requests are dialled by this campaign. It is bound once." ...${form.field("webhookId")} />
      <${Field} label="Status" as="select" options=${STATUSES} hint="Only an active campaign dials. Test calls always work." ...${form.field("status")} />
    </${Form}>
  </${Page}>`;
}
