import { html, useState } from "../vendor/preact.js";
import { get, patch, remove, useLoad } from "../api.js";
import { href, replace } from "../router.js";
import { canEdit } from "../session.js";
import { Badge } from "../components/badge.js";
import { Button } from "../components/button.js";
import { Confirm } from "../components/dialog.js";
import { Field, Form, useForm } from "../components/form.js";
import { Facts, Loaded, Page, Section } from "../components/page.js";
import { Time } from "../components/time.js";
import { toast } from "../components/toast.js";
import { Unsaved } from "../components/unsaved.js";
import { PROMPT_LIMIT, SettingsFacts, SettingsFields, bodyOf, readCampaign, valuesOf } from "./campaign/settings.js";
import { TestCall } from "./campaign/test-call.js";

export default function CampaignPage({ params, query }) {
  const path = `/campaigns/${encodeURIComponent(params.id)}`;
  const loaded = useLoad((signal) => get(path, {}, { signal, parse: readCampaign }), [path]);
  const [saved, setSaved] = useState(null);
  const campaign = saved ?? loaded.data;
  const results = html`<a class="button" href=${href("/results", { campaign: params.id })}>Results</a>`;
  return html`<${Page} title=${campaign?.name ?? "Campaign"} back=${["Campaigns", href("/campaigns")]}
    badge=${campaign && html`<${Badge} text="Inbound" /> <${Badge} of=${campaign.status} />`}
    actions=${campaign && html`${canEdit() && html`<${Status} path=${path} campaign=${campaign} onSaved=${setSaved} />`}${results}`}>
    <${Loaded} ...${loaded} lines=${10}>${() =>
      canEdit()
        ? html`<${Editor} path=${path} campaign=${campaign} onSaved=${setSaved} testCall=${query.testCall} />`
        : html`<${Sight} campaign=${campaign} />`}
    </${Loaded}>
  </${Page}>`;
}

function Status({ path, campaign, onSaved }) {
  const [to, word] = campaign.status === "active" ? ["paused", "Pause"] : ["active", "Activate"];
  const change = async () => {
    onSaved(await patch(path, { status: to }, { parse: readCampaign }));
    toast(to === "active" ? "The campaign is active: requests are dialled." : "The campaign is paused: requests are recorded, and nobody is called.");
  };
  return html`<${Button} onPress=${change}>${word}</${Button}>`;
}

function Editor({ path, campaign, onSaved, testCall }) {
  const form = useForm({
    name: `campaign-${campaign.id}`,
    initial: valuesOf(campaign),
    submit: async (_, changes) => {
      if (form.changed) onSaved(await patch(path, bodyOf(changes), { parse: readCampaign }));
      toast("Saved. It counts for calls from now on.");
    },
  });
  const discard = form.changed && html`<button type="button" onClick=${form.discard}>Discard changes</button>`;
  const state = html`<span class="quiet" role="status">${form.changed ? "Changes are not saved yet" : "Everything is saved"}</span>`;
  return html`<${Unsaved} changed=${form.changed} onLeave=${form.discard} />
    <${Why} campaign=${campaign} />
    <div class="columns">
      <div class="editor">
        <${Form} form=${form} action="Save changes" extra=${html`${discard}${state}`}>
          <${Field} label="Prompt" as="textarea" rows="16" hint=${`The call script. ${form.values.prompt.length.toLocaleString("en")} of ${PROMPT_LIMIT.toLocaleString("en")} characters.`} ...${form.field("prompt")} />
          <${SettingsFields} form=${form} campaign=${campaign} />
        </${Form}>
      </div>
      <aside aria-label="Try it">
        <${TestCall} campaign=${campaign} unsaved=${form.changed} callId=${testCall} />
        <${About} campaign=${campaign} />
        <${Delete} path=${path} campaign=${campaign} />
      </aside>
    </div>`;
}

/** The same for whoever may only look. */
const Sight = ({ campaign }) => html`<${Why} campaign=${campaign} />
  <div class="columns">
    <div>
      <${Section} title="Prompt">${campaign.prompt ? html`<p class="reading as-typed">${campaign.prompt}</p>` : html`<p class="quiet">There is none.</p>`}</${Section}>
      <${Section} title="Settings"><${SettingsFacts} campaign=${campaign} /></${Section}>
    </div>
    <aside aria-label="About the campaign"><${About} campaign=${campaign} /></aside>
  </div>`;

/** What keeps it from dialling. */
function Why({ campaign }) {
  const lacks = [
    !campaign.prompt && "it has no prompt",
    campaign.status !== "active" && `it is ${campaign.status === "draft" ? "a draft" : "paused"}`,
    !campaign.webhookId && "no inbound webhook is bound to it",
  ].filter(Boolean);
  if (!lacks.length) return null;
  return html`<div class="notice">It dials nobody yet: ${new Intl.ListFormat("en").format(lacks)}.</div>`;
}

const About = ({ campaign }) => html`<${Section} title="Campaign">
  <${Facts} items=${[
    ["Webhook", campaign.webhookId ? html`<a href=${href(`/inbound/${campaign.webhookId}`)}>Open its inbound webhook</a>` : html`<span class="quiet">none</span>`],
    ["Created", html`<${Time} at=${campaign.createdAt} />`],
    ["Changed", html`<${Time} at=${campaign.updatedAt} />`],
    ["Id", html`<code class="breaks">${campaign.id}</code>`],
  ]} />
</${Section}>`;

function Delete({ path, campaign }) {
  const [asked, ask] = useState(false);
  if (campaign.webhookId) {
    return html`<p class="quiet">To delete it, delete its inbound webhook first. Or pause it: then nobody is called.</p>`;
  }
  const confirm = async () => {
    await remove(path);
    toast(`${campaign.name} is deleted.`);
    replace("/campaigns");
  };
  return html`<button type="button" onClick=${() => ask(true)}>Delete campaign</button>
    ${asked && html`<${Confirm} title="Delete this campaign?" action="Delete" onConfirm=${confirm} onClose=${() => ask(false)}>
      <p>Its settings and its prompt go. Its calls and their results stay, and can be reached by their addresses.</p>
    </${Confirm}>`}`;
}
