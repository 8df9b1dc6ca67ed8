//! The two logs of a webhook. Whether the webhook is the account's, the caller has checked.

use std::collections::HashSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{AttemptRecord, DeliveryId, Outcome, RequestRecord, Timestamp, WebhookId};
use serde::Deserialize;

use crate::attempts::log_item;
use crate::item::{from_item, text};
use crate::page::{Filter, List};
use crate::{Management, Page, Slice, StoreError};

impl Management {
    /// The attempts of a webhook's deliveries, newest first; with one outcome when it is given.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn attempts(
        &self,
        webhook: &WebhookId,
        outcome: Option<Outcome>,
        slice: &Slice,
    ) -> Result<Page<AttemptRecord>, StoreError> {
        let list = List {
            table: &self.delivery_logs,
            index: Some("byWebhook"),
            partition: ("webhookId", webhook.to_string()),
            sort: "logOrder",
            table_key: &["deliveryId", "attemptKey"],
            filter: Filter::all_equal(&[("outcome", outcome.map(Outcome::as_str))]),
        };
        list.page(&self.client, slice, |item| from_item("DeliveryLogs", item)).await
    }

    /// The requests that an inbound webhook received, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn requests(
        &self,
        webhook: &WebhookId,
        slice: &Slice,
    ) -> Result<Page<RequestRecord>, StoreError> {
        let list = List {
            table: &self.request_logs,
            index: None,
            partition: ("webhookId", webhook.to_string()),
            sort: "id",
            table_key: &[],
            filter: None,
        };
        list.page(&self.client, slice, |item| from_item("RequestLogs", item)).await
    }

    /// Writes a row of the delivery log.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn log_attempt(&self, record: &AttemptRecord) -> Result<(), StoreError> {
        let item = log_item(record, self.log_days)?;
        self.client.put_item().table_name(&self.delivery_logs).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Every attempt of one delivery, of all its runs.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn attempts_of(&self, delivery: &DeliveryId) -> Result<Vec<AttemptRecord>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.delivery_logs)
            .key_condition_expression("deliveryId = :delivery")
            .expression_attribute_values(":delivery", text(delivery.as_str()))
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut attempts = Vec::new();
        while let Some(item) = pages.next().await {
            attempts.push(from_item("DeliveryLogs", item?)?);
        }
        Ok(attempts)
    }

    /// The deliveries of a webhook that had an attempt without success since a moment, each once, newest first, at most `limit`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn unsuccessful_deliveries(
        &self,
        webhook: &WebhookId,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.delivery_logs)
            .index_name("byWebhook")
            .key_condition_expression("webhookId = :webhook AND logOrder >= :since")
            .filter_expression("outcome <> :succeeded AND test = :false")
            .projection_expression("deliveryId")
            .expression_attribute_values(":webhook", text(webhook.as_str()))
            .expression_attribute_values(":since", text(since.sortable()))
            .expression_attribute_values(":succeeded", text(Outcome::Succeeded.as_str()))
            .expression_attribute_values(":false", AttributeValue::Bool(false))
            .scan_index_forward(false)
            .into_paginator()
            .items()
            .send();
        let mut seen = HashSet::new();
        let mut deliveries = Vec::new();
        while let Some(item) = pages.next().await {
            let Row { delivery_id } = from_item("DeliveryLogs", item?)?;
            if seen.insert(delivery_id.clone()) {
                deliveries.push(delivery_id);
            }
            if deliveries.len() == limit {
                break;
            }
        }
        Ok(deliveries)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    delivery_id: DeliveryId,
}
