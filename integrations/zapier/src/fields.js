"use strict";

/** Whom a call is for, in the API's names. */
const RECIPIENT = [
  ["phoneNumber", "Phone Number"],
  ["firstName", "First Name"],
  ["lastName", "Last Name"],
  ["email", "Email"],
  ["companyName", "Company Name"],
  ["note", "Note"],
  ["address1", "Address Line 1"],
  ["address2", "Address Line 2"],
  ["city", "City"],
  ["state", "State"],
  ["zipCode", "ZIP Code"],
];

/** Output fields from `[key, label, type?]`, below `parent` when there is one: Zapier joins names by two underscores. */
const labelled = (fields, parent) =>
  fields.map(([key, label, type = "string"]) => ({ key: parent ? `${parent}__${key}` : key, label, type }));

/** What a call has in a delivery and in the API alike, below `parent` when there is one. */
const results = (parent) =>
  labelled(
    [
      ["status", "Call Status"],
      ["summary", "Summary"],
      ["recording", "Recording URL"],
      ["duration", "Duration in Seconds", "integer"],
      ["analysis__sentiment", "Sentiment"],
      ["analysis__lead_warmth", "Lead Warmth"],
      ["analysis__justification", "Justification of the Analysis"],
      ["tokensConsumed", "Credits Consumed", "integer"],
      ["transcript[]who", "Transcript: Who"],
      ["transcript[]what", "Transcript: What"],
      ["transcript[]when", "Transcript: When", "datetime"],
    ],
    parent,
  );

/** A line for each turn, as the payloads of one's own have it. */
const transcriptText = (turns) => (turns ?? []).map(({ who, what }) => `${who}: ${what}`).join("\n");

module.exports = { RECIPIENT, labelled, results, transcriptText };
