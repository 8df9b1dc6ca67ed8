use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, rand};
use aws_sdk_dynamodb::types::Put;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{AccountId, ApiKeyId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::item::{from_item, get, is_refused, key, text, to_item};
use crate::page::List;
use crate::{Management, Page, Slice, StoreError};

/// What every API key starts with.
const PREFIX: &str = "whk_";

/// Random bytes of a key's secret half.
const SECRET_BYTES: usize = 32;

/// An API key in clear: `whk_<id>_<43 characters of base64url>`. Its id finds the record; the record has its hash only.
///
/// A secret: `Debug` prints `***`.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey {
    id: ApiKeyId,
    text: String,
}

/// The text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an API key")]
pub struct InvalidApiKey;

/// What is stored of an API key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRecord {
    /// `key_…`
    pub id: ApiKeyId,
    /// The account that it opens.
    pub account_id: AccountId,
    /// SHA-256 of the key, base64url.
    hash: String,
    /// What its owner calls it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The day of its last use, `2026-11-23` in UTC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_used_on: Option<String>,
}

impl ApiKey {
    /// A new random key.
    #[must_use]
    pub fn generate(now: Timestamp) -> Self {
        let id = ApiKeyId::new(now);
        let mut secret = [0; SECRET_BYTES];
        let _ = rand::fill(&mut secret);
        let text = format!("{PREFIX}{}_{}", id_part(&id), URL_SAFE_NO_PAD.encode(secret));
        Self { id, text }
    }

    /// Reads a key that a request brought.
    ///
    /// # Errors
    ///
    /// [`InvalidApiKey`] when it has not the shape of one.
    pub fn parse(text: &str) -> Result<Self, InvalidApiKey> {
        let (id, secret) =
            text.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(InvalidApiKey)?;
        let secret_fits = URL_SAFE_NO_PAD.decode(secret).is_ok_and(|bytes| bytes.len() == SECRET_BYTES);
        let id = ApiKeyId::parse(&format!("key_{id}")).map_err(|_| InvalidApiKey)?;
        if secret_fits { Ok(Self { id, text: text.to_owned() }) } else { Err(InvalidApiKey) }
    }

    /// The key in clear, for the one time that it is shown.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The public half.
    #[must_use]
    pub fn id(&self) -> &ApiKeyId {
        &self.id
    }

    fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, self.text.as_bytes()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(***)")
    }
}

fn id_part(id: &ApiKeyId) -> &str {
    id.as_str().trim_start_matches("key_")
}

impl Management {
    /// The record of the API key, when there is one and the key is the one that it was made for.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn authenticate(&self, api_key: &ApiKey) -> Result<Option<ApiKeyRecord>, StoreError> {
        let found = get(&self.client, &self.api_keys, key("id", api_key.id.as_str())).await?;
        let Some(item) = found else { return Ok(None) };
        let record: ApiKeyRecord = from_item("ApiKeys", item)?;
        let same = verify_slices_are_equal(record.hash.as_bytes(), api_key.hash().as_bytes()).is_ok();
        Ok(same.then_some(record))
    }

    /// Notes that the key was used today; writes once a day.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn note_use(&self, record: &ApiKeyRecord, now: Timestamp) -> Result<(), StoreError> {
        let today = now.to_string().chars().take("2026-11-23".len()).collect::<String>();
        if record.last_used_on.as_ref() == Some(&today) {
            return Ok(());
        }
        let result = self
            .client
            .update_item()
            .table_name(&self.api_keys)
            .set_key(Some(key("id", record.id.as_str())))
            .update_expression("SET lastUsedOn = :today")
            // A key that is revoked at this moment must not come back as a stub.
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":today", text(today))
            .send()
            .await;
        match result {
            Err(error) if is_refused(&error) => Ok(()),
            result => result.map(|_| ()).map_err(StoreError::from),
        }
    }

    /// The API keys of an account, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn api_keys(
        &self,
        account: &AccountId,
        slice: &Slice,
    ) -> Result<Page<ApiKeyRecord>, StoreError> {
        let list = List {
            table: &self.api_keys,
            index: Some("byAccount"),
            partition: ("accountId", account.to_string()),
            sort: "id",
            table_key: &[],
            filter: None,
        };
        list.page(&self.client, slice, |item| from_item("ApiKeys", item)).await
    }

    /// Records an API key of an account that exists.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn add_api_key(
        &self,
        account: &AccountId,
        api_key: &ApiKey,
        name: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let put = self.put_api_key(account, api_key, name, now)?;
        self.client.put_item().table_name(&self.api_keys).set_item(Some(put.item().clone())).send().await?;
        Ok(())
    }

    /// Revokes an API key of the account; whether there was one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn revoke_api_key(&self, account: &AccountId, id: &ApiKeyId) -> Result<bool, StoreError> {
        let result = self
            .client
            .delete_item()
            .table_name(&self.api_keys)
            .set_key(Some(key("id", id.as_str())))
            .condition_expression("accountId = :account")
            .expression_attribute_values(":account", text(account.as_str()))
            .send()
            .await;
        match result {
            Ok(_) => Ok(true),
            Err(error) if is_refused(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) fn put_api_key(
        &self,
        account: &AccountId,
        api_key: &ApiKey,
        name: Option<String>,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let record = ApiKeyRecord {
            id: api_key.id.clone(),
            account_id: account.clone(),
            hash: api_key.hash(),
            name,
            created_at: now,
            last_used_on: None,
        };
        Ok(Put::builder().table_name(&self.api_keys).set_item(Some(to_item("ApiKeys", record)?)).build()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_and_another_has_another_hash() {
        let now = Timestamp::now();
        let api_key = ApiKey::generate(now);
        assert_eq!(ApiKey::parse(api_key.expose()), Ok(api_key.clone()));
        assert_ne!(api_key.hash(), ApiKey::generate(now).hash());
        assert!(!api_key.hash().contains(api_key.expose()));
        assert_eq!(format!("{api_key:?}"), "ApiKey(***)");
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for wrong in [
            "",
            "whk_",
            "whk_1_short",
            "sk_live_1",
            "Bearer whk_1",
            "whk_a.b_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        ] {
            assert_eq!(ApiKey::parse(wrong), Err(InvalidApiKey), "{wrong}");
        }
    }
}
