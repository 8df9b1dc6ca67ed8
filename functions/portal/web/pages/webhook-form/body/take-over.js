import { html } from "../../../vendor/preact.js";

/** What a preset says of the endpoint's URL and headers. Into a form that has none of them yet it is taken over. */
export function TakeOver({ form, preset: { url, headers } }) {
  const { values } = form;
  if (!url && !headers.length) return null;
  const isEmpty = !values.url.trim() && !values.headers.some((row) => !row.removed && (row.name || row.value));
  const take = () => form.set({ url: url ?? "", headers: [...values.headers, ...headers.map(({ name }) => ({ name, value: "" }))] });
  return html`<div class="card stack needs">
    <p><b>It also needs:</b></p>
    <ul class="how-to">
      ${url && html`<li>the URL <code class="breaks">${url}</code></li>`}
      ${headers.map(({ name, value }) => html`<li key=${name}>the header <code class="breaks">${name}</code>: ${value}</li>`)}
    </ul>
    ${isEmpty && html`<button type="button" onClick=${take}>Take them over</button>`}
  </div>`;
}
