import { html, useState } from "../../vendor/preact.js";
import { everyPage, get, useLoad } from "../../api.js";
import { Confirm } from "../../components/dialog.js";
import { Field, Form, useForm } from "../../components/form.js";
import { href } from "../../router.js";
import { DEFAULT_EVENTS, EVENTS } from "../outbound/told.js";
import { Body } from "./body.js";
import { bodyValues, payloadChange, payloadOf } from "./body/payload.js";
import { TestWhatIsTyped } from "./test.js";
import { changesOfEndpoint } from "./changes.js";
import { FilterFields, Ticks, filterOf, filterValue } from "./filter.js";
import { HeadersEditor, storedHeaders } from "./headers.js";
import { RequiredHeader, headerValues, requiredHeaderOf } from "./required-header.js";

const METHODS = [["POST", "POST, with a body"], ["GET", "GET, with the data in the URL"]];

/** An outbound webhook; `save(body)` gets what of it was changed, as the API takes it. */
export function OutboundForm({ webhook, save, action, cancel, extra, failedCall }) {
  const initial = {
    name: webhook?.name ?? "", url: webhook?.url ?? "", method: webhook?.method ?? "POST", headers: storedHeaders(webhook?.headers ?? []),
    events: webhook?.events ?? DEFAULT_EVENTS, filter: filterValue(webhook?.filter), ...bodyValues(webhook?.payload),
  };
  const form = useForm({
    name: webhook ? `edit.${webhook.id}` : "new.outbound",
    initial,
    secret: ["value"],
    submit: async (values, changes) => {
      const { name, method } = webhook ? changes : values;
      const told = { events: changes.events, filter: "filter" in changes ? filterOf(values.filter) : undefined };
      const payload = payloadChange(sentBy(values), webhook?.payload, "payload");
      const endpoint = await changesOfEndpoint(values, changes, "headers", webhook, () => get(`/webhooks/${webhook.id}`));
      await save({ name, method, ...told, ...payload, ...endpoint });
    },
  });
  const { method, events } = form.values;
  return html`<${Form} ...${{ form, action, cancel, extra }}>
    <${Field} label="Name" hint="For yourself. Only who is told of failing endpoints sees it." ...${form.field("name")} />
    <${Field} label="URL" type="url" placeholder="https://example.com/call-finished" ...${form.field("url")} />
    <${Field} label="Method" as="select" options=${METHODS} ...${form.field("method")} />
    <fieldset>
      <legend>Events</legend>
      <${Ticks} title="It is told when" options=${EVENTS} explained chosen=${events} refusal=${form.refusal("events")}
        onChange=${(chosen) => form.set({ events: chosen }, "events")} />
      ${events.some(isOfEndpoint) && html`<p class="hint">Filter and body are about calls. What is told of another endpoint is never kept back and has the documented body, so a webhook with a body of your own cannot ask for it.</p>`}
    </fieldset>
    <${FilterFields} form=${form} />
    <${HeadersEditor} form=${form} />
    <${MovedAway} form=${form} before=${webhook} />
    ${method === "POST" ? html`<${Body} form=${form} path="payload" events=${ofCalls(events)} webhookId=${webhook?.id} failedCall=${failedCall} />`
      : form.values.body !== "documented" && html`<p class="notice">A GET has no body: what you wrote for it is not saved.</p>`}
    <${TestWhatIsTyped} form=${form} endpoint=${{ method }} payload=${(path) => payloadOf(sentBy(form.values), path)} sends=${events.join(", ")} />
  </${Form}>`;
}

/** Those of the events that a body may be made for, in the order in which they are offered. */
const ofCalls = (events) => {
  const told = EVENTS.map(([event]) => event).filter((event) => events.includes(event) && !isOfEndpoint(event));
  return told.length ? told : DEFAULT_EVENTS;
};

const isOfEndpoint = (event) => event.startsWith("webhook.");

/** A GET has no body of its own. */
const sentBy = (values) => (values.method === "GET" ? { ...values, body: "documented" } : values);

/** Name, campaign, response webhook and required header of an inbound webhook. */
export function InboundForm({ webhook, save, action, cancel, extra, failedCall }) {
  const before = webhook?.responseWebhook;
  const initial = {
    name: webhook?.name ?? "", campaignId: "", responds: Boolean(before), url: before?.url ?? "", headers: storedHeaders(before?.headers ?? []),
    ...headerValues(webhook?.requiredHeader), ...bodyValues(before?.payload),
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
        const payload = payloadChange(values, before?.payload, "responseWebhook.payload");
        const endpoint = { ...payload, ...(await changesOfEndpoint(values, changes, "responseWebhook.headers", before, readNow)) };
        if (Object.keys(endpoint).length) body.responseWebhook = endpoint;
      } else if (responds === false) body.responseWebhook = null;
      await save(body);
    },
  });
  const [removal, ask] = useState(false);
  const submit = (event) => {
    if (!before || form.values.responds) return form.submit(event);
    event.preventDefault();
    return ask(true);
  };
  return html`<${Form} ...${{ form: { ...form, submit }, action, cancel, extra }}>
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
        <${Body} form=${form} path="responseWebhook.payload" events=${["call.completed"]} webhookId=${webhook?.id} failedCall=${failedCall} />
        <${TestWhatIsTyped} form=${form} prefix="responseWebhook." endpoint=${{}} payload=${(path) => payloadOf(form.values, path)} />
      ` : before && html`<p class="notice">Saving removes the response webhook and its headers. Deliveries to it end.</p>`}
    </fieldset>
    <${RequiredHeader} form=${form} before=${webhook?.requiredHeader} />
    ${removal && html`<${Confirm} title="Remove the response webhook?" action="Remove and save" onConfirm=${() => form.submit()} onClose=${() => ask(false)}>
      <p>Deliveries to it end, those that wait too. Its URL, its body and the values of its headers are gone: a new one begins with none.</p>
    </${Confirm}>`}
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
