//! What an expression may name.

/// Every name of the context, as `docs/payloads.md` lists them.
pub(crate) const NAMES: &[&str] = &[
    "type",
    "timestamp",
    "webhook.id",
    "webhook.type",
    "call.id",
    "call.status",
    "call.reason",
    "call.createdAt",
    "call.finishedAt",
    "call.recipient.phoneNumber",
    "call.recipient.name",
    "call.recipient.firstName",
    "call.recipient.lastName",
    "call.recipient.email",
    "call.recipient.companyName",
    "call.recipient.note",
    "call.recipient.address1",
    "call.recipient.address2",
    "call.recipient.city",
    "call.recipient.state",
    "call.recipient.zipCode",
    "call.summary",
    "call.transcript",
    "call.transcriptText",
    "call.recording",
    "call.duration",
    "call.durationMs",
    "call.analysis.sentiment",
    "call.analysis.lead_warmth",
    "call.analysis.justification",
    "call.actionItems",
    "call.actionItemsText",
    "call.tokensConsumed",
    "call.metadata",
    "call.extracted",
    "campaign.id",
    "campaign.name",
];

/// What the CRM or the dialer fills: of these, anything may be asked for.
const OPEN: [&str; 2] = ["call.metadata", "call.extracted"];

/// Whether there is such a name, a part of one (`call.recipient`), or may be one (`call.metadata.dealId`).
pub(crate) fn is_known(name: &str) -> bool {
    OPEN.iter().any(|open| is_within(name, open)) || NAMES.iter().any(|known| is_within(known, name))
}

/// Whether `name` is `whole`, or something in it.
pub(crate) fn is_within(name: &str, whole: &str) -> bool {
    name.strip_prefix(whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_whole_or_as_a_part_and_metadata_may_have_any() {
        for name in ["call", "call.recipient", "call.recipient.email", "call.metadata.a.b", "type"] {
            assert!(is_known(name), "{name}");
        }
        for name in
            ["", "cal", "call.sum", "call.summary.x", "call.metadatas", "recipient", "call.recipient.Email"]
        {
            assert!(!is_known(name), "{name}");
        }
    }
}
