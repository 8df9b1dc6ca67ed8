use serde::{Deserialize, Serialize};

use crate::calls::{Call, CallStatus, LeadWarmth, Source};
use crate::values::CampaignId;

/// Which calls an outbound webhook is told of. Every part that is set must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CallFilter {
    /// How the call ended: `finished`, `missed`, `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statuses: Option<Vec<CallStatus>>,
    /// What triggered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Vec<Source>>,
    /// Its campaign. Bulk campaigns are not ours, and a campaign may be deleted: an id need not be of one that we know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_ids: Option<Vec<CampaignId>>,
    /// How likely a sale is. A call without an analysis is `unknown`, as its payload says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warmth: Option<Vec<LeadWarmth>>,
    /// Seconds that it lasted at least. A call without a duration lasted none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_duration: Option<u64>,
}

impl CallFilter {
    /// Most campaigns that one names: what is stored with a webhook is read at every completion of its account.
    pub const MAX_CAMPAIGNS: usize = 50;

    /// Longest duration that it asks for, in seconds: a day.
    pub const MAX_DURATION: u64 = 24 * 60 * 60;

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a call that is over is one of those. What it says of a result says nothing of a call that was cancelled: that has
    /// none.
    #[must_use]
    pub fn lets_through(&self, call: &Call) -> bool {
        holds(self.sources.as_ref(), &call.source)
            && holds(self.campaign_ids.as_ref(), &call.campaign.id)
            && (call.status == CallStatus::Cancelled || self.lets_result_through(call))
    }

    fn lets_result_through(&self, call: &Call) -> bool {
        let warmth = call.analysis.as_ref().map_or(LeadWarmth::Unknown, |analysis| analysis.lead_warmth);
        holds(self.statuses.as_ref(), &call.status)
            && holds(self.warmth.as_ref(), &warmth)
            && self.min_duration.is_none_or(|least| call.duration.unwrap_or(0) >= least)
    }
}

fn holds<T: PartialEq>(wanted: Option<&Vec<T>>, value: &T) -> bool {
    wanted.is_none_or(|wanted| wanted.contains(value))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::calls::{Analysis, sample_call};

    fn call() -> Call {
        Call { status: CallStatus::Missed, source: Source::Campaign, duration: Some(42), ..sample_call() }
    }

    fn filter(stored: serde_json::Value) -> CallFilter {
        serde_json::from_value(stored).expect("a filter")
    }

    fn lets_through(stored: serde_json::Value) -> bool {
        filter(stored).lets_through(&call())
    }

    #[test]
    fn a_list_lets_through_what_is_in_it() {
        for (part, with, without) in [
            ("statuses", json!(["finished", "missed"]), json!(["finished", "failed"])),
            ("sources", json!(["campaign"]), json!(["inbound", "test"])),
            ("campaignIds", json!(["campaign_7", call().campaign.id]), json!(["campaign_7"])),
            ("warmth", json!(["dead", "hot"]), json!(["cold", "unknown"])),
        ] {
            let hot = Analysis { lead_warmth: LeadWarmth::Hot, ..Analysis::default() };
            let call = Call { analysis: Some(hot), ..call() };
            assert!(filter(json!({ part: with })).lets_through(&call), "{part}");
            assert!(!filter(json!({ part: without })).lets_through(&call), "{part}");
        }
    }

    #[test]
    fn a_filter_names_fifty_campaigns_and_a_day_at_most() {
        assert_eq!((CallFilter::MAX_CAMPAIGNS, CallFilter::MAX_DURATION), (50, 86_400));
    }

    #[test]
    fn a_call_lasts_as_long_as_is_asked_for_or_longer() {
        assert!(lets_through(json!({"minDuration": 42})));
        assert!(!lets_through(json!({"minDuration": 43})));
        assert!(!filter(json!({"minDuration": 1})).lets_through(&Call { duration: None, ..call() }));
    }

    #[test]
    fn a_call_without_an_analysis_is_of_unknown_warmth() {
        let call = Call { analysis: None, ..call() };
        assert!(filter(json!({"warmth": ["unknown"]})).lets_through(&call));
        assert!(!filter(json!({"warmth": ["hot"]})).lets_through(&call));
    }

    #[test]
    fn every_part_must_hold() {
        assert!(lets_through(json!({"statuses": ["missed"], "sources": ["campaign"], "minDuration": 42})));
        assert!(!lets_through(json!({"statuses": ["missed"], "sources": ["inbound"], "minDuration": 42})));
        assert!(!lets_through(json!({"statuses": ["missed"], "sources": ["campaign"], "minDuration": 99})));
    }

    #[test]
    fn of_a_cancelled_call_source_and_campaign_must_hold_and_nothing_else() {
        let call = Call { status: CallStatus::Cancelled, duration: None, analysis: None, ..call() };
        let result =
            json!({"statuses": ["finished"], "warmth": ["hot"], "minDuration": 9, "sources": ["campaign"]});
        assert!(filter(result).lets_through(&call));
        assert!(!filter(json!({"sources": ["inbound"]})).lets_through(&call));
        assert!(!filter(json!({"campaignIds": ["campaign_7"]})).lets_through(&call));
    }

    #[test]
    fn a_part_that_is_not_set_is_not_stored() {
        let only = filter(json!({"sources": ["test"]}));
        assert_eq!(serde_json::to_value(&only).expect("JSON"), json!({"sources": ["test"]}));
        assert!(!only.is_empty());
        assert!(CallFilter::default().is_empty() && CallFilter::default().lets_through(&call()));
    }
}
