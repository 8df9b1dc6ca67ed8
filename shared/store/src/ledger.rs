use aws_sdk_dynamodb::types::Put;
use domain::LedgerEntry;

use crate::StoreError;
use crate::dynamo::item::to_item;

/// Writes a line of the ledger, once: the balance is the sum of them, so none is written over another or again.
pub(crate) fn put_entry(table: &str, entry: &LedgerEntry) -> Result<Put, StoreError> {
    Ok(Put::builder()
        .table_name(table)
        .set_item(Some(to_item("Ledger", entry)?))
        .condition_expression("attribute_not_exists(id)")
        .build()?)
}
