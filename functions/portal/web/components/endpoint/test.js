import { html } from "../../vendor/preact.js";
import { post } from "../../api.js";
import { Button } from "../button.js";
import { Section } from "../page.js";
import { TestResult } from "../test-result.js";

/** Sends the sample to an endpoint that is saved; `onResult` gets what came of it. */
export const TestButton = ({ webhook, onResult, kind }) =>
  html`<${Button} kind=${kind} onPress=${async () => onResult(await post(`/webhooks/${webhook.id}/test`))}>Send a test</${Button}>`;

/** What the Test came to. */
export const Tested = ({ result, onClose }) => html`<${Section} title="Test" actions=${html`<button type="button" class="link" onClick=${onClose}>Close</button>`}>
  <div class="card"><${TestResult} result=${result} /></div>
</${Section}>`;
