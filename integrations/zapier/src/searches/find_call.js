"use strict";

const { RECIPIENT, labelled, results, transcriptText } = require("../fields");
const { find, pages } = require("../requests");

/** So many pages of a hundred calls are looked through for a phone number: a search has half a minute. */
const PAGES = 5;

const STATUSES = { queued: "Queued", cancelled: "Cancelled", finished: "Finished", missed: "Missed", failed: "Failed" };

/** Calls have `+` and digits; a number without its country is nobody's in particular. */
const wantedNumber = (z, written) => {
  if (!written) return null;
  const number = String(written).replace(/[^+\d]/g, "");
  if (/^\+\d{7,15}$/.test(number)) return number;
  const message = "Write the Phone Number with + and its country's code, such as +1 555 123 4567.";
  throw new z.errors.Error(message, "invalid_phone_number", 400);
};

/** The newest call of the campaign that fits. */
const newest = async (z, bundle) => {
  const { campaignId, phoneNumber, status } = bundle.inputData;
  const number = wantedNumber(z, phoneNumber);
  let left = PAGES;
  for await (const calls of pages(z, bundle, `/campaigns/${encodeURIComponent(campaignId)}/calls`, { status })) {
    const found = calls.find((call) => number === null || call.recipient?.phoneNumber === number);
    left -= 1;
    if (found || left === 0) return found?.id;
  }
  return undefined;
};

const perform = async (z, bundle) => {
  const { callId, campaignId } = bundle.inputData;
  if (!callId && !campaignId) {
    throw new z.errors.Error("Fill in the Call ID, or choose a Campaign.", "nothing_to_search_by", 400);
  }
  const id = callId || (await newest(z, bundle));
  const call = id && (await find(z, bundle, "calls", id));
  return call ? [{ ...call, transcriptText: transcriptText(call.transcript) }] : [];
};

module.exports = {
  key: "find_call",
  noun: "Call",
  display: {
    label: "Find a Call",
    description: "Finds a call by its ID, or the newest of a campaign, by phone number and status if you like.",
  },
  operation: {
    perform,
    inputFields: [
      { key: "callId", label: "Call ID", type: "string", helpText: "It begins with `call_`. Nothing else is looked at then." },
      {
        key: "campaignId",
        label: "Campaign",
        type: "string",
        dynamic: "campaigns.id.name",
        helpText: "Without a Call ID: whose newest call is looked for.",
      },
      {
        key: "phoneNumber",
        label: "Phone Number",
        type: "string",
        helpText: "With + and its country's code. The newest 500 calls of the campaign are looked through.",
      },
      { key: "status", label: "Status", type: "string", choices: STATUSES },
    ],
    sample: {
      id: "call_019a2f6ea3007c1d8e4b5a6978879605",
      status: "finished",
      reason: null,
      source: "inbound",
      webhookId: "wh_019a2f6ea3007c1d8e4b5a6978879605",
      campaign: { id: "cmp_019a2f6ea3007c1d8e4b5a6978879605", name: "Q4 Outreach" },
      recipient: { phoneNumber: "+15551234567", firstName: "Jane", lastName: "Smith" },
      summary: "Jane would like a demo.",
      recording: "https://recordings.example.com/jane.mp3",
      duration: 142,
      analysis: { sentiment: "positive", lead_warmth: "hot", justification: "She asked for a date." },
      actionItems: ["Send the price list"],
      tokensConsumed: 1,
      createdAt: "2024-10-29T05:17:38.000Z",
      finishedAt: "2024-10-29T05:20:00.000Z",
      metadata: { personId: "4711" },
      variables: { offer: "10 % until Friday" },
      extracted: { appointment: "2024-11-04T09:00:00Z" },
      erasedAt: null,
      notes: [],
      transcript: [{ who: "assistant", what: "Hi Jane, this is Alex.", when: "2024-10-29T05:17:43.000Z" }],
      transcriptText: "assistant: Hi Jane, this is Alex.",
    },
    outputFields: [
      ...labelled([
        ["id", "Call ID"],
        ["reason", "Why It Was Cancelled"],
        ["source", "What Triggered It"],
        ["webhookId", "Webhook ID"],
        ["campaign__id", "Campaign ID"],
        ["campaign__name", "Campaign Name"],
      ]),
      ...labelled(RECIPIENT, "recipient"),
      ...results(),
      { key: "actionItems", label: "Action Items", type: "string", list: true },
      ...labelled([
        ["transcriptText", "Transcript as Text"],
        ["createdAt", "Asked For At", "datetime"],
        ["finishedAt", "Finished At", "datetime"],
        ["erasedAt", "Erased At", "datetime"],
      ]),
      { key: "notes", label: "Notes on the Report", type: "string", list: true },
    ],
  },
};
