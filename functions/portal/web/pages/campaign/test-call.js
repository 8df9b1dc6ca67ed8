import { html, useRef } from "../../vendor/preact.js";
import { post } from "../../api.js";
import { href, setQuery } from "../../router.js";
import { Badge } from "../../components/badge.js";
import { Field, Form, useForm } from "../../components/form.js";
import { Loaded, Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { isOver, lengthOf, useCall } from "../call/call.js";

/** Has the campaign call a phone, and shows the call until it is over. Its id is in the address: a reload goes on with it. */
export function TestCall({ campaign, unsaved, callId }) {
  const key = useRef(null);
  const form = useForm({
    name: `test-call-${campaign.id}`,
    initial: { phoneNumber: "", firstName: "" },
    submit: async ({ phoneNumber, firstName }) => {
      // One key for one call: when the answer got lost, pressing again finds the call instead of making another.
      const body = { phoneNumber, firstName: firstName || null };
      const text = JSON.stringify(body);
      if (key.current?.text !== text) key.current = { text, value: crypto.randomUUID() };
      const { callId: made } = await post(`/campaigns/${campaign.id}/test-call`, body, { headers: { "idempotency-key": key.current.value } });
      key.current = null;
      setQuery({ testCall: made });
    },
  });
  return html`<${Section} title="Test call" note="Hear it before a lead does. It costs credits like any other call, and works whatever the status is.">
    ${campaign.prompt
      ? html`<${Form} form=${form} action="Call me">
          ${unsaved && html`<p class="notice">The call goes by what is saved. Save your changes first.</p>`}
          <${Field} label="Phone number" type="tel" placeholder="+1 555 123 4567" ...${form.field("phoneNumber")} />
          <${Field} label="First name" optional ...${form.field("firstName")} />
        </${Form}>`
      : html`<p class="notice">A test call needs a prompt. Write one and save it.</p>`}
    ${callId && html`<${Progress} key=${callId} callId=${callId} />`}
  </${Section}>`;
}

function Progress({ callId }) {
  const loaded = useCall(callId);
  return html`<div class="test-call" role="status" aria-label="The test call">
    <${Loaded} ...${loaded} lines=${2}>${(call) => html`
      <p><${Badge} of=${call.status} /> ${isOver(call)
        ? html`<${Time} at=${call.finishedAt} />${call.duration !== null && html`, ${lengthOf(call.duration)}`}`
        : html`<span class="quiet">The dialer has it. The result appears here by itself.</span>`}</p>
      ${call.summary && html`<p>${call.summary}</p>`}
      <a href=${href(`/calls/${callId}`)}>Open the call</a>`}
    </${Loaded}>
  </div>`;
}
