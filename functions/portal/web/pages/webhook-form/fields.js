import { html } from "../../vendor/preact.js";
import { everyPage, get, useLoad } from "../../api.js";
import { Field, Form, useForm } from "../../components/form.js";
import { href } from "../../router.js";
import { TestWhatIsTyped } from "./test.js";
import { changesOfEndpoint } from "./changes.js";
import { HeadersEditor, storedHeaders } from "./headers.js";
import { RequiredHeader, headerValues, requiredHeaderOf } from "./required-header.js";

const METHODS = [["POST", "POST, with a JSON body"], ["GET", "GET, with the data in the URL"]];

/** Name, URL, method and headers of an outbound webhook; `save(body)` gets what of it was changed, as the API takes it. */
export function OutboundForm({ webhook, save, action, cancel, extra }) {
  const initial = { name: webhook?.name ?? "", url: webhook?.url ?? "", method: webhook?.method ?? "POST", headers: storedHeaders(webhook?.headers ?? []) };
  const form = useForm({
    name: webhook ? `edit.${webhook.id}` : "new.outbound",
    initial,
    secret: ["value"],
    submit: async (values, changes) => {
      const { name, method } = webhook ? changes : values;
      const endpoint = await changesOfEndpoint(values, changes, "headers", webhook, () => get(`/webhooks/${webhook.id}`));
      await save({ name, method, ...endpoint });
    },
  });
  return html`<${Form} ...${{ form, action, cancel, extra }}>
    <${Field} label="Name" hint="For yourself. Receivers do not see it." ...${form.field("name")} />
    <${Field} label="URL" type="url" placeholder="https://example.com/call-finished" hint="Where the result of every call that is over is sent, of missed and failed ones, too." ...${form.field("url")} />
    <${Field} label="Method" as="select" options=${METHODS} ...${form.field("method")} />
    <${HeadersEditor} form=${form} />
    <${MovedAway} form=${form} before=${webhook} />
    <${TestWhatIsTyped} form=${form} endpoint=${{ method: form.values.method }} sends="call.finished" />
  </${Form}>`;
}

/** Name, campaign, response webhook and required header of an inbound webhook. */
export function InboundForm({ webhook, save, action, cancel, extra }) {
  const before = webhook?.responseWebhook;
  const initial = {
    name: webhook?.name ?? "", campaignId: "", responds: Boolean(before), url: before?.url ?? "", headers: storedHeaders(before?.headers ?? []),
    ...headerValues(webhook?.requiredHeader),
  };
  const form = useForm({
    name: webhook ? `edit.${webhook.id}` : "new.inbound",
    initial,
    secret: ["value", "headerValue"],
    submit: async (values, changes) => {
      const { name, campaignId, responds } = webhook ? changes : values;
      const body = { name, campaignId: campaignId || undefined, ...requiredHeaderOf(values, changes, webhook?.requiredHeader) };
      if (values.responds) {
        const readNow = async () => (await get(`/webhooks/${webhook.id}`)).responseWebhook;
        const endpoint = await changesOfEndpoint(values, changes, "responseWebhook.headers", before, readNow);
        if (Object.keys(endpoint).length) body.responseWebhook = endpoint;
      } else if (responds === false) body.responseWebhook = null;
      await save(body);
    },
  });
  return html`<${Form} ...${{ form, action, cancel, extra }}>
    <${Field} label="Name" hint="For yourself, such as the CRM's name." ...${form.field("name")} />
    ${!webhook?.campaignId && html`<${CampaignField} form=${form} webhookId=${webhook?.id} />`}
    <fieldset>
      <legend>Response webhook</legend>
      <label class="check"><input type="checkbox" checked=${form.values.responds} onChange=${(event) => form.set({ responds: event.target.checked })} />
        Send the results of this webhook's calls to a URL</label>
      ${form.values.responds ? html`
        <${Field} label="URL" type="url" placeholder="https://example.com/call-completed" hint="By POST, signed." ...${form.field("url", "responseWebhook.url")} />
        <${HeadersEditor} form=${form} path="responseWebhook.headers" />
        <${MovedAway} form=${form} before=${before} />
        <${TestWhatIsTyped} form=${form} prefix="responseWebhook." endpoint=${{}} />
      ` : before && html`<p class="notice">Saving removes the response webhook and its headers. Deliveries to it end.</p>`}
    </fieldset>
    <${RequiredHeader} form=${form} before=${webhook?.requiredHeader} />
  </${Form}>`;
}

/** Campaigns that no webhook has. A webhook keeps its campaign for good. */
function CampaignField({ form, webhookId }) {
  const campaigns = useLoad((signal) => everyPage("/campaigns", {}, { signal }), []);
  const free = (campaigns.data ?? []).filter((campaign) => !campaign.webhookId);
  const none = !campaigns.loading && !free.length && html`There is no free one. <a href=${href("/campaigns/new", { webhookId })}>Write a campaign</a>; you can also do it later.`;
  const hint = campaigns.problem ? campaigns.problem.message : none || "Its prompt is what is said in the calls. You can also choose it later; once chosen, it stays.";
  return html`<${Field} label="Campaign" optional as="select" hint=${hint}
    options=${[["", campaigns.loading ? "Loading…" : "None yet"], ...free.map(({ id, name }) => [id, name])]} ...${form.field("campaignId")} />`;
}

const origin = (url) => {
  try {
    return new URL(url).origin;
  } catch {
    return null;
  }
};

/** Stored headers belong to the origin that they were given for. */
function MovedAway({ form, before }) {
  const kept = form.values.headers.filter((row) => row.stored && !row.removed && !row.value);
  if (!before || !kept.length || origin(form.values.url.trim()) === origin(before.url)) return null;
  return html`<p class="notice" role="status">The URL is of another server. The stored values of ${kept.map((row) => row.name).join(", ")} are not sent there: type them anew, or remove the headers.</p>`;
}
