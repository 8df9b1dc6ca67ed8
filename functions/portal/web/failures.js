// What a failed attempt means, and what to do about it, in words. Every page that shows one takes them from here.

import { canEdit } from "./session.js";

// The codes of attempts without an answer: `[title, what it means, what to do]`.
const ERRORS = {
  __proto__: null, // A key from outside must not find what every object has.
  dns: ["The server's name was not found", "The name in the URL does not resolve, or it leads to an address that deliveries may not go to.",
    "Look for a typing mistake in the URL. If the server has just moved, its DNS entry may still be on its way: the next attempt asks again."],
  connect: ["No connection", "The name was found, but the server refused the connection, or nobody was there.",
    "See whether the server runs and whether its firewall lets strangers in. Deliveries come from no fixed address."],
  tls: ["No secure connection", "The certificate is expired, self-signed or of another name, or no TLS is spoken at that port.",
    "Open the URL in a browser and look at its certificate. Renew it, or save the name that it was made for. The chain must be complete."],
  timeout: ["No answer in time", "The server did not connect within 3 seconds, or sent no status within 10.",
    "Answer with a 2xx at once, and do the work afterwards. It may have been done all the same: drop a webhook-id that you have seen before."],
  blocked_address: ["The address is not allowed", "Deliveries go to the public internet only, at port 443 or 8443. The URL names a private address, or another port.",
    "Save a public https URL. If the server is inside a private network, ask your provider whether it can be allowed."],
  protocol: ["The answer was no HTTP", "Something answered, but not with the head of an HTTP/1.1 answer.",
    "See whether the port is that of a web server, and what stands in front of it."],
  undecryptable: ["The stored headers or the secret cannot be read", "They are stored sealed, and could not be opened for this attempt.",
    "Save the custom headers again, each with its value, and rotate the signing secret."],
  unsendable: ["No request can be made of the settings", "The URL or a header of this webhook cannot be sent as it is. Nothing was sent, and nothing is tried again.",
    "Edit the webhook, and save another URL or other headers. Then send the delivery again."],
  url_too_long: ["The URL is too long", "A GET carries the result in its URL, and the webhook's own URL leaves no room for it. Nothing was sent.",
    "Choose POST, or a shorter URL. Then send the delivery again."],
  payload: ["There is no body for this call", "The webhook's own body could not be made of this call; the message has the place in it. Nothing was sent, and the endpoint does not count as failing.",
    "Mend the body, and look at its preview of this call. Then send the delivery again."],
  webhook_disabled: ["The webhook was disabled", "When this attempt fell due, deliveries to this webhook were switched off. Nothing was sent.",
    "Enable the webhook, and send the delivery again."],
  webhook_deleted: ["The endpoint was removed", "When this attempt fell due, the endpoint was no longer there. Nothing was sent.", "Nothing: results go to the endpoints that there are."],
  call_erased: ["The call was erased", "Its personal data is gone, so there is nothing left to send.", "Nothing: it cannot be sent again."],
};

// Statuses of answers that mean something of their own.
const STATUSES = {
  400: ["The server did not understand it", "It refuses the request as wrong, often because it expects other fields.",
    "Read its answer. Compare the request below with what the server expects, and the method with what it takes."],
  401: ["The server wants to know who asks", "A credential is missing, or is not accepted.",
    "Edit the webhook, and give it the header that the server expects, such as Authorization. If the server verifies signatures, see that it has the current signing secret and the body as it arrived."],
  403: ["The server does not allow it", "It knows the request and refuses it: a wrong credential, a firewall, or a signature that it cannot verify.",
    "Check the custom headers. See whether a firewall or a bot filter stands before the server, and let requests with webhook-id pass."],
  404: ["Nothing is at this URL", "The server is there, but not the page.", "Compare the URL with the one of your receiver: its path, and the slash at its end."],
  405: ["The server does not take this method", "It takes another method at this URL.", "Edit the webhook, and choose the method that the server takes; most take POST."],
  406: ["The server has no answer that it likes to give", "It wants an accept header, or another content type.", "Add the header that the server asks for as a custom one."],
  408: ["The server gave up waiting", "It did not get the request fast enough, mostly because it is overloaded.", "Nothing, if it happens seldom. Else see whether the server has enough room."],
  409: ["The server sees a conflict", "Mostly it has this delivery already.", "Answer 2xx to a webhook-id that you have seen before, so that it is not sent again."],
  410: ["The server wants no more", "410 Gone is final. Deliveries to this endpoint were switched off at once.",
    "If that was not meant, have the server answer 2xx, then enable the endpoint and resend what was missed. Else delete the webhook."],
  413: ["The request is too large for the server", "A long transcript makes a large body.", "Raise the limit of the server or its proxy to 1 MB."],
  415: ["The server does not take this content type", "Deliveries by POST are application/json, unless the webhook has a body of its own.", "Have the server read JSON, give the webhook a body of its own in the form that the server takes, or choose GET."],
  422: ["The server cannot use the values", "It understands the request and refuses what is in it.", "Read its answer: it mostly names the field."],
  429: ["The server asks to slow down", "Too many requests came at once.", "Nothing: it is tried again later, and a Retry-After of the server is heeded. Raise its limit if it happens often."],
  501: ["The server cannot do that", "It does not know the method.", "Edit the webhook, and choose the other method."],
  502: ["A proxy has no answer", "The proxy in front of the server did not get an answer that it can use.", "See whether the server behind the proxy runs."],
  503: ["The server is not ready", "It is overloaded, or being updated.", "See whether it is up again, then send the delivery again. It is also tried again by itself."],
  504: ["A proxy waited too long", "The server behind the proxy did not answer in time.", "Answer 2xx at once, and do the work afterwards."],
};

const REDIRECT = ["The server points elsewhere", "Redirects are not followed: a delivery goes where its owner has said, and nowhere else.",
  "Save the URL that it points to; the note of the attempt names it. If the redirect comes after the work was done, have the server answer 2xx instead."];
const REFUSED = ["The server refused it", "A 4xx says that something about the request, or its credential, is wrong in the eyes of the server.",
  "Read its answer. Then check the URL, the method and the custom headers."];
const BROKEN = ["The server has a fault", "A 5xx says that the server failed, whatever it was sent.",
  "Look into the server's own log at the time of the attempt. When it is mended, send the delivery again."];
const STRANGE = ["The server's answer is no success", "A delivery counts when the answer is a 2xx. This one was not.", "Have the server answer 200 when it has the delivery."];
const UNKNOWN = ["It was not sent", "The portal has no more words for this.", "Open the reference, or ask your provider about the code."];

// What is otherwise of a Test, which has no delivery behind it and is not tried again.
const OF_TESTS = {
  dns: { todo: "Look for a typing mistake in the URL. If the server has just moved, its DNS entry may still be on its way: test again later." },
  unsendable: { means: "The URL or a header of this webhook cannot be sent as it is. Nothing was sent.", todo: "Choose another URL or other headers, then test again." },
  url_too_long: { todo: "Choose POST, or a shorter URL. Then test again." },
  payload: { means: "The webhook's own body could not be made of the sample; the message has the place in it. Nothing was sent.", todo: "Mend the body, then test again." },
  http_409: { means: "Mostly it has the sample's call already.", todo: "Read its answer. Every test sends the same call, under a webhook-id of its own." },
  http_410: { means: "410 Gone is final: a delivery that is answered so switches the endpoint off.", todo: "If that is not meant, have the server answer 2xx, then test again." },
  http_429: { todo: "Wait a little, then test again. Raise the server's limit if it happens often." },
  http_503: { todo: "See whether it is up again, then test again." },
  broken: { todo: "Look into the server's own log at the time of the test. When it is mended, test again." },
};

/** Why an attempt or a Test failed, by one code as in `lastError`: "tls", "http_500"; null when it did not. */
export function failureOf({ outcome, success, statusCode, error }) {
  if (outcome === "succeeded" || success) return null;
  return error?.code ?? `http_${statusCode}`;
}

/** `{title, means, todo}` of such a code. What is to be done is an editor's. */
export function explain(code) {
  const [title, means, todo] = wordsOf(code);
  return { title, means, todo: forThisRole(todo) };
}

/** The same of a Test. */
export function explainTest(code) {
  const words = wordsOf(code);
  const { means, todo } = OF_TESTS[words === BROKEN ? "broken" : code] ?? {};
  return { title: words[0], means: means ?? words[1], todo: forThisRole(todo ?? words[2]) };
}

const wordsOf = (code) => ERRORS[code] ?? ofStatus(Number(/^http_(\d+)$/.exec(code)?.[1]));

const forThisRole = (todo) => (canEdit() ? todo : `Ask somebody who may edit. For them: ${todo}`);

function ofStatus(status) {
  if (Number.isNaN(status)) return UNKNOWN;
  if (STATUSES[status]) return STATUSES[status];
  if (status >= 300 && status < 400) return REDIRECT;
  if (status >= 400 && status < 500) return REFUSED;
  return status >= 500 && status < 600 ? BROKEN : STRANGE;
}

/** The code as people know it: "500", or "tls". */
export const shortCode = (code) => code.replace(/^http_/, "");

/** Whether the API's message adds nothing to the title. */
export const saysTheSame = (error, { title }) => error.message.toLowerCase() === title.toLowerCase();
