import { html, useEffect, useState } from "../vendor/preact.js";
import { get, useLoad } from "../api.js";
import { href } from "../router.js";
import { session } from "../session.js";
import { Page } from "../components/page.js";

const FEW_CREDITS = 10;

export default function Home() {
  const account = useLoad((signal) => get("/account", {}, { signal }), []);
  const [turn, setTurn] = useState(0);
  const [Overview, setOverview] = useState(null);
  // The rest, with what it needs, when something stands there already: a first load is to be small.
  const isThere = Boolean(account.data ?? account.problem);
  useEffect(() => {
    if (isThere && !Overview) import("./home/overview.js").then((module) => setOverview(() => module.default), () => setOverview(() => Missing));
  }, [isThere]);
  const reload = () => {
    account.reload();
    setTurn(turn + 1);
  };
  const credits = html`<${Credits} account=${account} />`;
  return html`<${Page} title="Home" loaded=${{ ...account, reload }}>
    ${Overview ? html`<${Overview} credits=${credits} turn=${turn} />` : html`<div class="cards">${credits}</div>`}
  </${Page}>`;
}

/** Its files are gone after an update, or the network is. */
const Missing = ({ credits }) => html`<div class="cards">${credits}</div>
  <div class="notice" role="alert"><p>The rest of the page could not be loaded: the portal was updated, or cannot be reached.</p>
    <button type="button" onClick=${() => location.reload()}>Load again</button></div>`;

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
