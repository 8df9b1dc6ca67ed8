use domain::{Page, Period, RequestId, RequestRecord, Slice, WebhookId};

use crate::dynamo::item::from_item;
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::List;
use crate::{Management, StoreError, lists};

impl Management {
    /// The requests that an inbound webhook received in a period, newest first.
    pub async fn requests(
        &self,
        webhook: &WebhookId,
        period: Period,
        slice: &Slice,
    ) -> Result<Page<RequestRecord>, StoreError> {
        let list = List {
            order: lists::REQUESTS,
            table: &self.request_logs,
            index: None,
            partition: ("webhookId", webhook.to_string()),
            sort: "id",
            range: KeyRange::of(period, RequestId::beginning_at),
            table_key: &[],
            filter: None,
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("RequestLogs", item)).await
    }
}
