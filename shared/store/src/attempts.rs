use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{KeysAndAttributes, PutRequest, WriteRequest};
use domain::{AccountId, AttemptRecord, Call, CallId, DeliveryId, Webhook, WebhookId};
use environment::{InvalidVariable, parsed_var, required_var};
use serde_json::value::RawValue;

use crate::dynamo::item::{Item, expires_at, from_item, key, key2, text, to_item};
use crate::{AskedEvents, InvalidItem, StoreError, StoredTranscript};

/// Attempts read in one request: each has four keys (DynamoDB, `BatchGetItem`: 100 keys).
const READ_AT_ONCE: usize = 25;

/// Rows written in one request (DynamoDB, `BatchWriteItem`).
const WRITTEN_AT_ONCE: usize = 25;

/// Pauses before what DynamoDB left of a batch is asked for again. What is left after the last one has failed.
pub(crate) const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(150), Duration::from_millis(450)];

/// What `deliver` reads and writes.
#[derive(Debug, Clone)]
pub struct Attempts {
    pub(crate) client: Client,
    pub(crate) calls: String,
    pub(crate) counts: String,
    pub(crate) delivery_logs: String,
    pub(crate) webhooks: String,
    pub(crate) log_days: u64,
}

/// One attempt, by the ids of what it is made of.
#[derive(Debug, Clone)]
pub struct AttemptIds<'a> {
    /// Whose endpoint.
    pub account: &'a AccountId,
    /// Which.
    pub webhook: &'a WebhookId,
    /// The call that it tells of, when it tells of one.
    pub call: Option<&'a CallId>,
    /// The delivery that it belongs to.
    pub delivery: &'a DeliveryId,
    /// Its key in the delivery's log.
    pub key: String,
}

/// What some attempts are made of, as it is on record now. An item that cannot be read is an error of the attempts that need
/// it, and of no other.
#[derive(Default)]
pub struct Loaded {
    webhooks: HashMap<String, Result<Webhook, InvalidItem>>,
    calls: HashMap<String, Result<WithTranscript, InvalidItem>>,
    logged: HashMap<String, Result<AttemptRecord, InvalidItem>>,
    asked: HashMap<String, AskedEvents>,
}

domain::shows_only!(Loaded {});

/// A call, and its transcript as JSON.
type WithTranscript = (Call, Option<Box<RawValue>>);

impl Loaded {
    /// The webhook; `None` when it was deleted, or is not this account's.
    ///
    /// # Errors
    ///
    /// [`InvalidItem`].
    pub fn webhook(&self, ids: &AttemptIds<'_>) -> Result<Option<&Webhook>, InvalidItem> {
        let found = readable(self.webhooks.get(ids.webhook.as_str()))?;
        Ok(found.filter(|webhook| webhook.account_id == *ids.account))
    }

    /// The call and its transcript as JSON; `None` when the account has no such call.
    ///
    /// # Errors
    ///
    /// [`InvalidItem`].
    pub fn call(&self, ids: &AttemptIds<'_>) -> Result<Option<(&Call, Option<&RawValue>)>, InvalidItem> {
        let found = readable(ids.call.and_then(|call| self.calls.get(call.as_str())))?;
        let found = found.filter(|(call, _)| call.account_id == *ids.account);
        Ok(found.map(|(call, transcript)| (call, transcript.as_deref())))
    }

    /// This very attempt, when it was made before: its message was delivered twice.
    ///
    /// # Errors
    ///
    /// [`InvalidItem`].
    pub fn logged(&self, ids: &AttemptIds<'_>) -> Result<Option<&AttemptRecord>, InvalidItem> {
        readable(self.logged.get(&row_name(ids.delivery.as_str(), &ids.key)))
    }

    /// Which events the account's webhooks ask for.
    #[must_use]
    pub fn asked_events(&self, ids: &AttemptIds<'_>) -> AskedEvents {
        self.asked.get(ids.account.as_str()).copied().unwrap_or_default()
    }

    fn add(&mut self, tables: &Attempts, table: &str, item: Item) {
        let id = |name| item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default();
        if table == tables.webhooks {
            self.webhooks.insert(id("id"), from_item("Webhooks", item));
        } else if table == tables.counts {
            let account = id("accountId");
            self.asked
                .insert(account.clone(), AskedEvents::read(&account, from_item("Counts", item).map(Some)));
        } else if table == tables.calls {
            self.calls.insert(id("id"), read_call(item));
        } else {
            let name = row_name(&id("deliveryId"), &id("attemptKey"));
            self.logged.insert(name, from_item("DeliveryLogs", item));
        }
    }
}

fn row_name(delivery: &str, key: &str) -> String {
    format!("{delivery}.{key}")
}

fn readable<T>(found: Option<&Result<T, InvalidItem>>) -> Result<Option<&T>, InvalidItem> {
    found.map(Result::as_ref).transpose().map_err(Clone::clone)
}

impl Attempts {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            calls: required_var("CALLS_TABLE")?,
            counts: required_var("COUNTS_TABLE")?,
            delivery_logs: required_var("DELIVERY_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
        })
    }

    /// Reads what these attempts are made of, each item once: a round trip for up to 25 of them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer, or not with everything.
    pub async fn load(&self, attempts: &[AttemptIds<'_>]) -> Result<Loaded, StoreError> {
        let mut loaded = Loaded::default();
        for some in attempts.chunks(READ_AT_ONCE) {
            let mut wanted = Some(self.keys(some)?);
            let mut pauses = PAUSES.iter();
            while let Some(keys) = wanted {
                let answer = self.client.batch_get_item().set_request_items(Some(keys)).send().await?;
                for (table, items) in answer.responses.unwrap_or_default() {
                    for item in items {
                        loaded.add(self, &table, item);
                    }
                }
                wanted = what_is_left(answer.unprocessed_keys, pauses.next()).await?;
            }
        }
        Ok(loaded)
    }

    fn keys(&self, attempts: &[AttemptIds<'_>]) -> Result<HashMap<String, KeysAndAttributes>, StoreError> {
        let (mut webhooks, mut calls, mut rows, mut counts) = (vec![], vec![], vec![], vec![]);
        // DynamoDB refuses a batch that names a key twice.
        let add_once = |keys: &mut Vec<Item>, key: Item| {
            if !keys.contains(&key) {
                keys.push(key);
            }
        };
        for ids in attempts {
            let account = ids.account.as_str();
            add_once(&mut webhooks, key2(("accountId", account), ("id", ids.webhook.as_str())));
            add_once(&mut counts, key("accountId", account));
            if let Some(call) = ids.call {
                add_once(&mut calls, key("id", call.as_str()));
            }
            rows.push(key2(("deliveryId", ids.delivery.as_str()), ("attemptKey", &ids.key)));
        }
        let tables = [&self.webhooks, &self.calls, &self.delivery_logs, &self.counts];
        tables
            .into_iter()
            .zip([webhooks, calls, rows, counts])
            .filter(|(_, keys)| !keys.is_empty())
            .map(|(table, keys)| {
                let keys = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build()?;
                Ok((table.clone(), keys))
            })
            .collect()
    }

    /// Writes rows of the delivery log, a round trip for up to 25 of them. They must be of different attempts.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer, or does not take all of them; some may be written then, and writing all
    /// again does no harm.
    pub async fn log(&self, records: &[&AttemptRecord]) -> Result<(), StoreError> {
        for some in records.chunks(WRITTEN_AT_ONCE) {
            let rows = some.iter().map(|record| self.row(record)).collect::<Result<Vec<_>, _>>()?;
            let mut wanted = Some(HashMap::from([(self.delivery_logs.clone(), rows)]));
            let mut pauses = PAUSES.iter();
            while let Some(rows) = wanted {
                let answer = self.client.batch_write_item().set_request_items(Some(rows)).send().await?;
                wanted = what_is_left(answer.unprocessed_items, pauses.next()).await?;
            }
        }
        Ok(())
    }

    fn row(&self, record: &AttemptRecord) -> Result<WriteRequest, StoreError> {
        let put = PutRequest::builder().set_item(Some(log_item(record, self.log_days)?)).build()?;
        Ok(WriteRequest::builder().put_request(put).build())
    }
}

/// What DynamoDB left of a batch, by table, after a pause; `None` when it left nothing.
pub(crate) async fn what_is_left<T>(
    left: Option<HashMap<String, T>>,
    pause: Option<&Duration>,
) -> Result<Option<HashMap<String, T>>, StoreError> {
    match (left.filter(|left| !left.is_empty()), pause) {
        (None, _) => Ok(None),
        (left, Some(pause)) => {
            tokio::time::sleep(*pause).await;
            Ok(left)
        }
        (Some(_), None) => Err(StoreError::Unavailable("DynamoDB left a part of a batch undone".into())),
    }
}

/// A call's item, taken apart.
pub(crate) fn read_call(mut item: Item) -> Result<WithTranscript, InvalidItem> {
    let transcript = StoredTranscript::take_from(&mut item)?;
    Ok((from_item("Calls", item)?, transcript))
}

/// A row's place in the log of its webhook.
pub(crate) fn log_order(record: &AttemptRecord) -> String {
    format!("{}#{}#{}", record.timestamp.sortable(), record.delivery_id, record.attempt_key)
}

/// A row of the delivery log: its fields, the key of the index `byWebhook`, and its end.
pub(crate) fn log_item(record: &AttemptRecord, days: u64) -> Result<Item, StoreError> {
    let mut item = to_item("DeliveryLogs", record)?;
    item.insert("logOrder".into(), text(log_order(record)));
    item.insert("expiresAt".into(), expires_at(record.timestamp, days));
    Ok(item)
}
