import { html } from "../../vendor/preact.js";
import { get, useLoad } from "../../api.js";
import { href } from "../../router.js";
import { canEdit, session, tab } from "../../session.js";
import { ProblemBox } from "../../components/page.js";

const LOOKED_AT = 3; // Campaigns and webhooks that are asked about, so that a large account costs no more than a small one.

/** Once an account is through, nothing is asked any more in this tab. */
const done = () => `through.${session()?.account.id}`;
export const isThrough = () => tab.read(done()) === "yes";

/** Which steps of the way to the first call are taken. */
async function stepsTaken(webhooks, signal) {
  const page = (path, query) => get(path, query, { signal }).then((answer) => answer.items);
  const inbound = webhooks.find((webhook) => webhook.direction === "inbound");
  const campaigns = await page("/campaigns", { limit: 100 });
  const first = [...campaigns].sort(byUse).slice(0, LOOKED_AT);
  const [prompts, calls, requests, deliveries] = await Promise.all([
    Promise.all(first.map(({ id }) => get(`/campaigns/${id}`, {}, { signal }).then((campaign) => Boolean(campaign.prompt)))),
    Promise.all(first.map(({ id }) => page(`/campaigns/${id}/calls`, { limit: 20 }))),
    Promise.all(webhooks.filter((w) => w.direction === "inbound").slice(0, LOOKED_AT).map(({ id }) => page(`/webhooks/${id}/requests`, { limit: 20 }))),
    Promise.all(webhooks.filter(receives).slice(0, LOOKED_AT).map(({ id }) => page(`/webhooks/${id}/deliveries`, { limit: 20 }))),
  ]);
  const withPrompt = first.filter((_, at) => prompts[at]);
  return {
    webhook: Boolean(inbound),
    prompt: withPrompt.length > 0,
    active: withPrompt.some((campaign) => campaign.status === "active"),
    // Who has had real calls needs no test of them.
    called: calls.flat().some((call) => call.source === "test" || call.finishedAt),
    request: requests.flat().some((row) => row.callId),
    delivery: deliveries.flat().some((row) => !row.test && row.outcome === "succeeded"),
    receiver: webhooks.some(receives),
    campaign: withPrompt[0] ?? first[0],
    inbound,
  };
}

const receives = (webhook) => webhook.direction === "outbound" || webhook.responseWebhook;
const byUse = (a, b) => Number(Boolean(b.webhookId)) - Number(Boolean(a.webhookId)) || Number(b.status === "active") - Number(a.status === "active");

function steps(taken) {
  const { campaign, inbound } = taken;
  const ofCampaign = campaign ? `/campaigns/${campaign.id}` : "/campaigns";
  return [
    ["webhook", "Create an inbound webhook", "Your CRM posts leads to its URL.", "Create", "/inbound/new"],
    ["prompt", "Write a campaign with a prompt", "The prompt is what is said in the calls.", campaign ? "Write" : "Create", campaign ? ofCampaign : "/campaigns/new"],
    ["active", "Activate the campaign", "Only an active campaign dials.", "Open", ofCampaign],
    ["called", "Make a test call", "Hear it on your own phone before a lead does.", "Open", ofCampaign],
    ["request", "Send the first request", "From your CRM, or with the curl command of the webhook's page.", "Open", inbound ? `/inbound/${inbound.id}` : "/inbound"],
    ["delivery", "Get the first delivery", taken.receiver ? "When a call is over its result is sent to you." : "Say where the results of calls are sent.", taken.receiver ? "Open" : "Create", taken.receiver ? "/outbound" : "/outbound/new"],
  ];
}

/**
 * The way to a first call, as a list that ticks itself. It is gone when all is done. `webhooks`: those of the
 * account; `delivered`: whether an endpoint has taken something in the last day, wherever it is.
 */
export function FirstCall({ webhooks, delivered }) {
  const { data, problem, reload } = useLoad(async (signal) => webhooks && (await stepsTaken(webhooks, signal)), [webhooks]);
  if (problem) return html`<${ProblemBox} problem=${problem} retry=${reload} />`;
  // Most accounts are through, so nothing is drawn that would go again.
  if (!data) return null;
  const taken = { ...data, delivery: data.delivery || delivered };
  const list = steps(taken);
  const left = list.filter(([key]) => !taken[key]);
  if (!left.length) {
    tab.write(done(), "yes");
    return null;
  }
  const next = left[0][0];
  return html`<section class="card first-call" aria-labelledby="first-call">
    <div class="section-head">
      <h2 id="first-call">Your first call</h2>
      <span class="quiet">${`${list.length - left.length} of ${list.length} done`}</span>
    </div>
    <ol class="steps">
      ${list.map(([key, title, hint, verb, to]) => html`<li key=${key} class=${taken[key] ? "done" : key === next ? "next" : ""}>
        <span class="tick" aria-hidden="true">${taken[key] ? "✓" : ""}</span>
        <div class="grow"><b>${title}</b>${taken[key] && html`<span class="away">: done</span>`}${!taken[key] && html`<p class="quiet">${hint}</p>`}</div>
        ${key === next && canEdit() && html`<a class="button primary" href=${href(to)} aria-label=${`${verb}: ${title}`}>${verb}</a>`}
      </li>`)}
    </ol>
  </section>`;
}
