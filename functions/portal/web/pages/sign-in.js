import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem, openWithKey, signOut } from "../api.js";

// A link is lost when it was refused, and good as long as nothing was said about it.
const isStillGood = ({ status }) => status < 400 || status === 429 || status >= 500;

/** Why somebody is here, in words. `reason` is what a link came to, or why the session ended. */
function Why({ reason, retry }) {
  if (reason === "expired") {
    return html`<div class="notice" role="alert"><p><strong>Your session has ended.</strong></p>
      <p>Sign in to the same account to go on where you were. What you typed is still there.</p></div>`;
  }
  if (reason === "signed-out") return html`<p role="status">You are signed out.</p>`;
  if (reason === "not-told") {
    return html`<div class="notice" role="alert"><p><strong>You are signed out in this tab only.</strong></p>
      <p>The API could not be told, so the session goes on there until it ends by itself.</p>
      <button type="button" onClick=${signOut}>Try again</button></div>`;
  }
  if (reason?.status === 401) {
    return html`<div class="notice" role="alert"><p><strong>This link does not sign you in.</strong></p>
      <p>A link is good for five minutes and for one use. Ask for a new one where you found it, or sign in with an API key.</p></div>`;
  }
  if (!reason) return null;
  const again = isStillGood(reason);
  return html`<div class="notice" role="alert"><p><strong>The link could not be opened.</strong></p>
    <p>${reason.message} ${again ? "The link is kept: it is good for five minutes." : "Ask for a new link."}</p>
    ${again && html`<button type="button" onClick=${retry}>Try again</button>`}</div>`;
}

export default function SignIn({ name, reason, retry, account, stay, offer, take, decline, isFramed }) {
  const title = offer ? "Another account" : "Sign in";
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title]);
  return html`<main class="sign-in">
    <div class="card">
      <div class="brand"><span class="mark" aria-hidden="true"></span>${name}</div>
      <h1>${title}</h1>
      ${offer
        ? html`<${Offer} ...${{ offer, account, take, decline }} />`
        : html`<${Why} reason=${reason} retry=${retry} />
          ${isFramed ? html`<${Framed} />` : html`<${WithKey} />`}
          ${account && html`<button type="button" onClick=${stay}>Stay signed in to ${account.name}</button>`}`}
    </div>
  </main>`;
}

/** A link that somebody was given may be of an account that is not theirs. */
const Offer = ({ offer, account, take, decline }) => html`
  <p>You are signed in to <b>${account.name}</b>. The link that you opened is for <b>${offer.account.name}</b>.</p>
  <p>Go on only if you expected that: what you enter then belongs to ${offer.account.name}.</p>
  <button type="button" class="primary" onClick=${decline}>Stay with ${account.name}</button>
  <button type="button" onClick=${take}>Change to ${offer.account.name}</button>`;

/** Inside another product nobody is expected to have an API key. */
const Framed = () => html`<p>Go back to where you came from, and open this page from there again.</p>
  <details><summary>I have an API key</summary><${WithKey} /></details>`;

function WithKey() {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  useEffect(() => field.current.focus(), []);
  const submit = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await openWithKey(key.trim());
    } catch (error) {
      setProblem(asProblem(error));
      setBusy(false);
      field.current.focus();
    }
  };
  const refusal = problem && (problem.status === 401 ? "This is not an API key, or it was revoked." : problem.message);
  return html`<form onSubmit=${submit} novalidate>
    <div class="field ${refusal ? "refused" : ""}">
      <label for="api-key">API key</label>
      <input id="api-key" ref=${field} type="password" autocomplete="off" spellcheck="false" placeholder="whk_…" value=${key}
        aria-invalid=${refusal ? "true" : null} aria-describedby=${refusal ? "api-key-refusal api-key-hint" : "api-key-hint"}
        onInput=${(event) => setKey(event.target.value)} />
      ${refusal && html`<p class="refusal" id="api-key-refusal" role="alert">${refusal}</p>`}
      <p class="hint" id="api-key-hint">It is used once, for a session of at most 12 hours, and kept nowhere.</p>
    </div>
    <button class="primary" aria-busy=${busy} disabled=${!key.trim()}>${busy ? "Signing in…" : "Sign in"}</button>
  </form>`;
}
