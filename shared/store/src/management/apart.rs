//! What lies apart from a webhook's item, as its owner reads and writes it.

use aws_sdk_dynamodb::types::{Delete, KeysAndAttributes, Put, TransactWriteItem};
use domain::{AccountId, EndpointPayload, IntakeRules, Webhook, WebhookId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::dynamo::batch::read_all;
use crate::dynamo::item::{Item, to_item};
use crate::endpoint_payloads::{has_payload, payload_key};
use crate::intake_rules::{has_rules, rules_key};
use crate::{Management, StoreError};

/// What is stored of a webhook in items of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Apart {
    /// The rules for an inbound webhook's requests.
    pub rules: IntakeRules,
    /// The payload of its endpoint, where it is not the documented one.
    pub payload: Option<EndpointPayload>,
}

/// What of it is written anew. By default, nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct ApartChange<'a> {
    rules: Option<&'a IntakeRules>,
    payload: Option<Option<&'a EndpointPayload>>,
}

impl Apart {
    /// What is to be written where `stored` is there.
    #[must_use]
    pub fn instead_of(&self, stored: &Self) -> ApartChange<'_> {
        ApartChange {
            rules: (self.rules != stored.rules).then_some(&self.rules),
            payload: (self.payload != stored.payload).then_some(self.payload.as_ref()),
        }
    }
}

impl ApartChange<'_> {
    /// The parts of the transaction that writes the webhook.
    pub(crate) fn writes(
        &self,
        table: &str,
        webhook: &Webhook,
    ) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (account, id) = (&webhook.account_id, &webhook.id);
        let rules = self.rules.map(|rules| match rules.is_empty() {
            false => put(table, rules_key(account, id), rules),
            true => delete(table, rules_key(account, id)),
        });
        let payload = self.payload.map(|payload| match payload {
            Some(payload) => put(table, payload_key(account, id), payload),
            None => delete(table, payload_key(account, id)),
        });
        rules.into_iter().chain(payload).collect()
    }
}

/// The parts of the transaction that deletes the webhook.
pub(crate) fn deletions(table: &str, webhook: &Webhook) -> Result<Vec<TransactWriteItem>, StoreError> {
    let (account, id) = (&webhook.account_id, &webhook.id);
    let rules = has_rules(webhook).then(|| delete(table, rules_key(account, id)));
    let payload = has_payload(webhook).then(|| delete(table, payload_key(account, id)));
    rules.into_iter().chain(payload).collect()
}

/// Writes an item beside the webhook itself, in the same transaction.
fn put(table: &str, key: Item, value: &impl Serialize) -> Result<TransactWriteItem, StoreError> {
    let mut item = to_item("Webhooks", value)?;
    item.extend(key);
    let put = Put::builder().table_name(table).set_item(Some(item)).build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// Takes one away, in the same way.
fn delete(table: &str, key: Item) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder().table_name(table).set_key(Some(key)).build()?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

impl Management {
    /// What lies apart from each of these webhooks, in their order. Those from which nothing does cost nothing.
    pub async fn apart_from(&self, webhooks: &[&Webhook]) -> Result<Vec<Apart>, StoreError> {
        let rules: Vec<Option<IntakeRules>> = self.read_apart(webhooks, has_rules, rules_key).await?;
        let payloads = self.read_apart(webhooks, has_payload, payload_key).await?;
        let both = rules.into_iter().zip(payloads);
        Ok(both.map(|(rules, payload)| Apart { rules: rules.unwrap_or_default(), payload }).collect())
    }

    /// The payload of a webhook. One that has none costs nothing.
    pub async fn payload(&self, webhook: &Webhook) -> Result<Option<EndpointPayload>, StoreError> {
        let found = self.read_apart(&[webhook], has_payload, payload_key).await?.pop().flatten();
        if found.is_none() && has_payload(webhook) {
            return Err(StoreError::payload_taken_away());
        }
        Ok(found)
    }

    async fn read_apart<T: DeserializeOwned>(
        &self,
        webhooks: &[&Webhook],
        has_one: fn(&Webhook) -> bool,
        key: fn(&AccountId, &WebhookId) -> Item,
    ) -> Result<Vec<Option<T>>, StoreError> {
        let with_one = webhooks.iter().filter(|webhook| has_one(webhook));
        let keys: Vec<Item> = with_one.map(|webhook| key(&webhook.account_id, &webhook.id)).collect();
        let fields = KeysAndAttributes::builder();
        let mut read = read_all(&self.client, "Webhooks", &self.webhooks, &keys, fields).await?.into_iter();
        let mut found = Vec::with_capacity(webhooks.len());
        for webhook in webhooks {
            found.push(if has_one(webhook) { read.next().transpose()?.flatten() } else { None });
        }
        Ok(found)
    }
}
