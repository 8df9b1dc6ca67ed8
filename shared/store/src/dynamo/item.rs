//! Rust values to and from DynamoDB items.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use domain::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{InvalidItem, StoreError};

/// One item: its attributes by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The largest item (DynamoDB, "Service, account, and table quotas": 400 KB), less room for the marks that are added later.
pub(crate) const MAX_ITEM_BYTES: usize = 400 * 1024 - 1024;

/// Milliseconds of a day.
const DAY: u64 = 24 * 60 * 60 * 1000;

pub(crate) fn to_item(table: &'static str, value: impl Serialize) -> Result<Item, InvalidItem> {
    serde_dynamo::to_item(value).map_err(|error| InvalidItem { table, reason: error.to_string() })
}

pub(crate) fn from_item<T: DeserializeOwned>(table: &'static str, item: Item) -> Result<T, InvalidItem> {
    serde_dynamo::from_item(item).map_err(|error| InvalidItem { table, reason: error.to_string() })
}

pub(crate) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(crate) fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

/// A key of one attribute.
pub(crate) fn key(name: &str, value: impl Into<String>) -> Item {
    Item::from([(name.to_owned(), text(value))])
}

/// A key of two attributes.
pub(crate) fn key2(first: (&str, &str), second: (&str, &str)) -> Item {
    [first, second].map(|(name, value)| (name.to_owned(), text(value))).into()
}

/// `expiresAt`, by which DynamoDB deletes a row of a log: seconds since 1970.
pub(crate) fn expires_at(now: Timestamp, days: u64) -> AttributeValue {
    number((now.as_millis() + days * DAY) / 1000)
}

/// Reads one item, strongly consistent.
pub(crate) async fn get(client: &Client, table: &str, key: Item) -> Result<Option<Item>, StoreError> {
    let answer = client.get_item().table_name(table).set_key(Some(key)).consistent_read(true).send().await?;
    Ok(answer.item)
}

/// Reads one item as what it stands for, strongly consistent. `entity` names the table where the item cannot be read.
pub(crate) async fn read<T: DeserializeOwned>(
    client: &Client,
    entity: &'static str,
    table: &str,
    key: Item,
) -> Result<Option<T>, StoreError> {
    let found = get(client, table, key).await?;
    Ok(found.map(|item| from_item(entity, item)).transpose()?)
}

/// Whether a write was refused because its condition did not hold.
pub(crate) fn is_refused<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> bool {
    error.code() == Some("ConditionalCheckFailedException")
}

/// Whether a conditional write was done: `false` when its condition did not hold.
pub(crate) fn unless_refused<T, E: ProvideErrorMetadata>(
    result: Result<T, SdkError<E>>,
) -> Result<bool, StoreError> {
    match result {
        Ok(_) => Ok(true),
        Err(error) if is_refused(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Bytes of an item as DynamoDB counts them ("DynamoDB item sizes and formats").
pub(crate) fn size_of(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + size_of_value(value)).sum()
}

fn size_of_value(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::B(blob) => blob.as_ref().len(),
        // 1 byte for two digits, and 1; 21 at most.
        AttributeValue::N(digits) => (digits.len().div_ceil(2) + 1).min(21),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + size_of_value(value)).sum::<usize>(),
        AttributeValue::M(item) => 3 + item.len() + size_of(item),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    #[test]
    fn an_items_size_counts_names_and_values() {
        let item = Item::from([
            ("id".into(), text("abc")),
            ("n".into(), number(1234)),
            ("b".into(), AttributeValue::B(Blob::new(vec![0; 100]))),
            ("m".into(), AttributeValue::M(key("k", "v"))),
        ]);
        assert_eq!(size_of(&item), (2 + 3) + (1 + 3) + (1 + 100) + (1 + 3 + 1 + 2));
    }

    #[test]
    fn a_log_row_expires_after_its_days() {
        assert_eq!(expires_at(Timestamp::from_millis(1_000), 30), number(1 + 30 * 86_400));
    }
}
