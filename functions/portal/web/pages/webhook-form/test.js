import { html, useRef, useState } from "../../vendor/preact.js";
import { Problem, post } from "../../api.js";
import { Button } from "../../components/button.js";
import { TestResult } from "../../components/test-result.js";
import { headersOf } from "./headers.js";

/** Tries the endpoint as it is typed, before it is saved. The API's refusals stand at the fields. `payload(path)` is the body that is typed. */
export function TestWhatIsTyped({ form, endpoint, payload, sends, prefix = "" }) {
  const [result, setResult] = useState(null);
  const { url, headers: rows, body: kind, json, omitNulls, fields, text } = form.values;
  const typed = JSON.stringify([url, endpoint, rows, kind, json, omitNulls, fields, text]);
  const kept = rows.filter((row) => row.stored && !row.removed && !row.value);
  const now = useRef();
  now.current = typed;
  const test = async () => {
    setResult(null);
    form.setProblem(null);
    let sent;
    let own;
    try {
      own = payload(`${prefix}payload`);
      // Stored values are not here to be sent.
      sent = [...headersOf(rows, `${prefix}headers`).entries()].filter(([, header]) => header.value !== undefined);
    } catch (problem) {
      form.setProblem(problem);
      return;
    }
    const body = { url: url.trim(), ...endpoint, headers: sent.map(([, header]) => header), payload: own ?? undefined };
    try {
      setResult({ typed, url: body.url, ...(await post("/webhooks/test", body)) });
    } catch (problem) {
      if (!problem.field || now.current !== typed) throw problem;
      // The test's fields are those of the form, under another name.
      const field = prefix + problem.field.replace(/^headers\[(\d+)\]/, (_, at) => `headers[${sent[at][0]}]`);
      form.setProblem(new Problem({ ...problem, field, message: problem.message.replace(problem.field, field) }));
    }
  };
  return html`<div class="test">
    <div class="test-head">
      <${Button} onPress=${test} disabled=${!url.trim()}>Send a test</${Button}>
      <span class="hint">Sends a sample of <code>call.completed</code> to the URL as it is typed.${sends && html` Real deliveries to it are <code>${sends}</code>.`}
        ${kind !== "documented" && " Its body is your own."}
        ${" "}Nothing is saved, and it is not signed.
        ${kept.length > 0 && ` Without the stored values of ${kept.map((row) => row.name).join(", ")}.`}</span>
    </div>
    ${result && result.typed !== typed && html`<p class="notice">This is of <code class="breaks">${result.url}</code> as it was tested, not of what is typed now.</p>`}
    ${result && html`<${TestResult} result=${result} />`}
  </div>`;
}
