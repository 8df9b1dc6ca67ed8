use serde::{Deserialize, Serialize};

use crate::values::{AccountId, CampaignId, JsonObject, Timestamp, WebhookId};

/// An inbound campaign: it owns every setting of the calls that its webhook triggers.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Campaign {
    /// Whose it is.
    pub account_id: AccountId,
    /// `cmp_…`
    pub id: CampaignId,
    /// The name its owner gave it.
    pub name: String,
    /// Whether calls are placed.
    pub status: CampaignStatus,
    /// The inbound webhook that triggers it; bound once.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub webhook_id: Option<WebhookId>,
    /// How its calls go.
    #[serde(default)]
    pub settings: CampaignSettings,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

crate::values::shows_only!(Campaign { account_id, id, status, webhook_id, created_at, updated_at });

impl Campaign {
    /// Whether there is a script to read from; white space is none.
    #[must_use]
    pub fn has_prompt(&self) -> bool {
        self.settings.prompt.as_deref().is_some_and(|prompt| !prompt.trim().is_empty())
    }
}

/// Status of an inbound campaign. (`executing` and `completed` belong to bulk campaigns, which no webhook triggers.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the product's own words")]
pub enum CampaignStatus {
    Draft,
    Active,
    Paused,
}

/// The settings that a call job carries a snapshot of. The three objects are the dialer's to interpret.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the product's own words")]
pub struct CampaignSettings {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub voice: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub voicemail_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub follow_ups: Option<JsonObject>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub call_forwarding: Option<JsonObject>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keypad_navigation: Option<JsonObject>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub background_ambience: Option<String>,
}

crate::values::shows_only!(CampaignSettings {});

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_prompt_of_white_space_is_no_script() {
        let mut campaign: Campaign = serde_json::from_value(json!({
            "accountId": "acc_1", "id": "cmp_1", "name": "Leads", "status": "active", "createdAt": 1, "updatedAt": 1,
        }))
        .expect("a campaign");
        for (prompt, has_prompt) in
            [(None, false), (Some(""), false), (Some(" \n"), false), (Some(" Hi "), true)]
        {
            campaign.settings.prompt = prompt.map(str::to_owned);
            assert_eq!(campaign.has_prompt(), has_prompt, "{prompt:?}");
        }
    }
}
