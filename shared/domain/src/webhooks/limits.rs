use serde::{Deserialize, Serialize};

/// Things of which an account may have only so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// Webhooks to which a CRM posts.
    InboundWebhook,
    /// Webhooks that are told of every completed call, Zapier's included: each is a request for each call, at anybody's URL.
    OutboundWebhook,
    /// Campaigns.
    Campaign,
}

impl Limited {
    /// The name of their number, in the store and in the API.
    #[must_use]
    pub fn plural(self) -> &'static str {
        match self {
            Self::InboundWebhook => "inboundWebhooks",
            Self::OutboundWebhook => "outboundWebhooks",
            Self::Campaign => "campaigns",
        }
    }
}

/// How many of them an account may have, where the operator has said so.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct AccountLimits {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inbound_webhooks: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outbound_webhooks: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaigns: Option<u64>,
}

impl AccountLimits {
    /// How many there may be.
    #[must_use]
    pub fn of(&self, limited: Limited) -> u64 {
        match limited {
            Limited::InboundWebhook => self.inbound_webhooks.unwrap_or(500),
            Limited::OutboundWebhook => self.outbound_webhooks.unwrap_or(50),
            Limited::Campaign => self.campaigns.unwrap_or(500),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_the_operators_or_the_default() {
        let limits =
            AccountLimits { outbound_webhooks: Some(70), campaigns: Some(0), ..AccountLimits::default() };
        let of =
            [Limited::InboundWebhook, Limited::OutboundWebhook, Limited::Campaign].map(|one| limits.of(one));
        assert_eq!(of, [500, 70, 0]);
        let by_default = [Limited::InboundWebhook, Limited::OutboundWebhook, Limited::Campaign]
            .map(|one| AccountLimits::default().of(one));
        assert_eq!(by_default, [500, 50, 500]);
    }

    #[test]
    fn the_name_of_a_limit_is_the_field_that_stores_it() {
        let limits =
            AccountLimits { inbound_webhooks: Some(1), outbound_webhooks: Some(2), campaigns: Some(3) };
        let stored = serde_json::to_value(&limits).expect("JSON");
        for (limited, most) in
            [(Limited::InboundWebhook, 1), (Limited::OutboundWebhook, 2), (Limited::Campaign, 3)]
        {
            assert_eq!(stored[limited.plural()], most, "{limited:?}");
        }
    }
}
