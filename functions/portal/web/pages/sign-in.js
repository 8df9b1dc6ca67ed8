import { html, useEffect, useRef, useState } from "../vendor/preact.js";
import { asProblem, openWithKey } from "../api.js";

/** Why somebody is here, in words. `reason` is what a link came to, or why the session ended. */
function Why({ reason }) {
  if (reason === "expired") {
    return html`<div class="notice" role="alert"><p><strong>Your session has ended.</strong></p>
      <p>      Sign in to the same account to go on where you were. What you typed is still there.</p></div>`;
  }
  if (reason === "signed-out") return html`<div class="notice" role="status">You are signed out.</div>`;
  if (reason?.status === 401) {
    return html`<div class="notice" role="alert"><p><strong>This link does not sign you in.</strong></p>
      <p>A link is good for five minutes and for one use. Ask for a new one where you found it, or sign in with an API key.</p></div>`;
  }
  if (reason) return html`<div class="notice" role="alert"><p><strong>The link could not be opened.</strong></p>
      <p>${reason.message} Ask for a new link.</p></div>`;
  return null;
}

export default function SignIn({ name, reason, account, stay }) {
  const [key, setKey] = useState("");
  const [problem, setProblem] = useState(null);
  const [busy, setBusy] = useState(false);
  const field = useRef(null);
  useEffect(() => {
    document.title = `Sign in · ${name}`;
    field.current.focus();
  }, []);
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
  return html`<main class="sign-in">
    <form class="card" onSubmit=${submit} novalidate>
      <div class="brand"><span class="mark" aria-hidden="true"></span>${name}</div>
      <h1>Sign in</h1>
      <${Why} reason=${reason} />
      <div class="field ${refusal ? "refused" : ""}">
        <label for="api-key">API key</label>
        <input id="api-key" ref=${field} type="password" autocomplete="off" spellcheck="false" placeholder="whk_…" value=${key}
          aria-invalid=${refusal ? "true" : null} aria-describedby=${refusal ? "api-key-refusal api-key-hint" : "api-key-hint"}
          onInput=${(event) => setKey(event.target.value)} />
        ${refusal && html`<p class="refusal" id="api-key-refusal" role="alert">${refusal}</p>`}
        <p class="hint" id="api-key-hint">It is used once, for a session of at most 12 hours, and kept nowhere.</p>
      </div>
      <button class="primary" aria-busy=${busy} disabled=${!key.trim()}>${busy ? "Signing in…" : "Sign in"}</button>
      ${account && html`<button type="button" onClick=${stay}>Stay signed in to ${account.name}</button>`}
    </form>
  </main>`;
}
