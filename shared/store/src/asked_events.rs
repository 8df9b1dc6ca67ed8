//! Which events an account's webhooks ask for. How many ask for each is counted in the account's item of `Counts`, in the transaction that
//! changes a webhook. So whoever sees something happen knows whether anybody is to be told, without a look at the webhooks.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use domain::{Event, Webhook};
use serde::Deserialize;

use crate::dynamo::item::number;

/// How many webhooks of an account ask for each event that nobody is told of unasked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AskedEvents {
    #[serde(rename = "call.cancelled")]
    call_cancelled: u64,
    #[serde(rename = "webhook.disabled")]
    webhook_disabled: u64,
    #[serde(rename = "webhook.failing")]
    webhook_failing: u64,
}

/// Those events, under the names of their counts.
pub(crate) const COUNTED: [(&str, Event); 3] = [
    ("call.cancelled", Event::CallCancelled),
    ("webhook.disabled", Event::WebhookDisabled),
    ("webhook.failing", Event::WebhookFailing),
];

impl AskedEvents {
    /// Whether any of them asks for it.
    #[must_use]
    pub fn has(self, event: Event) -> bool {
        let asking = match event {
            Event::CallFinished | Event::CallCompleted => return true,
            Event::CallCancelled => self.call_cancelled,
            Event::WebhookDisabled => self.webhook_disabled,
            Event::WebhookFailing => self.webhook_failing,
        };
        asking > 0
    }
}

/// What changes about these counts when a webhook is made (`None` before), edited, or deleted (`None` after).
pub(crate) fn changed(before: Option<&Webhook>, after: Option<&Webhook>) -> Vec<(&'static str, i8)> {
    let asks =
        |webhook: Option<&Webhook>, event| i8::from(webhook.is_some_and(|webhook| webhook.asks_for(event)));
    let of = |(name, event)| (name, asks(after, event) - asks(before, event));
    COUNTED.map(of).into_iter().filter(|(_, change)| *change != 0).collect()
}

/// Adds these changes to an update of the counts that does `expression`.
pub(crate) fn update(
    mut update: UpdateBuilder,
    expression: &str,
    changes: &[(&'static str, i8)],
) -> UpdateBuilder {
    let mut added = Vec::new();
    for (place, (name, change)) in changes.iter().enumerate() {
        added.push(format!("#asked{place} :asked{place}"));
        update = update
            .expression_attribute_names(format!("#asked{place}"), *name)
            .expression_attribute_values(format!(":asked{place}"), number(change));
    }
    let added = if added.is_empty() { String::new() } else { format!("ADD {}", added.join(", ")) };
    update.update_expression(format!("{expression} {added}").trim())
}
