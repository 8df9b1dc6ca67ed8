//! The two logs of a webhook. Whether the webhook is the account's, the caller has checked.

use domain::{AttemptRecord, Outcome, RequestRecord, WebhookId};

use crate::item::from_item;
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
            filter: outcome.map(|outcome| Filter::equals("outcome", outcome.as_str())),
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
}
