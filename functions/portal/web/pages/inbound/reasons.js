// What became of a request, in words: `outcome` and `reason` of the request log.

const REASONS = {
  __proto__: null, // A key from outside must not find what every object has.
  "insufficient funds": "Nobody was called: the account had no credit.",
  campaign_not_active: "Nobody was called: the campaign was not active.",
  no_campaign: "Nobody was called: the webhook has no campaign.",
  no_prompt: "Nobody was called: the campaign has no prompt.",
  required_header_missing: "The header that this webhook requires was missing, or had another value.",
  invalid_json: "The body was no JSON.",
  invalid_type: 'The "type" was not "calls.execute".',
  invalid_data: 'The "data" was missing, or no object.',
  missing_phone_number: 'There was no "data.phoneNumber". Its name is written in this way.',
  invalid_phone_number: "The phone number was not whole. Send it with + and its country's code.",
  phone_number_with_extension: "Something stood behind the phone number, such as an extension.",
  phone_number_with_letters: "There were letters in the phone number.",
  several_phone_numbers: "The field had more than one phone number.",
  invalid_idempotency_key: "The Idempotency-Key was empty, too long, or had a sign that it may not have.",
  idempotency_key_reused: "Another body had this Idempotency-Key before, so nobody was called.",
  body_too_large: "The body was over 64 KiB.",
};

// Its sender knows no "data.phoneNumber".
const OF_A_MAPPING = {
  __proto__: null,
  missing_phone_number: "There was no phone number where the mapping looks for one.",
};

/** A sentence about a row of the request log of a webhook. A reason without words is shown as it is. */
export function inWords({ outcome, reason }, { mapping }) {
  if (mapping && OF_A_MAPPING[reason]) return OF_A_MAPPING[reason];
  if (REASONS[reason]) return REASONS[reason];
  const dropped = /^dropped fields: (.*)$/.exec(reason ?? "")?.[1];
  if (dropped) return `The call was queued, without what could not be used: ${dropped}.`;
  return reason ?? (outcome === "accepted" ? "The call was queued." : "");
}
