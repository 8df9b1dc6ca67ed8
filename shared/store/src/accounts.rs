use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnValue, TransactWriteItem, Update};
use domain::{
    AccountId, AccountLimits, ApiKey, ApiKeyId, LedgerEntry, LedgerEntryId, LedgerKind, Limited, Page,
    Randomness, Slice, Timestamp,
};
use environment::{InvalidVariable, required_var};
use serde::{Deserialize, Serialize};

use crate::dynamo::item::{
    Item, from_item, get, is_refused, key, key2, number, read, text, to_item, unless_refused,
};
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::List;
use crate::dynamo::transaction::{Transacted, transact};
use crate::ledger::put_entry;
use crate::{ApiKeyRecord, StoreError, lists};

/// An account: a customer of the product.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// `acc_…`
    pub id: AccountId,
    /// The name that the operator gave it.
    pub name: String,
    /// Credits left; always the sum of its ledger.
    pub credits: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// How many webhooks and campaigns it may have.
    #[serde(default)]
    pub limits: AccountLimits,
}

domain::shows_only!(Account { id, credits, created_at, limits });

/// What `operator` reads and writes: accounts, their credits and their API keys.
#[derive(Debug, Clone)]
pub struct Accounts {
    client: Client,
    randomness: Randomness,
    accounts: String,
    api_keys: String,
    ledger: String,
}

impl Accounts {
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
            api_keys: required_var("API_KEYS_TABLE")?,
            ledger: required_var("LEDGER_TABLE")?,
        })
    }

    /// Records a new account, its first credits in the ledger, and its first API key: all or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when nothing is known to have been recorded. When the answer to the transaction was lost, the account is
    /// looked for: nobody would learn the key of one that is there.
    pub async fn create_account(&self, account: &Account, api_key: &ApiKey) -> Result<(), StoreError> {
        let put_account = Put::builder()
            .table_name(&self.accounts)
            .set_item(Some(to_item("Accounts", account)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let put_key = self.put_api_key(&account.id, api_key, None, account.created_at)?;
        let top_up = self.top_up(&account.id, account.credits, account.created_at);
        let put_top_up = put_entry(&self.ledger, &top_up)?;
        let items =
            [put_account, put_key, put_top_up].map(|put| TransactWriteItem::builder().put(put).build());
        match transact(&self.client, &self.randomness, items.into()).await {
            Ok(Transacted::Committed) => Ok(()),
            // Its line is there: an earlier try has written it, whatever became of its answer.
            Ok(Transacted::Refused(reasons)) if Transacted::refused_at(&reasons, 2) => Ok(()),
            Ok(Transacted::Refused(_)) => {
                Err(StoreError::Unavailable("the new account's id was taken".into()))
            }
            Err(lost) => self.is_in_ledger(&top_up).await?.then_some(()).ok_or(lost),
        }
    }

    /// The account.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        read_account(&self.client, &self.accounts, id).await
    }

    /// Adds credits to an account; whether there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when none are known to have been added. When the answer to the transaction was lost, the ledger is asked:
    /// the caller would add them again.
    pub async fn add_credits(
        &self,
        id: &AccountId,
        credits: u64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let update = Update::builder()
            .table_name(&self.accounts)
            .set_key(Some(key("id", id.as_str())))
            .update_expression("SET credits = credits + :credits")
            .condition_expression("attribute_exists(id)")
            .expression_attribute_values(":credits", number(credits))
            .build()?;
        let top_up = self.top_up(id, credits, now);
        let items = vec![
            TransactWriteItem::builder().update(update).build(),
            TransactWriteItem::builder().put(put_entry(&self.ledger, &top_up)?).build(),
        ];
        match transact(&self.client, &self.randomness, items).await {
            Ok(Transacted::Committed) => Ok(true),
            // As above, or there is no such account.
            Ok(Transacted::Refused(reasons)) => Ok(Transacted::refused_at(&reasons, 1)),
            Err(lost) => self.is_in_ledger(&top_up).await?.then_some(true).ok_or(lost),
        }
    }

    /// Sets some of an account's limits, `None` to the default, and leaves the others: two operators may each set one at the
    /// same moment. The account as it is then, if there is one.
    pub async fn set_limits(
        &self,
        id: &AccountId,
        changes: &[(Limited, Option<u64>)],
    ) -> Result<Option<Account>, StoreError> {
        if let Some(account) = self.try_set_limits(id, changes).await? {
            return Ok(Some(account));
        }
        // No such account, or one from before there were limits: it lacks the map that they stand in.
        let made = self
            .update(id)
            .update_expression("SET limits = :none")
            .condition_expression("attribute_exists(id) AND attribute_not_exists(limits)")
            .expression_attribute_values(":none", AttributeValue::M(Item::new()))
            .send()
            .await;
        unless_refused(made)?;
        self.try_set_limits(id, changes).await
    }

    async fn try_set_limits(
        &self,
        id: &AccountId,
        changes: &[(Limited, Option<u64>)],
    ) -> Result<Option<Account>, StoreError> {
        let (mut set, mut cleared) = (Vec::new(), Vec::new());
        let mut update = self.update(id);
        for (limited, most) in changes {
            let name = limited.plural();
            if let Some(most) = most {
                set.push(format!("limits.{name} = :{name}"));
                update = update.expression_attribute_values(format!(":{name}"), number(most));
            } else {
                cleared.push(format!("limits.{name}"));
            }
        }
        let parts = [("SET", set), ("REMOVE", cleared)].into_iter().filter(|(_, part)| !part.is_empty());
        let parts: Vec<String> = parts.map(|(verb, part)| format!("{verb} {}", part.join(", "))).collect();
        let result = update
            .update_expression(parts.join(" "))
            .condition_expression("attribute_exists(limits)")
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match result {
            Ok(done) => Ok(done.attributes.map(|item| from_item("Accounts", item)).transpose()?),
            Err(error) if is_refused(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn update(&self, id: &AccountId) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.accounts).set_key(Some(key("id", id.as_str())))
    }

    /// The API keys of an account, newest first.
    pub async fn api_keys(
        &self,
        account: &AccountId,
        slice: &Slice,
    ) -> Result<Page<ApiKeyRecord>, StoreError> {
        let list = List {
            order: lists::API_KEYS,
            table: &self.api_keys,
            index: Some("byAccount"),
            partition: ("accountId", account.to_string()),
            sort: "id",
            range: KeyRange::default(),
            table_key: &[],
            filter: None,
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("ApiKeys", item)).await
    }

    /// Records an API key of an account that exists.
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
        unless_refused(result)
    }

    fn put_api_key(
        &self,
        account: &AccountId,
        api_key: &ApiKey,
        name: Option<String>,
        now: Timestamp,
    ) -> Result<Put, StoreError> {
        let record = ApiKeyRecord {
            id: api_key.id().clone(),
            account_id: account.clone(),
            hash: api_key.hash(),
            name,
            created_at: now,
            last_used_on: None,
        };
        Ok(Put::builder().table_name(&self.api_keys).set_item(Some(to_item("ApiKeys", record)?)).build()?)
    }

    fn top_up(&self, id: &AccountId, credits: u64, now: Timestamp) -> LedgerEntry {
        LedgerEntry {
            account_id: id.clone(),
            id: LedgerEntryId::new(now, &self.randomness),
            kind: LedgerKind::ToppedUp,
            amount: i64::try_from(credits).unwrap_or(i64::MAX),
            call_id: None,
            written_off: 0,
            timestamp: now,
        }
    }

    async fn is_in_ledger(&self, entry: &LedgerEntry) -> Result<bool, StoreError> {
        let key = key2(("accountId", entry.account_id.as_str()), ("id", entry.id.as_str()));
        Ok(get(&self.client, &self.ledger, key).await?.is_some())
    }
}

/// An account, strongly consistent.
pub(crate) async fn read_account(
    client: &Client,
    table: &str,
    id: &AccountId,
) -> Result<Option<Account>, StoreError> {
    read(client, "Accounts", table, key("id", id.as_str())).await
}

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
