use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{Delete, DeleteRequest, Put, TransactWriteItem, WriteRequest};
use domain::{AccountId, PortalToken, PortalTokenId, PortalTokenKind, Randomness, Role, Timestamp};
use environment::{InvalidVariable, required_var};
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::dynamo::item::{Item, get, key2, read, text, to_item, unless_refused};
use crate::dynamo::transaction::{Transacted, transact};

/// How long a link can be used.
const LINK_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// Most requests of one `BatchWriteItem`.
const BATCH: i32 = 25;

/// Most batches that one request ends. An account with more than 5,000 asks again.
const BATCHES: usize = 200;

/// What is stored of a link or a session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PortalTokenRecord {
    account_id: AccountId,
    id: PortalTokenId,
    kind: PortalTokenKind,
    pub(crate) role: Role,
    /// SHA-256 of the token, base64url.
    hash: String,
    /// The token opens nothing from this moment on.
    good_until: Timestamp,
    /// When the session ends: this one, or the one that the link is swapped for.
    session_ends_at: Timestamp,
    /// By which DynamoDB deletes it, some time later. Seconds.
    expires_at: u64,
}

domain::shows_only!(PortalTokenRecord { account_id, id, kind, role, good_until, session_ends_at });

/// A link or a session that was made: the one time that its token is there in clear.
#[derive(Debug, Clone)]
pub struct NewPortalToken {
    /// The token.
    pub token: PortalToken,
    /// What its session may do.
    pub role: Role,
    /// When its session ends.
    pub session_ends_at: Timestamp,
}

/// Links and sessions of the portal, for whoever makes and ends them.
#[derive(Debug, Clone)]
pub struct PortalTokens {
    client: Client,
    randomness: Randomness,
    table: String,
}

impl PortalTokens {
    /// The table that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client, randomness: Randomness) -> Result<Self, InvalidVariable> {
        Ok(Self { client, randomness, table: required_var("PORTAL_TOKENS_TABLE")? })
    }

    /// Makes a link into an account that exists, or a session in it. The session, this one or the one that the link leads to, has
    /// this length from now on.
    pub async fn make(
        &self,
        kind: PortalTokenKind,
        account: &AccountId,
        role: Role,
        now: Timestamp,
        length: Duration,
    ) -> Result<NewPortalToken, StoreError> {
        let (made, item) = self.new_token(kind, account, role, now, now.plus(length))?;
        self.client.put_item().table_name(&self.table).set_item(Some(item)).send().await?;
        Ok(made)
    }

    /// Swaps a link for a session: the link goes and the session comes, or neither. `None` when the link is not good, or when
    /// another request has used it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not known whether the link was used. When the answer to the transaction was lost, the session
    /// is looked for: the caller has no other link.
    pub async fn use_link(
        &self,
        link: &PortalToken,
        now: Timestamp,
    ) -> Result<Option<NewPortalToken>, StoreError> {
        if link.kind() != PortalTokenKind::Link {
            return Ok(None);
        }
        let Some(record) = find(&self.client, &self.table, link, now).await? else { return Ok(None) };
        let kind = PortalTokenKind::Session;
        let (made, item) =
            self.new_token(kind, &record.account_id, record.role, now, record.session_ends_at)?;
        let put = Put::builder().table_name(&self.table).set_item(Some(item)).build()?;
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key_of(&record.account_id, &record.id)))
            .condition_expression("attribute_exists(id)")
            .build()?;
        let items = vec![
            TransactWriteItem::builder().delete(delete).build(),
            TransactWriteItem::builder().put(put).build(),
        ];
        match transact(&self.client, &self.randomness, items).await {
            Ok(Transacted::Committed) => Ok(Some(made)),
            Ok(Transacted::Refused(_)) => Ok(None),
            Err(lost) => {
                let key = key_of(made.token.account(), made.token.id());
                get(&self.client, &self.table, key).await?.map(|_| Some(made)).ok_or(lost)
            }
        }
    }

    /// Ends one session of an account; whether there was one.
    pub async fn end_session(&self, account: &AccountId, id: &PortalTokenId) -> Result<bool, StoreError> {
        let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key_of(account, id)));
        unless_refused(delete.condition_expression("attribute_exists(id)").send().await)
    }

    /// Ends all sessions of an account, and its links. What is left after one round, because DynamoDB was busy or because a link
    /// was swapped meanwhile, is found by the next; the last one finds nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], also when some are left after [`BATCHES`].
    pub async fn end_all(&self, account: &AccountId) -> Result<(), StoreError> {
        for _ in 0..BATCHES {
            let query = self.client.query().table_name(&self.table).consistent_read(true).limit(BATCH);
            let found = query
                .key_condition_expression("accountId = :account")
                .expression_attribute_values(":account", text(account.as_str()))
                .projection_expression("accountId, id")
                .send()
                .await?;
            let keys = found.items.unwrap_or_default();
            if keys.is_empty() {
                return Ok(());
            }
            let delete = |key| {
                let request = DeleteRequest::builder().set_key(Some(key)).build()?;
                Ok::<_, StoreError>(WriteRequest::builder().delete_request(request).build())
            };
            let deletes = keys.into_iter().map(delete).collect::<Result<Vec<_>, _>>()?;
            self.client.batch_write_item().request_items(&self.table, deletes).send().await?;
        }
        Err(StoreError::Unavailable(format!("sessions are left after {BATCHES} batches")))
    }

    fn new_token(
        &self,
        kind: PortalTokenKind,
        account: &AccountId,
        role: Role,
        now: Timestamp,
        session_ends_at: Timestamp,
    ) -> Result<(NewPortalToken, Item), StoreError> {
        let token = PortalToken::generate(kind, account, now, &self.randomness);
        let good_until = match kind {
            PortalTokenKind::Link => now.plus(LINK_LIFETIME).min(session_ends_at),
            PortalTokenKind::Session => session_ends_at,
        };
        let record = PortalTokenRecord {
            account_id: account.clone(),
            id: token.id().clone(),
            kind,
            role,
            hash: token.hash(),
            good_until,
            session_ends_at,
            expires_at: good_until.as_seconds(),
        };
        Ok((NewPortalToken { token, role, session_ends_at }, to_item("PortalTokens", record)?))
    }
}

/// The record of a token that is good now: one read. The clock decides, since DynamoDB deletes what has expired days later.
pub(crate) async fn find(
    client: &Client,
    table: &str,
    token: &PortalToken,
    now: Timestamp,
) -> Result<Option<PortalTokenRecord>, StoreError> {
    let key = key_of(token.account(), token.id());
    let Some(record) = read::<PortalTokenRecord>(client, "PortalTokens", table, key).await? else {
        return Ok(None);
    };
    let same = verify_slices_are_equal(record.hash.as_bytes(), token.hash().as_bytes()).is_ok();
    Ok((same && record.kind == token.kind() && now < record.good_until).then_some(record))
}

fn key_of(account: &AccountId, id: &PortalTokenId) -> Item {
    key2(("accountId", account.as_str()), ("id", id.as_str()))
}

#[cfg(test)]
#[path = "portal_tokens_tests.rs"]
mod tests;
