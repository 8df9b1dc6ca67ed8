// `/inbound/:id/mapping`: where in a CRM's own body the fields of a request stand, beside what that makes of one.

import { html, useState } from "../vendor/preact.js";
import { get, patch, useLoad } from "../api.js";
import { href, replace } from "../router.js";
import { canEdit } from "../session.js";
import { Confirm } from "../components/dialog.js";
import { Empty } from "../components/empty.js";
import { Field, Form, useForm } from "../components/form.js";
import { Loaded, Page, Section } from "../components/page.js";
import { PresetChoice } from "../components/presets.js";
import { toast } from "../components/toast.js";
import { FIELDS, mappingOf, valuesOf } from "./mapping/paths.js";
import { Preview } from "./mapping/preview.js";
import { Rows } from "./mapping/rows.js";

const SAMPLE = JSON.stringify(
  { vid: 4711, properties: { phone: { value: "(555) 123-4567" }, firstname: { value: "Jane" }, "Last Offer": { value: "10 %" } } },
  null,
  2,
);

const HINTS = {
  phoneNumber: "A path into the body, such as properties.phone.value or contacts[0].phone. Several with commas: the first usable one counts.",
  idempotencyKey: "A repeat with the same id calls nobody again. Not a contact's id, or each person is called once, ever.",
};

export default function Mapping({ params }) {
  const loaded = useLoad((signal) => get(`/webhooks/${encodeURIComponent(params.id)}`, {}, { signal }), [params.id]);
  const back = [loaded.data?.name ?? "Inbound webhook", href(`/inbound/${params.id}`)];
  return html`<${Page} title="Mapping" back=${back} lead="Where in the body that your CRM sends the phone number stands, and the rest.">
    ${canEdit()
      ? html`<${Loaded} ...${loaded} lines=${8}>${(webhook) => html`<${Editor} key=${webhook.id} webhook=${webhook} />`}</${Loaded}>`
      : html`<${Empty} title="Your session can only view">Ask whoever gave you the link for one with the role "editor".</${Empty}>`}
  </${Page}>`;
}

function Editor({ webhook }) {
  const there = `/inbound/${webhook.id}`;
  const [asked, ask] = useState(false);
  const save = async (mapping) => {
    await patch(`/webhooks/${webhook.id}`, { mapping });
    toast(mapping ? "Saved. It counts from the next request on." : "The mapping is removed.");
    replace(there);
  };
  const form = useForm({
    name: `mapping.${webhook.id}`,
    initial: { ...valuesOf(webhook.mapping), body: SAMPLE },
    secret: ["body"], // A person's data has no place in the browser's storage.
    submit: (values) => save(mappingOf(values)),
  });
  return html`<div class="trial">
    <${Section} title="Where things stand">
      <${Form} form=${form} action="Save the mapping" cancel=${href(there)}
        extra=${webhook.mapping && html`<button type="button" onClick=${() => ask(true)}>Remove the mapping</button>`}>
        <${PresetChoice} kind="mapping" isEmpty=${() => Object.keys(mappingOf(form.values)).length === 0}
          onTake=${(preset) => form.set(valuesOf(preset.mapping), "mapping")} />
        ${FIELDS.map(([name, label]) => html`<${Field} key=${name} label=${label} hint=${HINTS[name]} optional=${name !== "phoneNumber"}
          spellcheck=${false} ...${form.field(name, `mapping.${name}`)} />`)}
        <${Rows} form=${form} field="variables" title="Words for the script" add="Add a word" hint="For the prompt: an offer, a stage." />
        <${Rows} form=${form} field="metadata" title="Metadata" add="Add metadata" hint="Comes back with the result: your CRM's own ids." />
      </${Form}>
    </${Section}>
    <${Section} title="Try it" note="Nobody is called, and the body is kept nowhere.">
      <${Field} label="A body, as your CRM sends it" as="textarea" rows="10" spellcheck=${false} hint="JSON, or a form (name=value&…)." ...${form.field("body")} />
      <${Preview} id=${webhook.id} body=${form.values.body ?? ""} mapping=${mappingOf(form.values)} />
    </${Section}>
    ${asked && html`<${Confirm} title="Remove the mapping?" action="Remove" onConfirm=${() => save(null)} onClose=${() => ask(false)}>
      <p>From the next request on, only our own form of JSON is taken. Whatever else your CRM sends is refused.</p>
    </${Confirm}>`}
  </div>`;
}
