//! Who an API key or a portal session is: asked by every function that one opens.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_sdk_dynamodb::Client;
use domain::{AccountId, ApiKey, ApiKeyId, Caller, Credential, Entry, PortalToken, Timestamp};
use environment::{InvalidVariable, required_var};
use serde::{Deserialize, Serialize};

use crate::dynamo::item::{key, read, text, unless_refused};
use crate::{StoreError, portal_tokens};

/// What is stored of an API key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKeyRecord {
    /// `key_…`
    pub id: ApiKeyId,
    /// The account that it opens.
    pub account_id: AccountId,
    /// SHA-256 of the key, base64url.
    pub(crate) hash: String,
    /// What its owner calls it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The day of its last use, `2026-11-23` in UTC.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_used_on: Option<String>,
}

domain::shows_only!(ApiKeyRecord { id, account_id, created_at, last_used_on });

/// The API keys and the portal's sessions, for whoever is asked with one.
#[derive(Debug, Clone)]
pub struct Access {
    client: Client,
    api_keys: String,
    portal_tokens: String,
}

impl Access {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        let (api_keys, portal_tokens) =
            (required_var("API_KEYS_TABLE")?, required_var("PORTAL_TOKENS_TABLE")?);
        Ok(Self { client, api_keys, portal_tokens })
    }

    /// Who shows the credential: one read. `None` when it opens nothing.
    pub async fn caller(
        &self,
        credential: &Credential,
        now: Timestamp,
    ) -> Result<Option<Caller>, StoreError> {
        match credential {
            Credential::ApiKey(api_key) => {
                let account = self.account_of(api_key, now).await?;
                Ok(account.map(|account| Caller { account, entry: Entry::ApiKey }))
            }
            Credential::Session(token) => self.caller_in_session(token, now).await,
        }
    }

    async fn caller_in_session(
        &self,
        token: &PortalToken,
        now: Timestamp,
    ) -> Result<Option<Caller>, StoreError> {
        let found = portal_tokens::find(&self.client, &self.portal_tokens, token, now).await?;
        let entry = |role| Entry::Session { id: token.id().clone(), role };
        Ok(found.map(|record| Caller { account: token.account().clone(), entry: entry(record.role) }))
    }

    /// The account that the API key opens; `None` when it opens none. Its use is noted; that this failed is logged, and no
    /// reason to refuse it.
    async fn account_of(&self, api_key: &ApiKey, now: Timestamp) -> Result<Option<AccountId>, StoreError> {
        let Some(record) = self.authenticate(api_key).await? else { return Ok(None) };
        if let Err(error) = self.note_use(&record, now).await {
            tracing::warn!(api_key.id = %record.id, %error, "the use of API key {} was not noted", record.id);
        }
        Ok(Some(record.account_id))
    }

    /// The record of the API key, when there is one and the key is the one that it was made for.
    async fn authenticate(&self, api_key: &ApiKey) -> Result<Option<ApiKeyRecord>, StoreError> {
        let key = key("id", api_key.id().as_str());
        let Some(record) = read::<ApiKeyRecord>(&self.client, "ApiKeys", &self.api_keys, key).await? else {
            return Ok(None);
        };
        let same = verify_slices_are_equal(record.hash.as_bytes(), api_key.hash().as_bytes()).is_ok();
        Ok(same.then_some(record))
    }

    /// Notes that the key was used today; writes once a day.
    async fn note_use(&self, record: &ApiKeyRecord, now: Timestamp) -> Result<(), StoreError> {
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
        unless_refused(result).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use domain::Randomness;
    use environment::aws_client;
    use scripted_aws::{Answer, scripted};
    use serde_json::{Value, json};

    use super::*;
    use crate::{Account, StoredTranscript};

    /// The roles allow no other attributes, and no answer with them. The emulator lets all pass.
    #[tokio::test]
    async fn the_note_of_a_use_names_no_attribute_but_the_key_and_the_day() {
        let (now, update) = (Timestamp::from_millis(1_730_179_200_000), Arc::new(Mutex::new(String::new())));
        let api_key = ApiKey::generate(now, &Randomness::system());
        let record = ApiKeyRecord {
            id: api_key.id().clone(),
            account_id: AccountId::parse("acc_1").expect("an id"),
            hash: api_key.hash(),
            name: None,
            created_at: now,
            last_used_on: None,
        };
        let found = json!({"Item": {
            "id": {"S": record.id.as_str()}, "accountId": {"S": "acc_1"}, "hash": {"S": record.hash},
            "createdAt": {"N": "1730179200000"},
        }});
        let asked = Arc::clone(&update);
        let client = aws_client!(
            aws_sdk_dynamodb,
            &scripted(move |request| match request.operation.as_str() {
                "GetItem" => Answer::ok(found.to_string()),
                _ => {
                    *asked.lock().expect("no panic before") = request.body.clone();
                    Answer::ok("{}")
                }
            })
        );
        let access = Access { client, api_keys: "ApiKeys".into(), portal_tokens: "PortalTokens".into() };
        assert_eq!(access.account_of(&api_key, now).await.expect("an answer"), Some(record.account_id));
        let update: Value =
            serde_json::from_str(&update.lock().expect("no panic before")).expect("an update was asked for");
        assert_eq!(
            update,
            json!({
                "TableName": "ApiKeys",
                "Key": {"id": {"S": record.id.as_str()}},
                "UpdateExpression": "SET lastUsedOn = :today",
                "ConditionExpression": "attribute_exists(id)",
                "ExpressionAttributeValues": {":today": {"S": "2024-10-29"}},
            })
        );
    }

    #[test]
    fn what_carries_personal_data_or_secrets_shows_none_of_it() {
        let (now, id) = (Timestamp::from_millis(1), AccountId::parse("acc_1").expect("an id"));
        let record = ApiKeyRecord {
            id: ApiKeyId::parse("key_1").expect("an id"),
            account_id: id.clone(),
            hash: "secret".into(),
            name: Some("secret".into()),
            created_at: now,
            last_used_on: None,
        };
        let account =
            Account { id, name: "secret".into(), credits: 1, created_at: now, limits: Default::default() };
        let transcript = StoredTranscript::compress(&[]).expect("a transcript");
        for shown in [format!("{record:?}"), format!("{account:?}"), format!("{transcript:?}")] {
            assert!(shown.contains("***") && !shown.contains("secret"), "{shown}");
        }
    }
}
