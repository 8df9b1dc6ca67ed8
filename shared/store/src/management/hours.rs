//! What is counted of attempts, hour by hour.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{AccountId, Tally, Timestamp, WebhookId};

use crate::attempts::{PAUSES, what_is_left};
use crate::dynamo::item::{Item, text};
use crate::tallies::{PREFIX, key};
use crate::{Management, StoreError};

/// Items read in one request (DynamoDB, `BatchGetItem`: 100 keys).
const READ_AT_ONCE: usize = 100;

/// Requests by which an account's items are read, 1 MB each. 550 endpoints, as many as an account has unless the operator allows
/// more, make 22 MB when each is busy in every hour of a week.
const MOST_PAGES: usize = 25;

/// The tallies of some hours, by their begin.
pub type Hours = HashMap<Timestamp, Tally>;

impl Management {
    /// What is counted of a webhook in these hours: an item each.
    pub async fn webhook_hours(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        hours: &[Timestamp],
    ) -> Result<Hours, StoreError> {
        let mut found = Hours::new();
        for some in hours.chunks(READ_AT_ONCE) {
            let keys = some.iter().map(|hour| key(account, webhook, *hour)).collect();
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build()?;
            let mut wanted = Some(HashMap::from([(self.delivery_logs.clone(), keys)]));
            let mut pauses = PAUSES.iter();
            while let Some(keys) = wanted {
                let answer = self.client.batch_get_item().set_request_items(Some(keys)).send().await?;
                answer
                    .responses
                    .unwrap_or_default()
                    .into_values()
                    .flatten()
                    .for_each(|item| add(&mut found, &item));
                wanted = what_is_left(answer.unprocessed_keys, pauses.next()).await?;
            }
        }
        Ok(found)
    }

    /// What is counted of all endpoints of an account since an hour, and whether that is all of it: the newest 25 MB are read.
    pub async fn account_hours(
        &self,
        account: &AccountId,
        since: Timestamp,
    ) -> Result<(Hours, bool), StoreError> {
        let mut found = Hours::new();
        let mut start = None;
        for _ in 0..MOST_PAGES {
            let answer = self
                .client
                .query()
                .table_name(&self.delivery_logs)
                .key_condition_expression("deliveryId = :account AND attemptKey BETWEEN :since AND :end")
                .expression_attribute_values(":account", text(account.as_str()))
                .expression_attribute_values(":since", text(format!("{PREFIX}{}", since.sortable())))
                .expression_attribute_values(":end", text(format!("{PREFIX}{}", Timestamp::MAX.sortable())))
                .scan_index_forward(false)
                .set_exclusive_start_key(start)
                .send()
                .await?;
            answer.items.unwrap_or_default().iter().for_each(|item| add(&mut found, item));
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok((found, true));
            }
        }
        Ok((found, false))
    }
}

fn add(hours: &mut Hours, item: &Item) {
    let place = item.get("attemptKey").and_then(|key| key.as_s().ok());
    let hour = place.and_then(|key| key.strip_prefix(PREFIX)?.split('#').next()?.parse().ok());
    let Some(hour) = hour else { return };
    let tally = hours.entry(Timestamp::from_millis(hour)).or_default();
    for (name, value) in item {
        if let Some(value) = value.as_n().ok().and_then(|digits| digits.parse().ok()) {
            tally.add_to(name, value);
        }
    }
}
