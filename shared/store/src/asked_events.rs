//! Which events an account's webhooks ask for. How many ask for each is counted in the account's item of `Counts`, in the transaction that
//! changes a webhook. So whoever sees something happen knows whether anybody is to be told, without a look at the webhooks.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use domain::{Event, Webhook};
use serde::Deserialize;

use crate::InvalidItem;
use crate::dynamo::item::number;

/// How many webhooks of an account ask for each event that nobody is told of unasked. By default nothing is known, as of an account in
/// which nothing was changed since webhooks are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct AskedEvents {
    #[serde(rename = "call.cancelled")]
    call_cancelled: Option<i64>,
    #[serde(rename = "webhook.disabled")]
    webhook_disabled: Option<i64>,
    #[serde(rename = "webhook.failing")]
    webhook_failing: Option<i64>,
}

/// Those events. Their names are those of their counts.
pub(crate) const COUNTED: [Event; 3] = [Event::CallCancelled, Event::WebhookDisabled, Event::WebhookFailing];

impl AskedEvents {
    /// As they are stored. What cannot be read is not known: it must not be what a delivery fails for.
    pub(crate) fn read(account: &str, stored: Result<Option<Self>, InvalidItem>) -> Self {
        let known = stored.unwrap_or_else(|error| {
            tracing::error!(account.id = account, %error, "which events account {account} asks for is not known");
            None
        });
        known.unwrap_or_default()
    }

    /// Whether any of them asks for it, as far as is known: `fanout`, which reads the webhooks, finds who does.
    #[must_use]
    pub fn has(self, event: Event) -> bool {
        let asking = match event {
            Event::CallFinished | Event::CallCompleted => return true,
            Event::CallCancelled => self.call_cancelled,
            Event::WebhookDisabled => self.webhook_disabled,
            Event::WebhookFailing => self.webhook_failing,
        };
        asking.is_none_or(|asking| asking != 0)
    }
}

/// What changes about these counts when a webhook is made (`None` before), edited, or deleted (`None` after).
pub(crate) fn changed(before: Option<&Webhook>, after: Option<&Webhook>) -> Vec<(&'static str, i8)> {
    let asks =
        |webhook: Option<&Webhook>, event| i8::from(webhook.is_some_and(|webhook| webhook.asks_for(event)));
    let of = |event: Event| (event.as_str(), asks(after, event) - asks(before, event));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamo::item::{Item, from_item, text};

    fn of(item: Item) -> AskedEvents {
        AskedEvents::read("acc_1", from_item("Counts", item).map(Some))
    }

    fn asks(counts: &[(&str, &str)]) -> [bool; 3] {
        let asked = of(counts.iter().map(|(name, count)| ((*name).to_owned(), number(count))).collect());
        COUNTED.map(|event| asked.has(event))
    }

    #[test]
    fn nobody_asks_where_that_is_counted_and_what_is_not_known_is_asked_for() {
        let none = [("call.cancelled", "0"), ("webhook.disabled", "0"), ("webhook.failing", "0")];
        assert_eq!(asks(&none), [false; 3]);
        for (place, (name, _)) in none.iter().enumerate() {
            let mut some = none;
            some[place] = (name, "2");
            assert_eq!(asks(&some), [place == 0, place == 1, place == 2]);
            // Counted from nothing by an edit that takes one away.
            some[place] = (name, "-1");
            assert_eq!(asks(&some), [place == 0, place == 1, place == 2]);
        }
        assert_eq!(asks(&[("outboundWebhooks", "1")]), [true; 3]);
        assert!(AskedEvents::read("acc_1", Ok(None)).has(Event::CallCancelled));
    }

    #[test]
    fn what_cannot_be_read_is_asked_for() {
        let item = Item::from([("webhook.failing".to_owned(), text("many"))]);
        assert!(of(item).has(Event::WebhookFailing));
    }

    #[test]
    fn what_everybody_is_told_of_is_asked_for() {
        let none = COUNTED.map(|event| (event.as_str().to_owned(), number(0)));
        let asked = of(Item::from(none));
        assert!(asked.has(Event::CallFinished) && asked.has(Event::CallCompleted));
    }
}
