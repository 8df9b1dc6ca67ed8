//! Calls as `relay` reads them: by the ids that the stream of the table names, many at once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{AccountId, Call, CallId, Campaign, CampaignId};
use environment::{InvalidVariable, required_var};
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::item::{Item, from_item, key, key2};

/// Keys of one request (DynamoDB, `BatchGetItem`).
const BATCH: usize = 100;

/// What a job needs of a call: neither its transcript nor anything else of its result.
const CALL_FIELDS: &str =
    "id, accountId, #source, webhookId, campaignId, campaignName, recipient, #status, createdAt";

/// What `relay` reads.
#[derive(Debug, Clone)]
pub struct Outbox {
    client: Client,
    calls: String,
    campaigns: String,
}

impl Outbox {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self { client, calls: required_var("CALLS_TABLE")?, campaigns: required_var("CAMPAIGNS_TABLE")? })
    }

    /// The calls with these ids, which must differ, as they are now and in the same order. The inner error is of a call that is
    /// not there, or cannot be read: trying again does not help.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn calls(&self, ids: &[CallId]) -> Result<Vec<Result<Call, StoreError>>, StoreError> {
        let keys: Vec<Item> = ids.iter().map(|id| key("id", id.as_str())).collect();
        let fields = KeysAndAttributes::builder()
            .projection_expression(CALL_FIELDS)
            .expression_attribute_names("#source", "source")
            .expression_attribute_names("#status", "status");
        self.read_all("Calls", &self.calls, fields.set_keys(Some(keys)).build()?).await
    }

    /// The campaigns with these keys, which must differ, as [`Outbox::calls`] does it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn campaigns(
        &self,
        keys: &[(AccountId, CampaignId)],
    ) -> Result<Vec<Result<Campaign, StoreError>>, StoreError> {
        let keys =
            keys.iter().map(|(account, id)| key2(("accountId", account.as_str()), ("id", id.as_str())));
        let asked = KeysAndAttributes::builder().set_keys(Some(keys.collect())).build()?;
        self.read_all("Campaigns", &self.campaigns, asked).await
    }

    async fn read_all<T: DeserializeOwned>(
        &self,
        entity: &'static str,
        table: &str,
        asked: KeysAndAttributes,
    ) -> Result<Vec<Result<T, StoreError>>, StoreError> {
        let mut found = Vec::new();
        for keys in asked.keys().chunks(BATCH) {
            found.extend(self.read_batch(table, with_keys(&asked, keys.to_vec())?).await?);
        }
        let mut read = |key: &Item| match found.iter().position(|item| has_key(item, key)) {
            Some(place) => from_item(entity, found.swap_remove(place)),
            None => Err(StoreError::Unreadable { table: entity, reason: "it is not there".into() }),
        };
        Ok(asked.keys().iter().map(&mut read).collect())
    }

    /// Asks again for what DynamoDB leaves out (it answers with 16 MB at most), as long as it answers with something.
    async fn read_batch(&self, table: &str, mut asked: KeysAndAttributes) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        loop {
            let keys_before = asked.keys().len();
            let answer = self.client.batch_get_item().request_items(table, asked).send().await?;
            items.extend(answer.responses.unwrap_or_default().remove(table).unwrap_or_default());
            asked = match answer.unprocessed_keys.unwrap_or_default().remove(table) {
                None => return Ok(items),
                Some(left) if left.keys().len() < keys_before => left,
                Some(_) => return Err(StoreError::Unavailable("DynamoDB left a batch unread".into())),
            };
        }
    }
}

fn with_keys(asked: &KeysAndAttributes, keys: Vec<Item>) -> Result<KeysAndAttributes, StoreError> {
    Ok(KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .set_projection_expression(asked.projection_expression().map(str::to_owned))
        .set_expression_attribute_names(asked.expression_attribute_names().cloned())
        .consistent_read(true)
        .build()?)
}

fn has_key(item: &Item, key: &Item) -> bool {
    key.iter().all(|(name, value)| item.get(name) == Some(value))
}
