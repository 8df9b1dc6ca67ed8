//! Deliveries in their log, and the claims of resends that stand in it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    DeliveryHistory, DeliveryId, Outcome, Page, Period, Position, ResendClaim, Resent, Slice, Timestamp,
    WebhookId,
};
use serde::{Deserialize, Serialize};

use crate::dynamo::item::{expires_at, from_item, key2, number, text, to_item, unless_refused};
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::{ALL_OF_A_READ, Filter, List};
use crate::{Management, StoreError, lists};

impl Management {
    /// The whole of a webhook's log.
    pub(super) fn delivery_log(&self, webhook: &WebhookId) -> List<'_> {
        List {
            order: lists::DELIVERIES,
            table: &self.delivery_logs,
            index: Some("byWebhook"),
            partition: ("webhookId", webhook.to_string()),
            sort: "logOrder",
            range: KeyRange::default(),
            table_key: &["deliveryId", "attemptKey"],
            filter: None,
            fields: &[],
        }
    }

    /// Everything that is known of a delivery.
    pub async fn history(&self, delivery: &DeliveryId) -> Result<DeliveryHistory, StoreError> {
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
        let mut history = DeliveryHistory::default();
        while let Some(item) = pages.next().await {
            let item = item?;
            if item.contains_key("claimedAt") {
                let ClaimRow { attempt_key: key, claimed_at, is_sent } = from_item("DeliveryLogs", item)?;
                history.claims.push(ResendClaim { key, claimed_at, is_sent });
            } else {
                history.attempts.push(from_item("DeliveryLogs", item)?);
            }
        }
        Ok(history)
    }

    /// Claims a resend of a delivery, before its message is sent; `false` when somebody else has claimed it. The claim is a row
    /// beside the attempts', and in no list: it has no key of the index `byWebhook`.
    pub async fn claim_resend(
        &self,
        delivery: &DeliveryId,
        resent: &Resent,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let claim = ClaimRow { attempt_key: resent.claim_key(), claimed_at: now, is_sent: false };
        let mut item = to_item("DeliveryLogs", claim)?;
        item.insert("deliveryId".into(), text(delivery.as_str()));
        item.insert("expiresAt".into(), expires_at(now, self.log_days));
        let put = self
            .client
            .put_item()
            .table_name(&self.delivery_logs)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(deliveryId)");
        unless_refused(put.send().await)
    }

    /// Notes that the message of a claimed resend was sent.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer, or the claim is gone.
    pub async fn confirm_resend(&self, delivery: &DeliveryId, resent: &Resent) -> Result<(), StoreError> {
        self.client
            .update_item()
            .table_name(&self.delivery_logs)
            .set_key(Some(key2(("deliveryId", delivery.as_str()), ("attemptKey", &resent.claim_key()))))
            .update_expression("SET isSent = :true")
            .condition_expression("attribute_exists(deliveryId)")
            .expression_attribute_values(":true", AttributeValue::Bool(true))
            .send()
            .await?;
        Ok(())
    }

    /// Deliveries of a webhook with an attempt of this period that did not succeed, the newest attempt first. Those whose next
    /// attempt is due after `due_by` are left out; a later success is not looked for. One with several such attempts is there
    /// several times.
    pub async fn unsuccessful_deliveries(
        &self,
        webhook: &WebhookId,
        period: Period,
        due_by: Timestamp,
        after: Option<Position>,
    ) -> Result<Page<DeliveryId>, StoreError> {
        let list = List {
            range: KeyRange::of(period, Timestamp::sortable),
            filter: Some(unsuccessful(due_by)),
            fields: &["deliveryId", "logOrder"],
            ..self.delivery_log(webhook)
        };
        let slice = Slice { limit: ALL_OF_A_READ, after };
        let read = |item| from_item("DeliveryLogs", item).map(|Row { delivery_id }| delivery_id);
        list.page(&self.client, &slice, read).await
    }
}

fn unsuccessful(due_by: Timestamp) -> Filter {
    let names = ["outcome", "test", "nextAttemptAt"].map(|name| (format!("#{name}"), name.to_owned()));
    let values = [
        (":succeeded", text(Outcome::Succeeded.as_str())),
        (":false", AttributeValue::Bool(false)),
        (":dueBy", number(due_by.as_millis())),
    ];
    Filter {
        expression: "#outcome <> :succeeded AND #test = :false \
             AND (attribute_not_exists(#nextAttemptAt) OR #nextAttemptAt < :dueBy)"
            .to_owned(),
        names: names.into(),
        values: values.map(|(name, value)| (name.to_owned(), value)).into(),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    delivery_id: DeliveryId,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimRow {
    attempt_key: String,
    claimed_at: Timestamp,
    is_sent: bool,
}
