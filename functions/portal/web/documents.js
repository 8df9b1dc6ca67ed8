// The repository's documents, which the build puts beside the pages.

import { Problem } from "./api.js";
import { FILES } from "./given.js";

/** The text of one: `readDocument("deliveries.md", signal)`. */
export async function readDocument(name, signal) {
  const answer = await fetch(`${FILES}reference/${name}`, { signal }).catch((error) => {
    if (signal.aborted) throw error;
    throw new Problem({ code: "unreachable", message: "The portal cannot be reached. Look at your connection." });
  });
  if (answer.ok) return answer.text();
  const message = answer.status === 404 ? UPDATED : "The server did not hand out this document. It may have too much to do just now.";
  throw new Problem({ status: answer.status, code: `http_${answer.status}`, message });
}

const UPDATED = "The portal was updated while this tab was open. Load the tab again.";
