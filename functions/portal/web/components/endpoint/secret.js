import { html, useState } from "../../vendor/preact.js";
import { post, useLoad } from "../../api.js";
import { readDocument } from "../../documents.js";
import { canEdit } from "../../session.js";
import { Code } from "../code.js";
import { Confirm } from "../dialog.js";
import { Loaded, Section } from "../page.js";
import { SecretOnce } from "../secret.js";
import { Tabs } from "../tabs.js";

const OVERLAPS = [["86400", "a day"], ["3600", "an hour"], ["604800", "a week"], ["0", "no longer: it ends at once"]];

/** The signing secret of a webhook: rotate it, and how a receiver uses it. */
export function SigningSecret({ webhook }) {
  const [made, setMade] = useState(null);
  const [asked, ask] = useState(false);
  const mayRotate = canEdit() && webhook.managedBy !== "zapier";
  return html`<${Section} title="Signing secret" actions=${mayRotate && html`<button type="button" onClick=${() => ask(true)}>Rotate the secret</button>`}
    note="Every delivery is signed with it. Who receives one sees by the signature that it comes from here. The secret was shown once, and cannot be shown again.">
    ${made && html`<${JustMade} ...${made} onClose=${() => setMade(null)} />`}
    <${Verify} />
    ${asked && html`<${Rotate} webhook=${webhook} onMade=${setMade} onClose=${() => ask(false)} />`}
  </${Section}>`;
}

/** The one time that it is shown. */
const JustMade = ({ secret, overlap, onClose }) => html`<div class="notice good" role="status">
  <h3>The new secret. It is shown this once.</h3>
  <${SecretOnce} key=${secret} text=${secret} />
  <p>${overlap === "0" ? "The old one is no longer used: give the receiver this one now." : `Deliveries are signed with the old one, too, for ${wordsOf(overlap)}. Give the receiver this one by then.`}</p>
  <button type="button" onClick=${onClose}>I have kept it</button>
</div>`;

const wordsOf = (overlap) => OVERLAPS.find(([value]) => value === overlap)[1];

function Rotate({ webhook, onMade, onClose }) {
  const [overlap, setOverlap] = useState(OVERLAPS[0][0]);
  const rotate = async () => {
    const { signingSecret } = await post(`/webhooks/${webhook.id}/rotate-secret`, { overlapSeconds: Number(overlap) });
    onMade({ secret: signingSecret, overlap });
  };
  return html`<${Confirm} title="Rotate the signing secret?" action="Rotate" onConfirm=${rotate} onClose=${onClose}>
    <p>There will be a new secret, which is shown once.${overlap !== "0" && " As long as the old one signs, too, deliveries carry two signatures, so the receiver may change over in its own time."}</p>
    <label class="field"><span class="label">The old secret signs, too, for</span>
      <select value=${overlap} onChange=${(event) => setOverlap(event.target.value)}>
        ${OVERLAPS.map(([value, text]) => html`<option key=${value} value=${value} selected=${value === overlap}>${text}</option>`)}
      </select></label>
    ${overlap === "0" && html`<p class="bad-text">Until the receiver knows the new one, it refuses every delivery. Choose this after a leak.</p>`}
  </${Confirm}>`;
}

/** How a receiver verifies: the examples of the document that the reference shows. */
function Verify() {
  const [open, setOpen] = useState(false);
  return html`<details class="card fold" onToggle=${(event) => setOpen(event.target.open)}>
    <summary>How a receiver verifies: Python, JavaScript, Rust</summary>
    ${open && html`<${Examples} />`}
  </details>`;
}

function Examples() {
  const examples = useLoad(readExamples, []);
  return html`<${Loaded} ...${examples} lines=${6}>${(found) => html`<${Tabs} label="Language"
    tabs=${found.map(({ language, install, code }) => [language, language, html`<${Code} text=${code} label=${install} what="example" />`])} />`}
  </${Loaded}>`;
}

const readExamples = async (signal) => examplesOf(await readDocument("deliveries.md", signal));

/** `[{language, install, code}]` of the part about signatures. The sample's secret gives way to a gap to fill in. */
function examplesOf(text) {
  const part = text.slice(text.indexOf("## Verify a signature"));
  return [...part.matchAll(/^(\w+) \(`([^`]+)`[^)]*\):\n+```\w+\n([\s\S]*?)\n```/gm)].map(([, language, install, code]) => ({
    language, install, code: code.replace(/whsec_[\w+/=]+/g, "whsec_…"),
  }));
}
