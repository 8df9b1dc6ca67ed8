"use strict";

/** What to do about it, by the API's code, in the words of the app's fields. */
const ADVICE = {
  webhook_not_found: "Choose the webhook again, or enable it in the portal.",
  required_header_missing: "Fill in the value of the header that this webhook requires.",
  invalid_phone_number: "Look at the field Phone Number: send it with + and its country's code.",
  phone_number_with_extension: "Look at the field Phone Number.",
  phone_number_with_letters: "Look at the field Phone Number.",
  several_phone_numbers: "Look at the field Phone Number: map one number.",
  missing_phone_number: "The field Phone Number is empty for this record.",
  idempotency_key_reused:
    "The field Call Only Once Per had this value before, with other data. Map something that is different for each call.",
  too_many_webhooks: "Switch off a Zap that listens for calls, or delete an outbound webhook in the portal.",
};

/** The API's own error; API Gateway and strangers answer otherwise. */
const problemOf = (response) => {
  try {
    const { error, message } = JSON.parse(response.content);
    return error?.message ? error : { message };
  } catch {
    return {};
  }
};

/**
 * Answers other than a 2xx become errors that say what to do. The platform's own would show the request's URL, which is a
 * webhook's secret. (A 429 has become a ThrottledError before.)
 */
const explainRefusal = (response, z) => {
  if (response.status < 300 || (response.status === 404 && response.skipThrowForStatus)) return response;
  const { code = `http_${response.status}`, message = `The answer was ${response.status}`, field } = problemOf(response);
  if (code === "unauthorized") {
    throw new z.errors.ExpiredAuthError("The API key is not accepted any more. Reconnect the account with a new one.");
  }
  const said = [`${message} (${code}${field ? `, field ${field}` : ""}).`, ADVICE[code]].filter(Boolean).join(" ");
  if (response.status === 503) throw new z.errors.ThrottledError(said, Number(response.getHeader("retry-after")) || undefined);
  throw new z.errors.Error(said, code, response.status);
};

module.exports = { explainRefusal };
