import { html } from "../../vendor/preact.js";
import { Code } from "../../components/code.js";

/** An event: who gets it, its fields, an example. */
export function Event({ event }) {
  return html`<section class="section">
    <h2 id=${event.name} tabindex="-1"><code>${event.name}</code></h2>
    <p>${event.summary}.</p>
    <div class="table-box" role="region" tabindex="0" aria-label=${`Fields of ${event.name}`}><table>
      <caption class="away">Fields of ${event.name}</caption>
      <thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Is</th></tr></thead>
      <tbody>${rows(event.schema).map(({ path, type, required, says }) => html`<tr key=${path}>
        <th scope="row"><code>${path}</code></th>
        <td data-title="Type">${type}${!required && html` <span class="quiet">optional</span>`}</td>
        <td data-title="Is">${says}</td>
      </tr>`)}</tbody>
    </table></div>
    <${Code} json=${event.example} label="Example" what="example" />
  </section>`;
}

/** A line for each field, the ones inside it below it. */
function rows(schema, prefix = "") {
  const { properties, required } = together(schema);
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const item = field.type === "array" ? field.items : null;
    const inner = item ? rows(item, `${path}[].`) : rows(field, `${path}.`);
    return [{ path, type: typeOf(field), required: required.includes(name), says: sayingOf(field) }, ...inner];
  });
}

/** `allOf` puts schemas together; these documents use it to add fields. */
function together(schema) {
  const parts = [...(schema.allOf ?? []).map(together), { properties: schema.properties ?? {}, required: schema.required ?? [] }];
  return {
    properties: Object.assign({}, ...parts.map((part) => part.properties)),
    required: parts.flatMap((part) => part.required),
  };
}

function typeOf(field) {
  if (field.const !== undefined) return html`<code>${JSON.stringify(field.const)}</code>`;
  if (field.enum) return html`${field.enum.map((value, at) => html`${at > 0 && ", "}<code>${String(value)}</code>`)}`;
  return [field.type ?? "object"].flat().join(" or ");
}

const sayingOf = ({ description = "" }) => description.replaceAll("`", "").trim();
