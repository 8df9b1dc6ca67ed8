import { html, useState } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { href } from "../router.js";
import { session } from "../session.js";
import { Page } from "../components/page.js";
import Overview from "./home/overview.js";

const FEW_CREDITS = 10;

export default function Home() {
  const account = useLoad((signal) => get("/account", {}, { signal }), []);
  const [turn, setTurn] = useState(0);
  const reload = () => {
    account.reload();
    setTurn(turn + 1);
  };
  return html`<${Page} title="Home" loaded=${{ ...account, reload }}>
    <${Overview} credits=${html`<${Credits} account=${account} />`} turn=${turn} />
  </${Page}>`;
}

function Credits({ account: { data, problem } }) {
  return html`<div class="card stat">
    <h2>Credits</h2>
    ${data ? html`<p class="number-big">${data.credits.toLocaleString()}</p>` : html`<p class="number-big quiet">${problem ? "unknown" : "…"}</p>`}
    <p class="quiet">${data ? advice(data.credits) : problem?.message ?? session()?.account.name} <a href=${href("/credits")}>Usage</a></p>
  </div>`;
}

function advice(credits) {
  if (credits <= 0) return "Without credits no call is placed. Ask your provider for more.";
  return credits < FEW_CREDITS ? "Soon used up: a call takes at least one." : "A call takes at least one.";
}
