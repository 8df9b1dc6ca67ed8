"use strict";

const { RECIPIENT, labelled, results, transcriptText } = require("../fields");
const { v1 } = require("../requests");

/**
 * A payload as a Zap's steps get it, from a delivery and from the list of samples alike. Zapier wants an `id`; lists of turns
 * read badly in an e-mail, so they are there as a text, too.
 */
const record = (payload) => ({ id: payload.call.id, ...payload, transcriptText: transcriptText(payload.call.transcript) });

/** The Test button sends a `call.completed` of nobody: no Zap may act on it. */
const perform = (_z, { cleanedRequest }) => (cleanedRequest?.type === "call.finished" ? [record(cleanedRequest)] : []);

const performList = async (z, bundle) => (await v1(z, bundle, "/zapier/sample")).map(record);

const performSubscribe = (z, bundle) =>
  v1(z, bundle, "/zapier/hooks", { method: "POST", body: { targetUrl: bundle.targetUrl } });

/** Gone already is as good. */
const performUnsubscribe = async (z, bundle) => {
  const path = `/zapier/hooks/${encodeURIComponent(bundle.subscribeData.id)}`;
  await v1(z, bundle, path, { method: "DELETE", skipThrowForStatus: true });
  return {};
};

const sample = record({
  type: "call.finished",
  timestamp: 1730179200000,
  webhook: { id: "webhook_test_outbound_456", type: "outbound" },
  call: {
    id: "call_test_abc123def456",
    status: "finished",
    recipient: {
      phoneNumber: "+15555551234",
      firstName: "Jessica",
      lastName: "Smith",
      email: "jessica.smith@example.com",
    },
    summary: "Example call summary from the test button.",
    transcript: [
      { who: "assistant", what: "Hi Jessica, this is Alex.", when: "2024-04-30T14:00:03.000Z" },
      { who: "user", what: "I'm doing well, thanks for calling!", when: "2024-04-30T14:00:05.000Z" },
    ],
    recording: "https://storage.googleapis.com/atllas-call-recordings/test-recording-example.mp3",
    duration: 123,
    analysis: { sentiment: "positive", lead_warmth: "hot", justification: "Example justification." },
    tokensConsumed: 42,
  },
  campaign: { id: "campaign_test_xyz789", name: "Example Campaign" },
});

module.exports = {
  key: "call_finished",
  noun: "Call",
  display: {
    label: "Call Finished",
    description: "Triggers when a call is over: it was finished, was missed, or has failed.",
  },
  operation: {
    type: "hook",
    perform,
    performList,
    performSubscribe,
    performUnsubscribe,
    sample,
    outputFields: [
      { key: "id", label: "Call ID", type: "string", primary: true },
      ...labelled([
        ["type", "Event"],
        ["timestamp", "Finished At, in Milliseconds", "integer"],
        ["webhook__id", "Subscription ID"],
        ["webhook__type", "Subscription Type"],
        ["call__id", "Call ID (in the Call)"],
      ]),
      // `companyName` is never delivered.
      ...labelled(
        RECIPIENT.filter(([key]) => key !== "companyName"),
        "call__recipient",
      ),
      ...results("call"),
      ...labelled([
        ["transcriptText", "Transcript as Text"],
        ["campaign__id", "Campaign ID"],
        ["campaign__name", "Campaign Name"],
      ]),
    ],
  },
};
