use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::KeysAndAttributes;
use domain::{
    AccountId, AttemptRecord, Call, CallId, DeliveryId, Timestamp, Webhook, WebhookId, WebhookKind,
};
use environment::{InvalidVariable, parsed_var, required_var};
use serde_json::value::RawValue;

use crate::item::{Item, expires_at, from_item, is_refused, key, key2, number, text, to_item};
use crate::{StoreError, StoredTranscript};

/// What `deliver` reads and writes.
#[derive(Debug, Clone)]
pub struct Attempts {
    client: Client,
    calls: String,
    delivery_logs: String,
    webhooks: String,
    log_days: u64,
}

/// What one attempt is made of, as it is on record now.
#[derive(Debug)]
pub struct Loaded {
    /// The webhook; `None` when it was deleted.
    pub webhook: Option<Webhook>,
    /// The call and its transcript as JSON.
    pub call: Option<(Call, Option<Box<RawValue>>)>,
    /// This very attempt, when it was made before: its message was delivered twice.
    pub logged: Option<AttemptRecord>,
}

impl Attempts {
    /// The tables that the environment names.
    ///
    /// # Errors
    ///
    /// [`InvalidVariable`], naming the variable that is missing.
    pub fn from_environment(client: Client) -> Result<Self, InvalidVariable> {
        Ok(Self {
            client,
            calls: required_var("CALLS_TABLE")?,
            delivery_logs: required_var("DELIVERY_LOGS_TABLE")?,
            webhooks: required_var("WEBHOOKS_TABLE")?,
            log_days: parsed_var("DELIVERY_LOG_DAYS", str::parse)?,
        })
    }

    /// Reads what an attempt is made of, in one round trip.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer, or not with everything.
    pub async fn load(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        call: &CallId,
        attempt: (&DeliveryId, &str),
    ) -> Result<Loaded, StoreError> {
        let keys = [
            (&self.webhooks, key2(("accountId", account.as_str()), ("id", webhook.as_str()))),
            (&self.calls, key("id", call.as_str())),
            (&self.delivery_logs, key2(("deliveryId", attempt.0.as_str()), ("attemptKey", attempt.1))),
        ];
        let mut request = self.client.batch_get_item();
        for (table, key) in keys {
            let keys = KeysAndAttributes::builder().keys(key).consistent_read(true).build()?;
            request = request.request_items(table, keys);
        }
        let answer = request.send().await?;
        if answer.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
            return Err(StoreError::Unavailable("DynamoDB left keys of a batch unread".into()));
        }
        let mut found: HashMap<String, Vec<Item>> = answer.responses.unwrap_or_default();
        let mut take = |table: &String| found.remove(table).and_then(|mut items| items.pop());
        Ok(Loaded {
            webhook: take(&self.webhooks).map(|item| from_item("Webhooks", item)).transpose()?,
            call: take(&self.calls).map(read_call).transpose()?,
            logged: take(&self.delivery_logs).map(|item| from_item("DeliveryLogs", item)).transpose()?,
        })
    }

    /// Writes a row of the delivery log.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn log(&self, record: &AttemptRecord) -> Result<(), StoreError> {
        let item = log_item(record, self.log_days)?;
        self.client.put_item().table_name(&self.delivery_logs).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Notes since when an endpoint fails, or (`None`) that it works again. Nothing an owner sees, so `updatedAt` stays.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn note_health(
        &self,
        webhook: &Webhook,
        failing_since: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        let endpoint = match webhook.kind {
            WebhookKind::Outbound { .. } => "endpoint",
            WebhookKind::Inbound { .. } => "responseWebhook.endpoint",
        };
        let update = self
            .client
            .update_item()
            .table_name(&self.webhooks)
            .set_key(Some(key2(("accountId", webhook.account_id.as_str()), ("id", webhook.id.as_str()))));
        let update = match failing_since {
            Some(since) => update
                .update_expression(format!(
                    "SET {endpoint}.failingSince = if_not_exists({endpoint}.failingSince, :since)"
                ))
                .expression_attribute_values(":since", number(since.as_millis())),
            None => update.update_expression(format!("REMOVE {endpoint}.failingSince")),
        };
        // A webhook, or a callback, that was deleted meanwhile must not come back as a stub.
        match update
            .condition_expression(format!("attribute_exists({endpoint}.#url)"))
            .expression_attribute_names("#url", "url")
            .send()
            .await
        {
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }

    /// Disables an endpoint: an outbound webhook, or the callback of an inbound one (whose calls go on). One that is disabled
    /// keeps its first reason.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn disable_endpoint(
        &self,
        webhook: &Webhook,
        reason: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let path = match webhook.kind {
            WebhookKind::Outbound { .. } => "",
            WebhookKind::Inbound { .. } => "responseWebhook.",
        };
        let result = self
            .client
            .update_item()
            .table_name(&self.webhooks)
            .set_key(Some(key2(("accountId", webhook.account_id.as_str()), ("id", webhook.id.as_str()))))
            .update_expression(format!(
                "SET {path}#status = :disabled, {path}disabledReason = :reason, {path}disabledAt = :now, updatedAt = :now"
            ))
            .condition_expression(format!("{path}#status = :enabled"))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":enabled", text("enabled"))
            .expression_attribute_values(":disabled", text("disabled"))
            .expression_attribute_values(":reason", text(reason))
            .expression_attribute_values(":now", number(now.as_millis()))
            .send()
            .await;
        match result {
            Err(error) if is_refused(&error) => Ok(()),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(()),
        }
    }
}

/// A call's item, taken apart.
pub(crate) fn read_call(mut item: Item) -> Result<(Call, Option<Box<RawValue>>), StoreError> {
    let transcript = StoredTranscript::take_from(&mut item)?;
    Ok((from_item("Calls", item)?, transcript))
}

/// A row of the delivery log: its fields, the key of the index `byWebhook`, and its end.
pub(crate) fn log_item(record: &AttemptRecord, days: u64) -> Result<Item, StoreError> {
    let mut item = to_item("DeliveryLogs", record)?;
    let order = format!("{}#{}#{}", record.timestamp.sortable(), record.delivery_id, record.attempt_key);
    item.insert("logOrder".into(), text(order));
    item.insert("expiresAt".into(), expires_at(record.timestamp, days));
    Ok(item)
}
