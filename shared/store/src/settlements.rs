use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, KeysAndAttributes, Put, TransactWriteItem, Update,
};
use domain::{
    AccountId, Call, CallId, CompletionStatus, LedgerEntry, LedgerEntryId, Randomness, Settlement, Timestamp,
    Webhook, WebhookId, settle_credits,
};
use environment::{InvalidVariable, parsed_var, required_var};

use crate::dynamo::batch::read_all;
use crate::dynamo::item::{Item, MAX_ITEM_BYTES, from_item, key, number, size_of, text};
use crate::dynamo::transaction::{Transacted, transact};
use crate::intake::call_item;
use crate::ledger::put_entry;
use crate::transcript::TRANSCRIPT;
use crate::{InvalidItem, StoreError, StoredTranscript};

/// Times that a settlement is worked out again because the balance changed meanwhile.
const MAX_ROUNDS: usize = 20;

/// Webhooks that are read at once, unless they have more than 1 MB, where DynamoDB ends a query.
const WEBHOOKS_AT_ONCE: i32 = 1_000;

/// What `fanout` reads and writes.
#[derive(Debug, Clone)]
pub struct Settlements {
    client: Client,
    randomness: Randomness,
    accounts: String,
    calls: String,
    ledger: String,
    webhooks: String,
    call_days: u64,
}

/// A call with what its completion says of it, about to be settled.
#[derive(Debug, Clone)]
pub struct CompletedCall {
    /// The call, its completion's fields filled in; `tokens_consumed` is what the dialer reported.
    pub call: Call,
    /// How it ended.
    pub status: CompletionStatus,
    /// Its transcript.
    pub transcript: Option<StoredTranscript>,
    /// Whether this system queued it, so that it is on record already.
    pub on_record: bool,
}

/// What became of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The call is recorded as completed and its credits are settled.
    Now,
    /// It was before, or another completion of the same call came in between.
    Before,
    /// There is no such account.
    UnknownAccount,
    /// The call does not fit into an item, with its transcript compressed.
    TooLarge,
}

impl Settlements {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client, randomness: Randomness) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            randomness,
            accounts: required_var("ACCOUNTS_TABLE")?,
            calls: required_var("CALLS_TABLE")?,
            ledger: required_var("LEDGER_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            call_days: parsed_var("CALL_RETENTION_DAYS", str::parse)?,
        })
    }

    /// The calls on record with these ids, which must differ, in their order. The inner error is of a call that cannot be read.
    pub async fn calls(&self, ids: &[&CallId]) -> Result<Vec<Result<Option<Call>, InvalidItem>>, StoreError> {
        let keys: Vec<Item> = ids.iter().map(|id| key("id", id.as_str())).collect();
        read_all(&self.client, "Calls", &self.calls, &keys, KeysAndAttributes::builder()).await
    }

    /// Records a completed call and settles its credits, both or neither.
    ///
    /// # Errors
    ///
    /// [`StoreError`], also when the account's balance changes all the time.
    pub async fn settle(&self, completed: &CompletedCall, now: Timestamp) -> Result<Settled, StoreError> {
        // Most calls cost what was reserved for them: the balance is read only when it turns out to be too small.
        let mut balance = None;
        for _ in 0..MAX_ROUNDS {
            let call = &completed.call;
            let settlement = settle_credits(
                completed.status,
                call.tokens_consumed,
                call.reserved_credits,
                balance.unwrap_or(u64::from(u32::MAX)),
            );
            let item = settled_item(completed, &settlement, self.call_days, now)?;
            if size_of(&item) > MAX_ITEM_BYTES {
                return Ok(Settled::TooLarge);
            }
            let items = self.settlement_items(completed, item, &settlement, balance, now)?;
            match transact(&self.client, &self.randomness, items).await? {
                Transacted::Committed => return Ok(Settled::Now),
                Transacted::Refused(reasons) if Transacted::refused_at(&reasons, 0) => {
                    return Ok(Settled::Before);
                }
                Transacted::Refused(_) => match self.balance(&call.account_id).await? {
                    None => return Ok(Settled::UnknownAccount),
                    read => balance = read,
                },
            }
        }
        Err(StoreError::Unavailable("the balance changed at every try to settle a call".into()))
    }

    /// The webhooks of an account, of both directions and in the order of their ids: those behind `after`, at most a thousand.
    /// And whether there are more.
    pub async fn webhooks(
        &self,
        account: &AccountId,
        after: Option<&WebhookId>,
    ) -> Result<(Vec<Webhook>, bool), StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.webhooks)
            .expression_attribute_values(":account", text(account.as_str()))
            .limit(WEBHOOKS_AT_ONCE)
            .consistent_read(true);
        let query = match after {
            None => query.key_condition_expression("accountId = :account"),
            Some(after) => query
                .key_condition_expression("accountId = :account AND id > :after")
                .expression_attribute_values(":after", text(after.as_str())),
        };
        let answer = query.send().await?;
        let items = answer.items.unwrap_or_default().into_iter();
        let webhooks = items.map(|item| from_item("Webhooks", item)).collect::<Result<_, _>>()?;
        Ok((webhooks, answer.last_evaluated_key.is_some()))
    }

    /// Marks a settled call as fanned out: each of its deliveries is on the queue.
    pub async fn mark_fanned_out(&self, id: &CallId, now: Timestamp) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.calls)
            .set_key(Some(key("id", id.as_str())))
            .update_expression("SET fannedOutAt = :now")
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":now", number(now.as_millis()))
            .send()
            .await?;
        Ok(())
    }

    async fn balance(&self, account: &AccountId) -> Result<Option<u64>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.accounts)
            .set_key(Some(key("id", account.as_str())))
            .projection_expression("credits")
            .consistent_read(true)
            .send()
            .await?;
        let credits = answer.item.map(|mut item| item.remove("credits"));
        Ok(credits.map(|value| match value {
            Some(AttributeValue::N(digits)) => digits.parse().unwrap_or(0),
            _ => 0,
        }))
    }

    /// The call first: the order tells which condition failed.
    fn settlement_items(
        &self,
        completed: &CompletedCall,
        item: Item,
        settlement: &Settlement,
        balance: Option<u64>,
        now: Timestamp,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let call = &completed.call;
        let put_call = Put::builder().table_name(&self.calls).set_item(Some(item));
        let put_call = if completed.on_record {
            put_call
                .condition_expression("attribute_not_exists(settledAt) AND reservedCredits = :reserved")
                .expression_attribute_values(":reserved", number(call.reserved_credits))
        } else {
            put_call.condition_expression("attribute_not_exists(id)")
        };
        let mut items = vec![TransactWriteItem::builder().put(put_call.build()?).build()];
        if settlement.balance_change != 0 {
            let change = self.change_balance(&call.account_id, settlement.balance_change, balance)?;
            items.push(TransactWriteItem::builder().update(change).build());
        } else if !completed.on_record {
            let exists = ConditionCheck::builder()
                .table_name(&self.accounts)
                .set_key(Some(key("id", call.account_id.as_str())))
                .condition_expression("attribute_exists(id)")
                .build()?;
            items.push(TransactWriteItem::builder().condition_check(exists).build());
        }
        if let Some(kind) = settlement.ledger {
            let entry = LedgerEntry {
                account_id: call.account_id.clone(),
                id: LedgerEntryId::new(now, &self.randomness),
                kind,
                amount: settlement.balance_change,
                call_id: Some(call.id.clone()),
                written_off: settlement.written_off,
                timestamp: now,
            };
            items.push(TransactWriteItem::builder().put(put_entry(&self.ledger, &entry)?).build());
        }
        Ok(items)
    }

    /// With a `balance` that was read, the change holds for just that balance.
    fn change_balance(
        &self,
        account: &AccountId,
        change: i64,
        balance: Option<u64>,
    ) -> Result<Update, StoreError> {
        let update = Update::builder()
            .table_name(&self.accounts)
            .set_key(Some(key("id", account.as_str())))
            .update_expression("SET credits = credits + :change")
            .expression_attribute_values(":change", number(change));
        let update = match balance {
            Some(balance) => update
                .condition_expression("credits = :balance")
                .expression_attribute_values(":balance", number(balance)),
            None if change < 0 => update
                .condition_expression("credits >= :needed")
                .expression_attribute_values(":needed", number(-change)),
            None => update.condition_expression("attribute_exists(id)"),
        };
        Ok(update.build()?)
    }
}

fn settled_item(
    completed: &CompletedCall,
    settlement: &Settlement,
    call_days: u64,
    now: Timestamp,
) -> Result<Item, StoreError> {
    let call = Call {
        tokens_consumed: settlement.tokens_consumed,
        reserved_credits: 0,
        settled_at: Some(now),
        ..completed.call.clone()
    };
    let mut item = call_item(&call, call_days)?;
    if let Some(transcript) = completed.transcript.clone() {
        item.insert(TRANSCRIPT.into(), transcript.into_attribute());
    }
    Ok(item)
}
