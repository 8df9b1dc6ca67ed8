import { html } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { Code } from "../../components/code.js";
import { Tabs } from "../../components/tabs.js";
import { textOf } from "../mapping/paths.js";

const SAMPLE = `{
  "type": "calls.execute",
  "data": {
    "phoneNumber": "+15551234567",
    "firstName": "Jane",
    "lastName": "Smith",
    "note": "Asked for a viewing"
  }
}`;

const OWN_VALUE = "YOUR-SECRET-VALUE";

// The name of a header may have an apostrophe in it.
const inQuotes = (text) => `'${text.replaceAll("'", "'\\''")}'`;

// `header` is the name of the one that the webhook requires, if any.
const curl = (url, header) => `curl -sS '${url}' \\
  -H 'content-type: application/json' \\
${header ? `  -H ${inQuotes(`${header}: ${OWN_VALUE}`)} \\\n` : ""}  -d '${SAMPLE}'`;

// "Webhooks by Zapier" nests nothing by itself in its POST event; its Custom Request sends what it is given.
const zapier = (url, header) => `Method   POST
URL      ${url}
Headers  content-type: application/json
${header ? `         ${header}: ${OWN_VALUE}\n` : ""}Data
${SAMPLE}`;

// A workflow's own "Send a webhook" posts the contact, or a flat list of properties; our request is nested.
const hubspot = (url, header) => `const axios = require("axios");

exports.main = async (event, callback) => {
  const { phone, firstname, lastname } = event.inputFields;
  await axios.post(
    "${url}",
    { type: "calls.execute", data: { phoneNumber: phone, firstName: firstname, lastName: lastname } },
    { headers: { ${header ? `${JSON.stringify(header)}: "${OWN_VALUE}", ` : ""}"Idempotency-Key": event.callbackId } } // HubSpot repeats what fails; nobody is called twice
  );
  callback({ outputFields: {} });
};`;

const SENDERS = [
  ["curl", "curl", "command", curl, [
    "Put a number of your own in the place of the sample.",
    html`Run the command in a terminal. It answers <code>${'{"success":true}'}</code>.`,
    "Your phone rings, and the request stands in the log below.",
  ]],
  ["zapier", "Zapier", "lines", zapier, [
    html`In the Zap, add the action <b>Webhooks by Zapier</b> with the event <b>Custom Request</b>.`,
    "Paste the lines below into its fields. Then put the Zap's own fields in the place of the sample's values.",
    html`Test the step with your own number. It answers <code>${'{"success":true}'}</code>, and the request stands in the log below.`,
  ]],
  ["hubspot", "HubSpot", "code", hubspot, [
    html`In a contact-based workflow, add the action <b>Custom code</b>. (The action <b>Send a webhook</b> posts the contact in a form of its own, which a <b>mapping</b> reads: see below.)`,
    html`As inputs choose the properties <code>phone</code>, <code>firstname</code> and <code>lastname</code>. Paste the code below.`,
    "Test the action with a contact of your own number. The request stands in the log below.",
  ]],
  ["followupboss", "FollowUp Boss", "lines", zapier, [
    "FollowUp Boss's own webhooks carry ids only, so a Zap stands between: choose FollowUp Boss as its trigger, such as a new contact.",
    html`Add the action <b>Webhooks by Zapier</b>, event <b>Custom Request</b>. Paste the lines below, and put the contact's phone and names in the place of the sample's.`,
    "Test it with a contact of your own number. The request stands in the log below.",
  ]],
];

/** How to have a webhook called, by each kind of sender. What is seen has `shown` in the URL's place; what is copied is whole. */
export const Senders = ({ webhook, shown }) => html`
  ${webhook.requiredHeader && html`<p class="quiet under">Put the secret value of the header <code class="breaks">${webhook.requiredHeader.name}</code> in the place
    of <code>${OWN_VALUE}</code>. It was chosen with the webhook, and is not shown again.</p>`}
  ${webhook.mapping && html`<p class="quiet under">These send our own form of JSON, which is taken beside what the <b>mapping</b> reads: with its <code>type</code> it
    needs no mapping. Whatever else is sent must have the phone number where the mapping looks for it: <code class="breaks">${textOf(webhook.mapping.phoneNumber)}</code>.</p>`}
  <${Tabs} label="Sender" tabs=${SENDERS.map(([key, name, what, text, steps]) => [key, name, html`
    <ol class="how-to">${steps.map((step, at) => html`<li key=${at}>${step}</li>`)}</ol>
    <${Code} text=${text(shown, webhook.requiredHeader?.name)} copies=${text(webhook.url, webhook.requiredHeader?.name)} label=${name} what=${what} />`])} />
  <p class="quiet under">All fields, and how numbers are read: <a href=${href("/reference/requests")}>Ask for a call</a>.</p>`;
