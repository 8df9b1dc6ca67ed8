import { html, useEffect, useState } from "../vendor/preact.js";
import { FILES } from "../given.js";
import { Page, Skeleton } from "../components/page.js";

const again = (retry) => html`<button type="button" class="primary" onClick=${retry}>Try again</button>`;

// Why a page's files did not come: what it is called, what it means, and the way on.
const WHY = {
  updated: {
    title: "There is a new version",
    means: "The portal was updated while this tab was open. Load it again to go on; what you typed is kept.",
    way: () => html`<button type="button" class="primary" onClick=${() => location.reload()}>Load again</button>`,
  },
  busy: {
    title: "The page could not be loaded",
    means: "The server did not hand out this page. It may have too much to do just now: try again in a moment.",
    way: again,
  },
  unreachable: { title: "The page could not be loaded", means: "The portal cannot be reached. Look at your connection.", way: again },
};

/** A page's files lie elsewhere after an update; or the server is busy, or the network is gone. It asks for the portal to find out. */
async function findOut() {
  try {
    const answer = await fetch("portal", { cache: "no-cache" });
    if (!answer.ok) return "busy";
    return (await answer.text()).includes(FILES) ? "busy" : "updated";
  } catch {
    return "unreachable";
  }
}

/** Stands in the place of a page that could not be loaded. */
export default function Unloadable({ retry }) {
  const [why, setWhy] = useState(null);
  useEffect(() => void findOut().then(setWhy), []);
  if (!why) return html`<${Page} title="Loading"><${Skeleton} /></${Page}>`;
  const { title, means, way } = WHY[why];
  return html`<${Page} title=${title}><div class="notice" role="alert"><p>${means}</p>${way(retry)}</div></${Page}>`;
}
