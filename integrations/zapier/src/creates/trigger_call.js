"use strict";

const { RECIPIENT, labelled } = require("../fields");
const { find, send } = require("../requests");

/** The chosen webhook, if a request to it could ring. What the API would accept and not dial is said here. */
const usableWebhook = async (z, bundle) => {
  const refuse = (message) => {
    throw new z.errors.Error(`${message} (the field Webhook).`, "unusable_webhook", 400);
  };
  const webhook = await find(z, bundle, "webhooks", bundle.inputData.webhookId);
  if (webhook?.direction !== "inbound") refuse("There is no such inbound webhook: choose one");
  if (webhook.status !== "enabled") refuse("This webhook is disabled: enable it in the portal, or choose another one");
  if (!webhook.campaignId) refuse("This webhook has no campaign, so nobody would be called: give it one in the portal");
  return webhook;
};

const isEmpty = (value) =>
  value === undefined || value === null || value === "" || (typeof value === "object" && Object.keys(value).length === 0);

/** The request's `data`, always in the same order: a replay is recognised by its bytes. */
const callData = (inputData) => {
  const names = [...RECIPIENT.map(([key]) => key), "metadata", "variables"];
  return Object.fromEntries(names.map((name) => [name, inputData[name]]).filter(([, value]) => !isEmpty(value)));
};

/** Zapier tells an action nothing of its run, so the field names it. A key has no blanks, commas or umlauts; a hash fits all. */
const idempotencyKey = (z, text) => `zapier-${z.hash("sha256", String(text).trim(), "hex", "utf8")}`;

const perform = async (z, bundle) => {
  const { inputData } = bundle;
  if (!String(inputData.onceKey ?? "").trim()) {
    const message = "The field Call Only Once Per is empty for this record: map something that is always there.";
    throw new z.errors.Error(message, "missing_once_key", 400);
  }
  const webhook = await usableWebhook(z, bundle);
  const data = callData(inputData);
  const headers = {
    "Content-Type": "application/json",
    "Idempotency-Key": idempotencyKey(z, inputData.onceKey),
  };
  if (webhook.requiredHeader && inputData.requiredHeaderValue) {
    headers[webhook.requiredHeader.name] = inputData.requiredHeaderValue;
  }
  // As bytes: in a text Zapier's client looks for templates of its own, and refuses a lead who writes `{{bundle.…}}`.
  const body = Buffer.from(JSON.stringify({ type: "calls.execute", data }));
  await send(z, { method: "POST", url: webhook.url, headers, body });
  return {
    id: headers["Idempotency-Key"],
    webhook: { id: webhook.id, name: webhook.name },
    phoneNumber: String(data.phoneNumber ?? ""),
  };
};

/** Asked for once a webhook is chosen. */
const requiredHeaderField = async (z, bundle) => {
  const { webhookId } = bundle.inputData;
  const webhook = webhookId && (await find(z, bundle, "webhooks", webhookId));
  if (!webhook?.requiredHeader) return [];
  return [
    {
      key: "requiredHeaderValue",
      label: `Value of the Header ${webhook.requiredHeader.name}`,
      type: "password",
      required: true,
      helpText: "This webhook refuses requests without it. Whoever set the webhook up knows the value.",
    },
  ];
};

const input = ([key, label]) => ({ key, label, type: key === "note" ? "text" : "string" });

module.exports = {
  key: "trigger_call",
  noun: "Call",
  display: {
    label: "Trigger a Call",
    description: "Asks for a phone call, with the campaign of the webhook that you choose.",
  },
  operation: {
    perform,
    inputFields: [
      {
        key: "webhookId",
        label: "Webhook",
        type: "string",
        required: true,
        dynamic: "inbound_webhooks.id.name",
        altersDynamicFields: true,
        helpText: "The inbound webhook to ask for the call. Its campaign says what is talked about.",
      },
      requiredHeaderField,
      {
        ...input(RECIPIENT[0]),
        required: true,
        helpText: "With + and its country's code there is no doubt whose it is.",
      },
      {
        key: "onceKey",
        label: "Call Only Once Per",
        type: "string",
        required: true,
        helpText:
          "Map the ID of the event that asks for the call, such as a form's entry, a row or a deal's change. When this step " +
          "is replayed, nobody is called a second time. Do not map a person's ID: that person would be called once, and " +
          "never again.",
      },
      ...RECIPIENT.slice(1).map(input),
      {
        key: "variables",
        label: "Words for the Script",
        dict: true,
        helpText: "Names and values that the campaign's script may use.",
      },
      {
        key: "metadata",
        label: "Metadata",
        dict: true,
        helpText: "What you need to know the record again, such as its ID. It comes back with the call's result.",
      },
    ],
    sample: {
      id: "zapier-5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
      webhook: { id: "wh_019a2f6ea3007c1d8e4b5a6978879605", name: "CRM leads" },
      phoneNumber: "+15551234567",
    },
    outputFields: labelled([
      ["id", "Idempotency Key"],
      ["webhook__id", "Webhook ID"],
      ["webhook__name", "Webhook Name"],
      ["phoneNumber", "Phone Number"],
    ]),
  },
};
