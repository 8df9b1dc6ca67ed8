//! Payloads of their owners' own design: items of their own in the table of webhooks, under a key that no list of webhooks has. So
//! a fan-out, which reads all webhooks of an account, does not read what only an attempt needs.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{AccountId, EndpointPayload, Webhook, WebhookId};

use crate::dynamo::batch::read_all;
use crate::dynamo::item::{Item, key2, read};
use crate::{Attempts, EndpointTests, StoreError};

/// A key that ends so is one of a payload, and none of a webhook.
const OF_PAYLOAD: &str = "#payload";

/// The key of a webhook's payload. A webhook has one endpoint, and so one payload.
pub(crate) fn payload_key(account: &AccountId, id: &WebhookId) -> Item {
    key2(("accountId", &format!("{account}{OF_PAYLOAD}")), ("id", id.as_str()))
}

/// Whether a payload is stored for the webhook.
pub(crate) fn has_payload(webhook: &Webhook) -> bool {
    webhook.payload_version(webhook.event()).is_some()
}

impl Attempts {
    /// The payloads of these webhooks, which must differ, by the webhooks' ids. None is there of one that has lost its payload a
    /// moment ago.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer; the inner one is of an item that cannot be read.
    pub async fn payloads(
        &self,
        webhooks: &[&Webhook],
    ) -> Result<HashMap<WebhookId, Result<EndpointPayload, StoreError>>, StoreError> {
        let key = |webhook: &&Webhook| payload_key(&webhook.account_id, &webhook.id);
        let keys: Vec<Item> = webhooks.iter().map(key).collect();
        let fields = KeysAndAttributes::builder();
        let read = read_all(&self.client, "Webhooks", &self.webhooks, &keys, fields).await?;
        let found = webhooks.iter().zip(read).filter_map(|(webhook, read)| {
            Some((webhook.id.clone(), read.transpose()?.map_err(StoreError::from)))
        });
        Ok(found.collect())
    }
}

impl EndpointTests {
    /// The webhook's payload. One that has none costs nothing.
    pub async fn payload(&self, webhook: &Webhook) -> Result<Option<EndpointPayload>, StoreError> {
        if !has_payload(webhook) {
            return Ok(None);
        }
        let key = payload_key(&webhook.account_id, &webhook.id);
        let found = read(&self.client, "Webhooks", &self.webhooks, key).await?;
        found.ok_or_else(StoreError::payload_taken_away).map(Some)
    }
}
