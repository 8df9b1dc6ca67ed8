//! Changes to webhooks and campaigns. A change is written only over the state that it was worked out from, so that two of
//! them at once do not undo each other.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use domain::{Campaign, CampaignId, Timestamp, Webhook, WebhookKind};

use crate::contention::{Transacted, transact};
use crate::item::{key2, number, text, to_item};
use crate::{Bound, Management, StoreError};

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// It is written.
    Done,
    /// Nothing is written: somebody else changed it meanwhile. Read it again.
    Outdated,
    /// Nothing is written: the binding that is a part of it cannot be made.
    NotBound(Bound),
}

impl Management {
    /// Writes a changed webhook over the one that was last changed at `seen`, and binds it to the campaign `bind`.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn replace_webhook(
        &self,
        webhook: &Webhook,
        seen: Timestamp,
        bind: Option<&CampaignId>,
    ) -> Result<Edited, StoreError> {
        let put = Put::builder()
            .table_name(&self.webhooks)
            .set_item(Some(to_item("Webhooks", webhook)?))
            .condition_expression("updatedAt = :seen")
            .expression_attribute_values(":seen", number(seen.as_millis()))
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(campaign) = bind {
            items.push(self.bind_campaign(webhook, campaign)?);
        }
        match (transact(&self.client, items).await?, bind) {
            (Transacted::Committed, _) => Ok(Edited::Done),
            (Transacted::Refused(reasons), Some(campaign)) if Transacted::refused_at(&reasons, 1) => {
                let found = self.campaign(&webhook.account_id, campaign).await?;
                Ok(Edited::NotBound(if found.is_some() { Bound::Taken } else { Bound::Unknown }))
            }
            (Transacted::Refused(_), _) => Ok(Edited::Outdated),
        }
    }

    /// Deletes the webhook that was last changed at its `updated_at`, and frees its campaign to be bound anew.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn delete_webhook(&self, webhook: &Webhook, now: Timestamp) -> Result<Edited, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.webhooks)
            .set_key(Some(key2(("accountId", webhook.account_id.as_str()), ("id", webhook.id.as_str()))))
            .condition_expression("updatedAt = :seen")
            .expression_attribute_values(":seen", number(webhook.updated_at.as_millis()))
            .build()?;
        let mut items = vec![TransactWriteItem::builder().delete(delete).build()];
        if let WebhookKind::Inbound { campaign_id: Some(campaign), .. } = &webhook.kind {
            let free = Update::builder()
                .table_name(&self.campaigns)
                .set_key(Some(key2(("accountId", webhook.account_id.as_str()), ("id", campaign.as_str()))))
                .update_expression("REMOVE webhookId SET updatedAt = :now")
                .condition_expression("webhookId = :webhook")
                .expression_attribute_values(":webhook", text(webhook.id.as_str()))
                .expression_attribute_values(":now", number(now.as_millis()))
                .build()?;
            items.push(TransactWriteItem::builder().update(free).build());
        }
        match transact(&self.client, items).await? {
            Transacted::Committed => Ok(Edited::Done),
            Transacted::Refused(_) => Ok(Edited::Outdated),
        }
    }

    /// Writes a changed campaign over the one that was last changed at `seen`; with `bind`, its webhook is bound to it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn replace_campaign(
        &self,
        campaign: &Campaign,
        seen: Timestamp,
        bind: Option<&domain::WebhookId>,
    ) -> Result<Edited, StoreError> {
        let put = Put::builder()
            .table_name(&self.campaigns)
            .set_item(Some(to_item("Campaigns", campaign)?))
            .condition_expression("updatedAt = :seen")
            .expression_attribute_values(":seen", number(seen.as_millis()))
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(webhook) = bind {
            items.push(self.bind_webhook(
                &campaign.account_id,
                webhook,
                &campaign.id,
                campaign.updated_at,
            )?);
        }
        match (transact(&self.client, items).await?, bind) {
            (Transacted::Committed, _) => Ok(Edited::Done),
            (Transacted::Refused(reasons), Some(webhook)) if Transacted::refused_at(&reasons, 1) => {
                self.why_not_bound(&campaign.account_id, webhook).await.map(Edited::NotBound)
            }
            (Transacted::Refused(_), _) => Ok(Edited::Outdated),
        }
    }
}
