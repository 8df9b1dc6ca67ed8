import { html } from "../vendor/preact.js";
import { Empty } from "./empty.js";
import { Page } from "./page.js";

/** What a viewer sees in the place of a form. */
export const NotForViewers = ({ back }) => html`<${Page} title="You can view, not change" back=${back}>
  <${Empty} title="Your session can only view">Ask whoever gave you the link for one with the role "editor".</${Empty}>
</${Page}>`;
