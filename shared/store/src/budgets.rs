//! What an account has used of its budgets: an item for each, which only those requests touch that are limited.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use domain::{AccountId, AttemptRecord, Budget, BudgetLimit, Clock, Randomness, Timestamp};
use environment::{InvalidVariable, required_var};

use crate::StoreError;
use crate::dynamo::item::{expires_at, key2, number, read, text, to_item, unless_refused};

/// Times that a change is worked out anew because another came in between: enough for all that a minute allows, at once.
const TRIES: u32 = 60;

/// Longest pause before that.
const PAUSE: Duration = Duration::from_millis(100);

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

/// What became of asking for a place.
#[derive(Debug)]
pub enum Place<'a> {
    /// It is taken.
    Taken(Taken<'a>),
    /// None is free for so long.
    NoneFor(Duration),
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
    ) -> Result<Place<'a>, StoreError> {
        for _ in 0..TRIES {
            let (budget, now) = (self.read(account, limit).await?, self.clock.now());
            let over = self.logged(budget.in_the_way(limit, now)).await?;
            let after = match budget.without(&over).take(limit, holder, now) {
                Ok(after) => after,
                Err(wait) => return Ok(Place::NoneFor(wait)),
            };
            if self.write(account, limit, &after, now).await? {
                let holder = holder.to_owned();
                return Ok(Place::Taken(Taken { account, limit, holder, budget: after }));
            }
            self.pause().await;
        }
        // So many others at the same moment have used it up.
        Ok(Place::NoneFor(Duration::from_secs(1)))
    }

    /// How often `holder` may do it of `wanted` times, as often as the minute allows. What is refused, or comes again, costs a
    /// read; what is not, a read and a write.
    pub async fn take_some(
        &self,
        account: &AccountId,
        limit: &'static BudgetLimit,
        (holder, wanted): (&str, u32),
    ) -> Result<u32, StoreError> {
        for _ in 0..TRIES {
            let (budget, now) = (self.read(account, limit).await?, self.clock.now());
            let (after, granted) = budget.take_some(limit, (holder, wanted), now);
            let Some(after) = after else { return Ok(granted) };
            if self.write(account, limit, &after, now).await? {
                return Ok(granted);
            }
            self.pause().await;
        }
        // So many others at the same moment have used it up.
        Ok(0)
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
        Ok(read(&self.client, "Budgets", &self.delivery_logs, key).await?.unwrap_or_default())
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

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, PoisonError};

    use environment::aws_client;
    use scripted_aws::{Answer, scripted};
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_730_179_200);

    /// Three places are taken, by tests of which one has its row in the log.
    fn three_places_taken() -> Value {
        let until = (NOW.as_millis() + 9_000).to_string();
        let place = |holder: &str| json!({"M": {"holder": {"S": holder}, "until": {"N": until}}});
        json!({"Item": {
            "version": {"N": "3"}, "minute": {"N": (NOW.as_millis() / 60_000).to_string()}, "used": {"N": "3"},
            "places": {"L": [place("msg_1"), place("msg_2"), place("msg_3")]},
        }})
    }

    /// The role lets no other request for such a row pass. The emulator does.
    #[tokio::test]
    async fn a_place_whose_test_has_its_row_is_taken_for_one_write_and_of_the_row_only_its_key_is_read() {
        let asked = Arc::new(Mutex::new(Vec::<(String, Value)>::new()));
        let seen = Arc::clone(&asked);
        let config = scripted(move |request| {
            let body: Value = serde_json::from_str(&request.body).expect("JSON");
            let of = body["Key"]["deliveryId"]["S"].as_str().unwrap_or_default().to_owned();
            seen.lock().unwrap_or_else(PoisonError::into_inner).push((request.operation.clone(), body));
            match of.as_str() {
                "acc_1" => Answer::ok(three_places_taken().to_string()),
                "msg_2" => Answer::ok(r#"{"Item":{"deliveryId":{"S":"msg_2"}}}"#),
                _ => Answer::ok("{}"),
            }
        });
        let budgets = Budgets {
            client: aws_client!(aws_sdk_dynamodb, &config),
            delivery_logs: "DeliveryLogs".into(),
            clock: Clock::new(|| NOW),
            randomness: Randomness::system(),
        };
        let account = AccountId::parse("acc_1").expect("an id");
        let place = budgets.take(&account, &BudgetLimit::TESTS, "msg_4").await.expect("an answer");
        let Place::Taken(taken) = place else { panic!("{place:?}") };
        assert_eq!(taken.budget.in_the_way(&BudgetLimit::TESTS, NOW), ["msg_1", "msg_3", "msg_4"]);
        let asked = asked.lock().expect("no panic before");
        let operations: Vec<&str> = asked.iter().map(|(operation, _)| operation.as_str()).collect();
        assert_eq!(operations, ["GetItem", "GetItem", "GetItem", "GetItem", "PutItem"]);
        for (_, body) in &asked[1..4] {
            assert_eq!(
                (&body["ProjectionExpression"], &body["ConsistentRead"]),
                (&json!("deliveryId"), &json!(true))
            );
        }
    }
}
