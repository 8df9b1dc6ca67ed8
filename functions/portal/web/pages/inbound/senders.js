import { html } from "../../vendor/preact.js";
import { href } from "../../router.js";
import { Code } from "../../components/code.js";
import { Tabs } from "../../components/tabs.js";

const SAMPLE = `{
  "type": "calls.execute",
  "data": {
    "phoneNumber": "+15551234567",
    "firstName": "Jane",
    "lastName": "Smith",
    "note": "Asked for a viewing"
  }
}`;

const curl = (url) => `curl -sS '${url}' \\
  -H 'content-type: application/json' \\
  -d '${SAMPLE}'`;

// "Webhooks by Zapier" nests nothing by itself in its POST event; its Custom Request sends what it is given.
const zapier = (url) => `Method   POST
URL      ${url}
Headers  content-type: application/json
Data
${SAMPLE}`;

// A workflow's own "Send a webhook" posts the contact, or a flat list of properties; our request is nested.
const hubspot = (url) => `const axios = require("axios");

exports.main = async (event, callback) => {
  const { phone, firstname, lastname } = event.inputFields;
  await axios.post(
    "${url}",
    { type: "calls.execute", data: { phoneNumber: phone, firstName: firstname, lastName: lastname } },
    { headers: { "Idempotency-Key": event.callbackId } } // HubSpot repeats what fails; nobody is called twice
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
export const Senders = ({ url, shown }) => html`<${Tabs} label="Sender" tabs=${SENDERS.map(([key, name, what, text, steps]) => [key, name, html`
  <ol class="how-to">${steps.map((step, at) => html`<li key=${at}>${step}</li>`)}</ol>
  <${Code} text=${text(shown)} copies=${text(url)} label=${name} what=${what} />`])} />
  <p class="quiet under">All fields, and how numbers are read: <a href=${href("/reference/requests")}>Ask for a call</a>.</p>`;
