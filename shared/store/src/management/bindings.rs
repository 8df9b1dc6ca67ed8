//! The binding of a webhook to a campaign, which is made once: one transaction writes both sides, on the condition that both
//! are free.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use domain::{AccountId, CampaignId, Timestamp, Webhook, WebhookId, WebhookKind};

use crate::dynamo::item::{key2, number, text};
use crate::intake::read_campaign;
use crate::webhook_item::read_webhook;
use crate::{Management, StoreError};

/// What became of a new webhook or campaign that names the other half of its binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It is recorded, and bound to the other.
    Done,
    /// Nothing is recorded: the account has no such other.
    Unknown,
    /// Nothing is recorded: the other is bound already.
    Taken,
    /// Nothing is recorded: the account has as many as it may have.
    TooMany,
}

impl Management {
    pub(crate) fn bind_campaign(
        &self,
        webhook: &Webhook,
        campaign: &CampaignId,
    ) -> Result<TransactWriteItem, StoreError> {
        let bind = Update::builder()
            .table_name(&self.campaigns)
            .set_key(Some(key2(("accountId", webhook.account_id.as_str()), ("id", campaign.as_str()))))
            .update_expression("SET webhookId = :webhook, updatedAt = :now")
            .condition_expression("attribute_exists(id) AND attribute_not_exists(webhookId)")
            .expression_attribute_values(":webhook", text(webhook.id.as_str()))
            .expression_attribute_values(":now", number(webhook.updated_at.as_millis()))
            .build()?;
        Ok(TransactWriteItem::builder().update(bind).build())
    }

    pub(crate) fn bind_webhook(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
        campaign: &CampaignId,
        now: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let bind = Update::builder()
            .table_name(&self.webhooks)
            .set_key(Some(key2(("accountId", account.as_str()), ("id", webhook.as_str()))))
            .update_expression("SET campaignId = :campaign, updatedAt = :now")
            .condition_expression("direction = :inbound AND attribute_not_exists(campaignId)")
            .expression_attribute_values(":inbound", text("inbound"))
            .expression_attribute_values(":campaign", text(campaign.as_str()))
            .expression_attribute_values(":now", number(now.as_millis()))
            .build()?;
        Ok(TransactWriteItem::builder().update(bind).build())
    }

    /// Why a webhook could not be bound to a campaign.
    pub(crate) async fn why_no_webhook(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
    ) -> Result<Bound, StoreError> {
        let webhook = read_webhook(&self.client, &self.webhooks, account, webhook).await?;
        Ok(match webhook.map(|webhook| webhook.kind) {
            Some(WebhookKind::Inbound { .. }) => Bound::Taken,
            Some(WebhookKind::Outbound { .. }) | None => Bound::Unknown,
        })
    }

    /// Why a campaign could not be bound to a webhook.
    pub(crate) async fn why_no_campaign(
        &self,
        account: &AccountId,
        campaign: &CampaignId,
    ) -> Result<Bound, StoreError> {
        let campaign = read_campaign(&self.client, &self.campaigns, account, campaign).await?;
        Ok(if campaign.is_some() { Bound::Taken } else { Bound::Unknown })
    }
}
