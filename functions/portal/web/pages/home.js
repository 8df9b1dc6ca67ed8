import { html } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { Facts, Loaded, Page } from "../components/page.js";

export default function Home() {
  const account = useLoad((signal) => get("/account", {}, { signal }), []);
  return html`<${Page} title="Home" loaded=${account}>
    <${Loaded} ...${account}>${(data) => html`<${Facts} items=${[["Account", data.name], ["Credits", data.credits]]} />`}</${Loaded}>
  </${Page}>`;
}
