import { html, useEffect, useState } from "../vendor/preact.js";
import { Page, Skeleton } from "../components/page.js";
import NotFound from "./not-found.js";

// The folder of this tab's files has their hash as its name.
const FOLDER = import.meta.url.split("/").at(-3);

/** A page's module could not be loaded: after an update its files lie elsewhere; or the network is gone. */
export default function Unloadable(route) {
  const [why, setWhy] = useState(null);
  useEffect(() => {
    fetch("portal", { cache: "no-cache" })
      .then((answer) => answer.text())
      .then((page) => setWhy(page.includes(`portal/${FOLDER}/`) ? "missing" : "updated"), () => setWhy("unreachable"));
  }, []);
  if (why === "missing") return html`<${NotFound} ...${route} />`;
  if (why === null) return html`<${Page} title="Loading"><${Skeleton} /></${Page}>`;
  const updated = why === "updated";
  return html`<${Page} title=${updated ? "There is a new version" : "The page could not be loaded"}>
    <div class="notice" role="alert">
      <p>${updated
        ? "The portal was updated while this tab was open. Load it again to go on; what you typed is kept."
        : "The portal cannot be reached. Look at your connection."}</p>
      <button type="button" class="primary" onClick=${() => location.reload()}>Load again</button>
    </div>
  </${Page}>`;
}
