//! Of what an outbound webhook is told, as the fields of a body describe it.

use api::{Fields, Problem};
use domain::{CallFilter, CallStatus, Event, LeadWarmth, Source};

const PARTS: [&str; 5] = ["statuses", "sources", "campaignIds", "warmth", "minDuration"];

const STATUSES: [(&str, CallStatus); 3] =
    [("finished", CallStatus::Finished), ("missed", CallStatus::Missed), ("failed", CallStatus::Failed)];

const SOURCES: [(&str, Source); 3] =
    [("inbound", Source::Inbound), ("campaign", Source::Campaign), ("test", Source::Test)];

const WARMTH: [(&str, LeadWarmth); 5] = [
    ("hot", LeadWarmth::Hot),
    ("warm", LeadWarmth::Warm),
    ("cold", LeadWarmth::Cold),
    ("dead", LeadWarmth::Dead),
    ("unknown", LeadWarmth::Unknown),
];

/// A filter, which says something: whoever sends an empty one may mean "none of them" as well as "all".
pub(super) fn filter(fields: &mut Fields, name: &str) -> Result<Option<CallFilter>, Problem> {
    let Some(mut parts) = fields.object(name, &PARTS)? else { return Ok(None) };
    let filter = CallFilter {
        statuses: parts.choices("statuses", &STATUSES)?,
        sources: parts.choices("sources", &SOURCES)?,
        campaign_ids: parts.ids("campaignIds", "campaign", CallFilter::MAX_CAMPAIGNS)?,
        warmth: parts.choices("warmth", &WARMTH)?,
        min_duration: parts.whole_number("minDuration", 1..=CallFilter::MAX_DURATION)?,
    };
    if filter.is_empty() {
        return Err(Problem::invalid_field(
            fields.at(name),
            "must not be empty; null lets every call through",
        ));
    }
    Ok(Some(filter))
}

/// What it asks for.
pub(super) fn events(fields: &mut Fields, name: &str) -> Result<Option<Vec<Event>>, Problem> {
    fields.choices(name, &Event::OF_OUTBOUND)
}
