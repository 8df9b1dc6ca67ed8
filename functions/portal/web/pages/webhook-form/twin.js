import { html, useRef, useState } from "../../vendor/preact.js";
import { Problem, everyPage } from "../../api.js";
import { href } from "../../router.js";

const urlOf = (webhook) => (webhook.direction === "inbound" ? webhook.responseWebhook?.url : webhook.url);

/**
 * Keeps a webhook from being made twice. When the answer to "create" got lost, nobody knows whether it was made, and a signing
 * secret is shown once, so the API cannot answer the same again. `[twin, look]`: `look(body)` refuses once when a webhook of
 * this name and URL is there, which is `twin` from then on.
 */
export function useTwin() {
  const [twin, setTwin] = useState(null);
  const said = useRef(null);
  const look = async (body) => {
    const webhooks = await everyPage("/webhooks", { direction: body.direction });
    const found = webhooks.find((webhook) => webhook.name === body.name && urlOf(webhook) === urlOf(body)) ?? null;
    setTwin(found);
    if (!found || said.current === found.id) return;
    said.current = found.id;
    throw new Problem({
      code: "is_there_already",
      message: "A webhook of this name and URL is there already. If an answer got lost before, it is that one: open it, and rotate its signing secret, which nobody has seen. Press again to make another one",
    });
  };
  return [twin, look];
}

/** The way to it. */
export const OpenTwin = ({ twin }) => html`<a class="button" href=${href(`/${twin.direction}/${twin.id}`)}>Open the one that is there</a>`;
