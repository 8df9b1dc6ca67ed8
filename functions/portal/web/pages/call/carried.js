import { html } from "../../vendor/preact.js";
import { Facts, Section } from "../../components/page.js";

/** An object that came along with a call: each member by its name, what is not plain as JSON. */
export function Carried({ title, object }) {
  const members = Object.entries(object ?? {});
  if (members.length === 0) return null;
  return html`<${Section} title=${title}><${Facts} items=${members.map(([name, value]) => [name, html`<${Value} of=${value} />`])} /></${Section}>`;
}

function Value({ of }) {
  if (of === null || typeof of === "object") return html`<code class="breaks">${JSON.stringify(of)}</code>`;
  return html`<span class="breaks">${String(of)}</span>`;
}
