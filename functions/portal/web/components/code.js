import { html } from "../vendor/preact.js";
import { Copy } from "./copy.js";
import { inLines } from "./json-text.js";

/**
 * A block of text as it is: `<Code text=${body} what="body" />`. `json` is a value, or a text that is laid out if it is JSON.
 * `copies` is what is copied when something of the text is hidden; null: nothing is.
 */
export function Code({ text, json, what = "code", label, copies }) {
  const shown = json === undefined ? text : typeof json === "string" ? inLines(json) : JSON.stringify(json, null, 2);
  return html`<figure class="code">
    <figcaption><span>${label ?? ""}</span>${copies !== null && html`<${Copy} text=${copies ?? shown} what=${what} />`}</figcaption>
    <pre tabindex="0" aria-label=${label ?? what}><code>${shown}</code></pre>
  </figure>`;
}
