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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use domain::{Outcome, Randomness};
    use environment::aws_client;
    use scripted_aws::{Answer, scripted};
    use serde_json::{Value, json};

    use super::*;

    const NOW: u64 = 1_730_179_342_017;

    /// Counts two attempts at a table that gives this answer; what it was asked, and what became of it.
    async fn counted(answer: fn() -> Answer) -> (Vec<Value>, Result<(), StoreError>) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let asked = Arc::clone(&seen);
        let script = move |request: &scripted_aws::Asked| {
            let body = serde_json::from_str(&request.body).expect("JSON");
            asked.lock().unwrap_or_else(PoisonError::into_inner).push(body);
            answer()
        };
        let attempts = Attempts {
            client: aws_client!(aws_sdk_dynamodb, &scripted(script)),
            calls: "Calls".into(),
            counts: "Counts".into(),
            delivery_logs: "DeliveryLogs".into(),
            webhooks: "Webhooks".into(),
            log_days: 30,
        };
        let (now, randomness) = (Timestamp::from_millis(NOW), Randomness::system());
        let mut tally = Tally::default();
        tally.count(Outcome::Succeeded, 100);
        tally.count(Outcome::Failed, 100);
        let (account, webhook) = (AccountId::new(now, &randomness), WebhookId::new(now, &randomness));
        let result = attempts.count(&account, &webhook, &tally, now).await;
        let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        (seen, result)
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_is_added_to_the_hours_item_in_one_request() {
        let (asked, result) = counted(|| Answer::ok("{}")).await;
        result.expect("counted");
        let [asked] = &asked[..] else { panic!("{} requests", asked.len()) };
        assert_eq!(
            asked["UpdateExpression"],
            "SET expiresAt = :expires ADD succeeded :succeeded, failed :failed, d8 :d8"
        );
        assert_eq!(asked["ExpressionAttributeValues"][":d8"], json!({"N": "2"}));
        let place = asked["Key"]["attemptKey"]["S"].as_str().expect("a key");
        assert!(place.starts_with("stats#1730178000000#wh_"), "{place}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_that_is_throttled_or_fails_is_not_repeated() {
        let throttled = || Answer::refused("ProvisionedThroughputExceededException", "");
        for answer in
            [throttled as fn() -> Answer, || Answer::refused("InternalServerError", ""), || Answer::Lost]
        {
            let (asked, result) = counted(answer).await;
            assert_eq!((asked.len(), result.is_err()), (1, true));
        }
    }
}
