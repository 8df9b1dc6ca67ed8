import { html, useState } from "../../vendor/preact.js";
import { post } from "../../api.js";
import { href, setQuery } from "../../router.js";
import { DRAFT, session, tab } from "../../session.js";
import { Badge } from "../../components/badge.js";
import { Field, Form, useForm } from "../../components/form.js";
import { Loaded, Section } from "../../components/page.js";
import { Time } from "../../components/time.js";
import { isOver, lengthOf, useCall } from "../call/call.js";
import { Deliveries } from "../call/deliveries.js";

/** Has the campaign call a phone, and shows the call until it is over. Its id is in the address: a reload goes on with it. */
export function TestCall({ campaign, unsaved, callId }) {
  const [called, setCalled] = useState({ phoneNumber: "", firstName: "" });
  const form = useForm({
    name: `test-call-${campaign.id}`,
    initial: called,
    submit: async ({ phoneNumber, firstName }) => {
      const body = { phoneNumber, firstName: firstName || null };
      const key = keyOf(campaign, body);
      const { callId: made } = await post(`/campaigns/${campaign.id}/test-call`, body, { headers: { "idempotency-key": key.value } });
      key.forget();
      setCalled({ phoneNumber, firstName });
      setQuery({ testCall: made });
    },
  });
  return html`<${Section} title="Test call" note="Hear it before a lead does. It costs credits like any other call, and works in any status, if there is a prompt.">
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

/** One key for one call: when the answer got lost, pressing again finds the call, also after a reload. */
function keyOf(campaign, body) {
  const place = `${DRAFT}test-call.${session()?.account.id}.${campaign.id}`;
  const text = JSON.stringify(body);
  const [keyed, kept] = JSON.parse(tab.read(place) ?? "[]");
  const value = keyed === text ? kept : crypto.randomUUID();
  tab.write(place, JSON.stringify([text, value]));
  return { value, forget: () => tab.remove(place) };
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
  </div>
  ${loaded.data && isOver(loaded.data) && html`<${Deliveries} call=${loaded.data} />`}`;
}
