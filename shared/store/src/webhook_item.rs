use aws_sdk_dynamodb::Client;
use domain::{AccountId, Webhook, WebhookId};

use crate::StoreError;
use crate::dynamo::item::{Item, key2, read, text, to_item};

/// A webhook's item.
pub(crate) fn webhook_item(webhook: &Webhook) -> Result<Item, StoreError> {
    let mut item = to_item("Webhooks", webhook)?;
    item.insert("status".into(), text(webhook.stored_status()));
    Ok(item)
}

/// A webhook of an account, strongly consistent.
pub(crate) async fn read_webhook(
    client: &Client,
    table: &str,
    account: &AccountId,
    id: &WebhookId,
) -> Result<Option<Webhook>, StoreError> {
    read(client, "Webhooks", table, key2(("accountId", account.as_str()), ("id", id.as_str()))).await
}
