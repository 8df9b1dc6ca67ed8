use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::{AccountId, LedgerEntry, LedgerEntryId, LedgerKind, Timestamp};
use serde::{Deserialize, Serialize};

use crate::contention::{Transacted, transact};
use crate::item::{from_item, get, key, number, to_item};
use crate::page::List;
use crate::{ApiKey, Management, Page, Slice, StoreError};

/// An account: a tenant of the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

impl Management {
    /// Records a new account, its first credits in the ledger, and its first API key: all or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn create_account(&self, account: &Account, api_key: &ApiKey) -> Result<(), StoreError> {
        let put_account = Put::builder()
            .table_name(&self.accounts)
            .set_item(Some(to_item("Accounts", account)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let put_key = self.put_api_key(&account.id, api_key, None, account.created_at)?;
        let top_up = self.put_top_up(&account.id, account.credits, account.created_at)?;
        let items = [put_account, put_key, top_up].map(|put| TransactWriteItem::builder().put(put).build());
        match transact(&self.client, items.into()).await? {
            Transacted::Committed => Ok(()),
            Transacted::Refused(_) => Err(StoreError::Unavailable("the new account's id was taken".into())),
        }
    }

    /// The account.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        let found = get(&self.client, &self.accounts, key("id", id.as_str())).await?;
        found.map(|item| from_item("Accounts", item)).transpose()
    }

    /// Adds credits to an account; whether there is one.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
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
        let items = vec![
            TransactWriteItem::builder().update(update).build(),
            TransactWriteItem::builder().put(self.put_top_up(id, credits, now)?).build(),
        ];
        Ok(matches!(transact(&self.client, items).await?, Transacted::Committed))
    }

    /// The ledger of an account, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn ledger(&self, account: &AccountId, slice: &Slice) -> Result<Page<LedgerEntry>, StoreError> {
        let list = List {
            table: &self.ledger,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            table_key: &[],
            filter: None,
        };
        list.page(&self.client, slice, |item| from_item("Ledger", item)).await
    }

    fn put_top_up(&self, id: &AccountId, credits: u64, now: Timestamp) -> Result<Put, StoreError> {
        let entry = LedgerEntry {
            account_id: id.clone(),
            id: LedgerEntryId::new(now),
            kind: LedgerKind::ToppedUp,
            amount: i64::try_from(credits).unwrap_or(i64::MAX),
            call_id: None,
            written_off: 0,
            timestamp: now,
        };
        Ok(Put::builder().table_name(&self.ledger).set_item(Some(to_item("Ledger", entry)?)).build()?)
    }
}
