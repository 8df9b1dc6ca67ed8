//! How an endpoint's attempts went, hour by hour: an item for each, which is only ever added to. They lie in `DeliveryLogs` under
//! the account's id, as budgets do: what is there expires.

use std::time::Duration;

use aws_sdk_dynamodb::config::Config;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use domain::{AccountId, Tally, Timestamp, WebhookId};

use crate::dynamo::item::{Item, expires_at, key2, number};
use crate::{Attempts, StoreError};

/// A week is shown. The day more is for the hours that are about to expire.
const KEPT_DAYS: u64 = 8;

/// How long a count may take. What does not come in time is lost.
const PATIENCE: Duration = Duration::from_secs(1);

impl Attempts {
    /// Adds to what is counted of an endpoint in the hour of `now`: one request, which is not repeated. A count is not worth
    /// that anything waits for it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not take it at once.
    pub async fn count(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        tally: &Tally,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut added = Vec::new();
        let mut update = self
            .client
            .update_item()
            .table_name(&self.delivery_logs)
            .set_key(Some(key(account, webhook, now.hour())))
            .expression_attribute_values(":expires", expires_at(now.hour(), KEPT_DAYS));
        for (name, value) in tally.counters() {
            added.push(format!("{name} :{name}"));
            update = update.expression_attribute_values(format!(":{name}"), number(value));
        }
        let once = Config::builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::builder().operation_timeout(PATIENCE).build());
        let expression = format!("SET expiresAt = :expires ADD {}", added.join(", "));
        update.update_expression(expression).customize().config_override(once).send().await?;
        Ok(())
    }
}

/// What the keys of these items begin with. No budget's does.
pub(crate) const PREFIX: &str = "stats#";

pub(crate) fn key(account: &AccountId, webhook: &WebhookId, hour: Timestamp) -> Item {
    let place = format!("{PREFIX}{}#{webhook}", hour.sortable());
    key2(("deliveryId", account.as_str()), ("attemptKey", &place))
}
