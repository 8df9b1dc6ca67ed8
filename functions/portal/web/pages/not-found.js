import { html } from "../vendor/preact.js";
import { href } from "../router.js";
import { Empty } from "../components/empty.js";
import { Page } from "../components/page.js";

export default function NotFound({ path }) {
  return html`<${Page} title="Not found">
    <${Empty} title="There is no such page" action=${html`<a class="button primary" href=${href("/")}>Go to Home</a>`}>
      <code>${path}</code> leads nowhere. The link may be cut, or what it led to was deleted.
    </${Empty}>
  </${Page}>`;
}
