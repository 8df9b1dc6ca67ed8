import { html } from "../vendor/preact.js";
import { Badge } from "./badge.js";
import { Time } from "./time.js";

// `disabledReason`, in words.
const WHY_DISABLED = {
  __proto__: null, // A key from outside must not find what every object has.
  owner: "switched off by its owner",
  gone: "the endpoint answered 410 Gone",
  failing: "every attempt failed for five days",
};

/** Whether an endpoint needs somebody: it fails now, or was switched off because it did. */
export const needsAttention = (endpoint) =>
  (endpoint.status === "enabled" && Boolean(endpoint.failingSince)) || ["gone", "failing"].includes(endpoint.disabledReason);

/** Why it is as it is: `disabledReason`, or since when it fails and what the newest attempt met. */
export function Reason({ endpoint }) {
  if (endpoint.status === "disabled") {
    return html`<span class="quiet">${WHY_DISABLED[endpoint.disabledReason] ?? "switched off"}${endpoint.disabledAt && html`, <${Time} at=${endpoint.disabledAt} />`}</span>`;
  }
  if (!endpoint.failingSince) return null;
  return html`<span class="quiet">first failed <${Time} at=${endpoint.failingSince} />${endpoint.lastError && `: ${endpoint.lastError.message}`}</span>`;
}

/** The badge of a webhook, or of the `responseWebhook` of one; with `reason`, why it is so. */
export function WebhookStatus({ endpoint, reason = false }) {
  const failing = endpoint.status === "enabled" && endpoint.failingSince;
  // What its owner has switched off is no fault.
  const kind = endpoint.status === "disabled" && !needsAttention(endpoint) ? "" : undefined;
  return html`<span class="state">
    <${Badge} of=${failing ? "failing" : endpoint.status} kind=${kind} />
    ${reason && html`<${Reason} endpoint=${endpoint} />`}
  </span>`;
}
