//! What an account has used of its budgets: an item for each, which only those requests touch that are limited.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use domain::{AccountId, AttemptRecord, Budget, BudgetLimit, Clock, Randomness, Timestamp};
use environment::{InvalidVariable, required_var};

use crate::StoreError;
use crate::dynamo::item::{expires_at, from_item, get, key2, number, text, to_item, unless_refused};

/// Times that a change is worked out anew because another came in between.
const TRIES: u32 = 10;

/// Longest pause before that.
const PAUSE: Duration = Duration::from_millis(40);

/// Days after which an item that nobody has used is deleted. A budget knows one minute.
const KEPT_DAYS: u64 = 1;

/// The budgets of accounts. They lie in `DeliveryLogs`, under the account's id where a delivery's would stand: what is there
/// expires, and whoever is limited writes its log there anyway.
#[derive(Debug, Clone)]
pub struct Budgets {
    client: Client,
    delivery_logs: String,
    clock: Clock,
    randomness: Randomness,
}

/// A place that is to be given back.
#[derive(Debug)]
pub struct Taken<'a> {
    account: &'a AccountId,
    limit: &'static BudgetLimit,
    holder: String,
    /// As it was written.
    budget: Budget,
}

impl Budgets {
    /// The table that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(
        client: Client,
        clock: Clock,
        randomness: Randomness,
    ) -> Result<Self, InvalidVariable> {
        Ok(Self { client, delivery_logs: required_var("DELIVERY_LOGS_TABLE")?, clock, randomness })
    }

    /// Does it once more, or says how long to wait. What is refused costs a read; what is not, a read and a write. When all
    /// places are taken, each that the log may have freed is a read more.
    pub async fn take<'a>(
        &self,
        account: &'a AccountId,
        limit: &'static BudgetLimit,
        holder: &str,
    ) -> Result<Result<Taken<'a>, Duration>, StoreError> {
        for _ in 0..TRIES {
            let (budget, now) = (self.read(account, limit).await?, self.clock.now());
            let over = self.logged(budget.in_the_way(limit, now)).await?;
            let after = match budget.without(&over).take(limit, holder, now) {
                Ok(after) => after,
                Err(wait) => return Ok(Err(wait)),
            };
            if self.write(account, limit, &after, now).await? {
                let holder = holder.to_owned();
                return Ok(Ok(Taken { account, limit, holder, budget: after }));
            }
            self.pause().await;
        }
        // So many others at the same moment have used it up.
        Ok(Err(Duration::from_secs(1)))
    }

    /// Gives a place back: a write, when nobody took another one meanwhile. That it failed is logged: the place is free after a
    /// while in any case.
    pub async fn give_back(&self, taken: Taken<'_>) {
        let account = taken.account;
        if let Err(error) = self.try_to_give_back(taken).await {
            tracing::warn!(account.id = %account, %error, "a place of account {account} was not given back");
        }
    }

    async fn try_to_give_back(&self, taken: Taken<'_>) -> Result<(), StoreError> {
        let mut budget = taken.budget;
        for _ in 0..TRIES {
            let Some(after) = budget.give_back(&taken.holder) else { return Ok(()) };
            if self.write(taken.account, taken.limit, &after, self.clock.now()).await? {
                return Ok(());
            }
            self.pause().await;
            budget = self.read(taken.account, taken.limit).await?;
        }
        Ok(())
    }

    /// Those of these deliveries whose first attempt is in the log. Whether it is there is all that is asked.
    async fn logged(&self, deliveries: Vec<&str>) -> Result<Vec<String>, StoreError> {
        let mut logged = Vec::new();
        for delivery in deliveries {
            let row = key2(("deliveryId", delivery), ("attemptKey", &AttemptRecord::key(None, 1)));
            let get = self.client.get_item().table_name(&self.delivery_logs).set_key(Some(row));
            let found = get.projection_expression("deliveryId").consistent_read(true).send().await?;
            logged.extend(found.item.map(|_| delivery.to_owned()));
        }
        Ok(logged)
    }

    async fn read(&self, account: &AccountId, limit: &BudgetLimit) -> Result<Budget, StoreError> {
        let key = key2(("deliveryId", account.as_str()), ("attemptKey", limit.name));
        let item = get(&self.client, &self.delivery_logs, key).await?;
        Ok(item.map(|item| from_item("Budgets", item)).transpose()?.unwrap_or_default())
    }

    /// Writes it over the version before it; `false` when that is gone.
    async fn write(
        &self,
        account: &AccountId,
        limit: &BudgetLimit,
        budget: &Budget,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut item = to_item("Budgets", budget)?;
        item.insert("deliveryId".into(), text(account.as_str()));
        item.insert("attemptKey".into(), text(limit.name));
        item.insert("expiresAt".into(), expires_at(now, KEPT_DAYS));
        let put = self.client.put_item().table_name(&self.delivery_logs).set_item(Some(item));
        let put = match budget.version {
            1 => put.condition_expression("attribute_not_exists(deliveryId)"),
            version => put
                .condition_expression("version = :before")
                .expression_attribute_values(":before", number(version - 1)),
        };
        unless_refused(put.send().await)
    }

    /// Random, so that those that met do not meet again.
    async fn pause(&self) {
        let [byte] = self.randomness.bytes();
        tokio::time::sleep(PAUSE.mul_f64(f64::from(byte) / 255.0)).await;
    }
}
