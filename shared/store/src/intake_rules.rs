//! The rules of inbound webhooks: items of their own in the table of webhooks, under a key that no list of webhooks has. So a
//! fan-out, which reads all webhooks of an account, does not read what only requests need.

use domain::{AccountId, Webhook, WebhookId, WebhookKind};

use crate::dynamo::item::{Item, key2};

/// A key that ends so is one of rules, and none of a webhook: `inbound` may read these and no other items of the table.
const OF_RULES: &str = "#rules";

/// The key of a webhook's rules.
pub(crate) fn rules_key(account: &AccountId, id: &WebhookId) -> Item {
    key2(("accountId", &format!("{account}{OF_RULES}")), ("id", id.as_str()))
}

/// Whether rules are stored for the webhook.
pub(crate) fn has_rules(webhook: &Webhook) -> bool {
    matches!(webhook.kind, WebhookKind::Inbound { has_rules: true, .. })
}
