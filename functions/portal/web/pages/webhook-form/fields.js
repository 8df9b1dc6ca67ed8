import { html, useState } from "../../vendor/preact.js";
import { Problem, everyPage, post, useLoad } from "../../api.js";
import { Button } from "../../components/button.js";
import { Field, Form, useForm } from "../../components/form.js";
import { HeadersEditor, headersOf, storedHeaders } from "./headers.js";
import { RequiredHeader, headerValues, requiredHeaderOf } from "./required-header.js";
import { TestResult } from "../../components/test-result.js";

const METHODS = [["POST", "POST, with a JSON body"], ["GET", "GET, with the data in the URL"]];

/** Name, URL, method and headers of an outbound webhook; `save(body)` gets what the API takes. */
export function OutboundForm({ webhook, save, action, cancel }) {
  const initial = { name: webhook?.name ?? "", url: webhook?.url ?? "", method: webhook?.method ?? "POST", headers: storedHeaders(webhook?.headers ?? []) };
  const form = useForm({
    name: webhook ? `edit.${webhook.id}` : "new.outbound",
    initial,
    secret: ["value"],
    submit: ({ name, url, method, headers }) => save({ name, url: url.trim(), method, headers: headersOf(headers) }),
  });
  return html`<${Form} form=${form} action=${action} cancel=${cancel}>
    <${Field} label="Name" hint="For yourself. Receivers do not see it." ...${form.field("name")} />
    <${Field} label="URL" type="url" placeholder="https://example.com/call-finished" hint="Where the result of every finished call is sent." ...${form.field("url")} />
    <${Field} label="Method" as="select" options=${METHODS} ...${form.field("method")} />
    <${HeadersEditor} form=${form} />
    <${MovedAway} form=${form} before=${webhook} />
    <${TestWhatIsTyped} form=${form} endpoint=${{ method: form.values.method }} />
  </${Form}>`;
}

/** Name, campaign, response webhook and required header of an inbound webhook. */
export function InboundForm({ webhook, save, action, cancel }) {
  const before = webhook?.responseWebhook;
  const initial = {
    name: webhook?.name ?? "", campaignId: "", responds: Boolean(before), url: before?.url ?? "", headers: storedHeaders(before?.headers ?? []),
    ...headerValues(webhook?.requiredHeader),
  };
  const form = useForm({
    name: webhook ? `edit.${webhook.id}` : "new.inbound",
    initial,
    secret: ["value", "headerValue"],
    submit: ({ name, campaignId, responds, url, headers, ...rest }) => save({
      name,
      ...requiredHeaderOf(rest, webhook?.requiredHeader),
      ...(campaignId && { campaignId }),
      responseWebhook: responds ? { url: url.trim(), headers: headersOf(headers) } : null,
    }),
  });
  return html`<${Form} form=${form} action=${action} cancel=${cancel}>
    <${Field} label="Name" hint="For yourself, such as the CRM's name." ...${form.field("name")} />
    ${!webhook?.campaignId && html`<${CampaignField} form=${form} />`}
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
function CampaignField({ form }) {
  const campaigns = useLoad((signal) => everyPage("/campaigns", {}, { signal }), []);
  const free = (campaigns.data ?? []).filter((campaign) => !campaign.webhookId);
  const hint = campaigns.problem
    ? campaigns.problem.message
    : "Its prompt is what is said in the calls. The choice is for good; you can also make it later.";
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
  const kept = form.values.headers.filter((row) => row.stored && !row.value);
  if (!before || !kept.length || origin(form.values.url.trim()) === origin(before.url)) return null;
  return html`<p class="notice" role="status">The URL is of another server. The stored values of ${kept.map((row) => row.name).join(", ")} are not sent there: type them anew, or remove the headers.</p>`;
}

/** Tries the endpoint as it is typed, before it is saved. The API's refusals stand at the fields. */
function TestWhatIsTyped({ form, endpoint, prefix = "" }) {
  const [result, setResult] = useState(null);
  const kept = form.values.headers.filter((row) => row.stored && !row.value);
  const test = async () => {
    setResult(null);
    form.setProblem(null);
    const rows = [...headersOf(form.values.headers).entries()].filter(([, header]) => header.value !== undefined);
    const headers = rows.map(([, header]) => header);
    try {
      setResult(await post("/webhooks/test", { url: form.values.url.trim(), ...endpoint, headers }));
    } catch (problem) {
      if (!problem.field) throw problem;
      // The test's fields are those of the form, under another name; and it was sent without the stored headers.
      const field = prefix + problem.field.replace(/^headers\[(\d+)\]/, (_, at) => `headers[${rows[at][0]}]`);
      form.setProblem(new Problem({ ...problem, field, message: problem.message.replace(problem.field, field) }));
    }
  };
  return html`<div class="test">
    <div class="test-head">
      <${Button} onPress=${test} disabled=${!form.values.url.trim()}>Send a test</${Button}>
      <span class="hint">Sends a sample result to the URL as it is typed. Nothing is saved, and it is not signed.
        ${kept.length > 0 && ` Without the stored values of ${kept.map((row) => row.name).join(", ")}.`}</span>
    </div>
    ${result && html`<${TestResult} result=${result} />`}
  </div>`;
}
