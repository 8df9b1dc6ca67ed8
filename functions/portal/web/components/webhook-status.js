import { html } from "../vendor/preact.js";
import { Badge } from "./badge.js";
import { Time, relative } from "./time.js";

// `disabledReason`, in words.
const WHY_DISABLED = {
  owner: "Switched off by its owner.",
  gone: "The endpoint answered 410 Gone, which asks for no more.",
  failing: "Every attempt failed for five days.",
};

/** Whether an endpoint needs somebody: it fails now, or was switched off because it did. */
export const needsAttention = (endpoint) =>
  Boolean(endpoint.failingSince) || ["gone", "failing"].includes(endpoint.disabledReason);

/** The state of a webhook or a response webhook in words, such as for a title. */
export function stateInWords(endpoint) {
  if (endpoint.status === "disabled") return WHY_DISABLED[endpoint.disabledReason] ?? "Switched off.";
  if (endpoint.failingSince) return `Every attempt has failed since ${relative(endpoint.failingSince)}.`;
  return endpoint.url ? "Deliveries go there." : "";
}

/** Its badge; with `reason`, why, below it. Takes a webhook, or the `responseWebhook` of one. */
export function WebhookStatus({ endpoint, reason = false }) {
  const failing = endpoint.status === "enabled" && endpoint.failingSince;
  return html`<span class="state">
    <${Badge} of=${failing ? "failing" : endpoint.status} />
    ${reason && failing && html`<span class="quiet">since <${Time} at=${endpoint.failingSince} />${endpoint.lastError && html`: ${endpoint.lastError.message ?? endpoint.lastError}`}</span>`}
    ${reason && endpoint.status === "disabled" && html`<span class="quiet">${WHY_DISABLED[endpoint.disabledReason]}${" "}
      ${endpoint.disabledAt && html`<${Time} at=${endpoint.disabledAt} />`}</span>`}
  </span>`;
}
