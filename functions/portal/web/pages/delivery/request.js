import { html } from "../../vendor/preact.js";
import { canEdit } from "../../session.js";
import { Code } from "../../components/code.js";
import { Copy } from "../../components/copy.js";
import { Section } from "../../components/page.js";

const MASK = "***";

const WHY_NONE = {
  __proto__: null, // A key from outside must not find what every object has.
  call_erased: "There is nothing left to send: the call was erased, or is no longer kept.",
  no_response_webhook: "There is nowhere to send it: the response webhook was removed.",
  url_too_long: "The webhook's URL leaves no room for the result of a GET. Choose POST, or a shorter URL.",
  payload: "The webhook's own body could not be made of this call. Mend it, and look at its preview of the call.",
};

/** What would be sent now. What earlier attempts sent is not kept. */
export function Request({ delivery: { request, noRequestReason } }) {
  if (!request) return html`<${Section} title="Request"><p class="quiet">${WHY_NONE[noRequestReason] ?? "There is no request."}</p></${Section}>`;
  const names = Object.entries(request.headers);
  const isMasked = names.some(([, value]) => value === MASK);
  return html`<${Section} title="Request" actions=${canEdit() && html`<${Copy} text=${curlOf(request)} what="request as curl" label="Copy as curl" />`}
    note="As an attempt would send it now, by the webhook's settings of now.">
    <div class="card stack wide-stack">
      <p class="endpoint"><b>${request.method}</b> <code class="breaks">${request.url}</code>
        ${!canEdit() && html` <span class="quiet">The rest of the URL is for editors.</span>`}</p>
      <table class="dense headers"><caption class="away">Headers</caption><tbody>
        ${names.map(([name, value]) => html`<tr key=${name}><th scope="row"><code>${name}</code></th>
          <td>${value === MASK ? html`<span class="quiet">hidden</span>` : html`<code class="breaks">${value}</code>`}</td></tr>`)}
      </tbody></table>
      ${isMasked && html`<p class="quiet">Custom values are stored sealed and the signature is made at the attempt, so neither can be shown.</p>`}
    </div>
    ${request.body !== null
      ? html`<div class="above"><${Code} json=${request.body} label="Body" what="body" /></div>`
      : html`<p class="quiet above">A GET has no body: the result is in the URL.</p>`}
  </${Section}>`;
}

/** For a shell; `-g`, since brackets in a URL are no pattern. What is hidden is left as a gap that says what belongs there. */
function curlOf({ method, url, headers, body }) {
  const lines = [`curl -sS -g -X ${method} ${quoted(url)}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`-H ${quoted(`${name}: ${value === MASK ? `<${name}>` : value}`)}`);
  if (body !== null) lines.push(`--data-binary ${quoted(body)}`);
  return lines.join(" \\\n  ");
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
