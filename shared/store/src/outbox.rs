//! Calls as `relay` reads them: by the ids that the stream of the table names, many at once.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use domain::{AccountId, Call, CallId, Campaign, CampaignId};
use environment::{InvalidVariable, required_var};
use serde::de::DeserializeOwned;

use crate::dynamo::batch::read_all;
use crate::dynamo::item::{Item, key, key2};
use crate::{AskedEvents, InvalidItem, StoreError};

/// What a job needs of a call: neither its transcript nor anything else of its result.
const CALL_FIELDS: &str = "id, accountId, #source, webhookId, campaignId, campaignName, recipient, metadata, #variables, #status, createdAt";

/// What `relay` reads.
#[derive(Debug, Clone)]
pub struct Outbox {
    client: Client,
    calls: String,
    campaigns: String,
    counts: String,
}

impl Outbox {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            calls: required_var("CALLS_TABLE")?,
            campaigns: required_var("CAMPAIGNS_TABLE")?,
            counts: required_var("COUNTS_TABLE")?,
        })
    }

    /// The calls with these ids, which must differ, as they are now and in the same order. The inner error is of a call that is
    /// not there, or cannot be read: trying again does not help.
    pub async fn calls(&self, ids: &[CallId]) -> Result<Vec<Result<Call, InvalidItem>>, StoreError> {
        let keys: Vec<Item> = ids.iter().map(|id| key("id", id.as_str())).collect();
        let fields = KeysAndAttributes::builder()
            .projection_expression(CALL_FIELDS)
            .expression_attribute_names("#source", "source")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#variables", "variables");
        self.read_all("Calls", &self.calls, &keys, fields).await
    }

    /// The campaigns with these keys, which must differ, as [`Outbox::calls`] does it.
    pub async fn campaigns(
        &self,
        keys: &[(AccountId, CampaignId)],
    ) -> Result<Vec<Result<Campaign, InvalidItem>>, StoreError> {
        let keys: Vec<Item> = keys
            .iter()
            .map(|(account, id)| key2(("accountId", account.as_str()), ("id", id.as_str())))
            .collect();
        self.read_all("Campaigns", &self.campaigns, &keys, KeysAndAttributes::builder()).await
    }

    /// Which events the webhooks of these accounts, which must differ, ask for.
    pub async fn asked_events(&self, accounts: &[&AccountId]) -> Result<Vec<AskedEvents>, StoreError> {
        let keys: Vec<Item> = accounts.iter().map(|id| key("accountId", id.as_str())).collect();
        let fields = KeysAndAttributes::builder();
        let read = read_all(&self.client, "Counts", &self.counts, &keys, fields).await?;
        let with_account = accounts.iter().zip(read);
        Ok(with_account.map(|(account, stored)| AskedEvents::read(account.as_str(), stored)).collect())
    }

    /// Of the relay, what is not there is an error: the stream has named it.
    async fn read_all<T: DeserializeOwned>(
        &self,
        entity: &'static str,
        table: &str,
        keys: &[Item],
        fields: KeysAndAttributesBuilder,
    ) -> Result<Vec<Result<T, InvalidItem>>, StoreError> {
        let there = |found: Result<Option<T>, InvalidItem>| {
            found?.ok_or(InvalidItem { table: entity, reason: "it is not there".into() })
        };
        Ok(read_all(&self.client, entity, table, keys, fields).await?.into_iter().map(there).collect())
    }
}
