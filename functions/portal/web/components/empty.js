import { html } from "../vendor/preact.js";

/** Nothing is there yet: what it would be, and what to do. */
export const Empty = ({ title, children, action }) => html`<div class="empty">
  <h2>${title}</h2>
  ${children && html`<p>${children}</p>`}
  ${action}
</div>`;
