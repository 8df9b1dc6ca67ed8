//! Many items of one table, read together.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use aws_sdk_dynamodb::types::builders::KeysAndAttributesBuilder;
use serde::de::DeserializeOwned;

use crate::StoreError;
use crate::dynamo::item::{Item, from_item};

/// Keys of one request (DynamoDB, `BatchGetItem`).
const BATCH: usize = 100;

/// Reads these fields of the items with these keys, which must differ, strongly consistent and in their order. `None` is one
/// that is not there; an inner error is of one that cannot be read, and trying again does not help.
pub(crate) async fn read_all<T: DeserializeOwned>(
    client: &Client,
    entity: &'static str,
    table: &str,
    keys: &[Item],
    fields: KeysAndAttributesBuilder,
) -> Result<Vec<Result<Option<T>, StoreError>>, StoreError> {
    let fields = fields.consistent_read(true);
    let mut found = Vec::new();
    for some in keys.chunks(BATCH) {
        let asked = fields.clone().set_keys(Some(some.to_vec())).build()?;
        // Boxed: unboxed, the futures of the relay nest deeper than the compiler allows.
        found.extend(Box::pin(read_batch(client, table, asked)).await?);
    }
    let mut read = |key: &Item| {
        let item = found.iter().position(|item| has_key(item, key)).map(|place| found.swap_remove(place));
        item.map(|item| from_item(entity, item)).transpose()
    };
    Ok(keys.iter().map(&mut read).collect())
}

/// Asks again for what DynamoDB leaves out (it answers with 16 MB at most), as long as it answers with something.
async fn read_batch(
    client: &Client,
    table: &str,
    mut asked: KeysAndAttributes,
) -> Result<Vec<Item>, StoreError> {
    let mut items = Vec::new();
    loop {
        let keys_before = asked.keys().len();
        let answer = client.batch_get_item().request_items(table, asked).send().await?;
        items.extend(answer.responses.unwrap_or_default().remove(table).unwrap_or_default());
        asked = match answer.unprocessed_keys.unwrap_or_default().remove(table) {
            None => return Ok(items),
            Some(left) if left.keys().len() < keys_before => left,
            Some(_) => return Err(StoreError::Unavailable("DynamoDB left a batch unread".into())),
        };
    }
}

fn has_key(item: &Item, key: &Item) -> bool {
    key.iter().all(|(name, value)| item.get(name) == Some(value))
}
