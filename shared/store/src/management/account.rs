use domain::{AccountId, LedgerEntry, Page, Slice};

use crate::accounts::{Account, read_account};
use crate::dynamo::item::from_item;
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::List;
use crate::{Management, StoreError, lists};

impl Management {
    /// The account.
    pub async fn account(&self, id: &AccountId) -> Result<Option<Account>, StoreError> {
        read_account(&self.client, &self.accounts, id).await
    }

    /// The ledger of an account, newest first.
    pub async fn ledger(&self, account: &AccountId, slice: &Slice) -> Result<Page<LedgerEntry>, StoreError> {
        let list = List {
            order: lists::LEDGER,
            table: &self.ledger,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            range: KeyRange::default(),
            table_key: &[],
            filter: None,
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("Ledger", item)).await
    }
}
