//! Webhooks and campaigns, and the binding of one to the other, which is made once.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use domain::{AccountId, Campaign, CampaignId, Timestamp, Webhook, WebhookId, WebhookKind};

use crate::contention::{Transacted, transact};
use crate::item::{from_item, get, key2, number, text, to_item};
use crate::page::{Filter, List};
use crate::{Management, Page, Slice, StoreError};

/// What became of a new webhook or campaign that names the other half of its binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// It is recorded, and bound to the other.
    Done,
    /// Nothing is recorded: the account has no such other.
    Unknown,
    /// Nothing is recorded: the other is bound already.
    Taken,
}

impl Management {
    /// Records a new webhook; an inbound one that names a campaign is bound to it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn create_webhook(&self, webhook: &Webhook) -> Result<Bound, StoreError> {
        let put = Put::builder()
            .table_name(&self.webhooks)
            .set_item(Some(to_item("Webhooks", webhook)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let WebhookKind::Inbound { campaign_id: Some(campaign), .. } = &webhook.kind {
            items.push(self.bind_campaign(webhook, campaign)?);
            return match transact(&self.client, items).await? {
                Transacted::Committed => Ok(Bound::Done),
                Transacted::Refused(_) => Ok(match self.campaign(&webhook.account_id, campaign).await? {
                    Some(_) => Bound::Taken,
                    None => Bound::Unknown,
                }),
            };
        }
        transact(&self.client, items).await?;
        Ok(Bound::Done)
    }

    /// Records a new campaign; one that names an inbound webhook is bound to it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn create_campaign(&self, campaign: &Campaign) -> Result<Bound, StoreError> {
        let put = Put::builder()
            .table_name(&self.campaigns)
            .set_item(Some(to_item("Campaigns", campaign)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        let Some(webhook) = &campaign.webhook_id else {
            transact(&self.client, items).await?;
            return Ok(Bound::Done);
        };
        items.push(self.bind_webhook(&campaign.account_id, webhook, &campaign.id, campaign.created_at)?);
        match transact(&self.client, items).await? {
            Transacted::Committed => Ok(Bound::Done),
            Transacted::Refused(_) => self.why_not_bound(&campaign.account_id, webhook).await,
        }
    }

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

    pub(crate) async fn why_not_bound(
        &self,
        account: &AccountId,
        webhook: &WebhookId,
    ) -> Result<Bound, StoreError> {
        Ok(match self.webhook(account, webhook).await?.map(|webhook| webhook.kind) {
            Some(WebhookKind::Inbound { .. }) => Bound::Taken,
            Some(WebhookKind::Outbound { .. }) | None => Bound::Unknown,
        })
    }

    /// The account's webhooks, newest first; of one direction (`inbound`, `outbound`) when it is given.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn webhooks(
        &self,
        account: &AccountId,
        direction: Option<&str>,
        slice: &Slice,
    ) -> Result<Page<Webhook>, StoreError> {
        let list = List {
            table: &self.webhooks,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            table_key: &[],
            filter: Filter::all_equal(&[("direction", direction)]),
        };
        list.page(&self.client, slice, |item| from_item("Webhooks", item)).await
    }

    /// A campaign of the account.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn campaign(
        &self,
        account: &AccountId,
        id: &CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        let found =
            get(&self.client, &self.campaigns, key2(("accountId", account.as_str()), ("id", id.as_str())))
                .await?;
        found.map(|item| from_item("Campaigns", item)).transpose()
    }

    /// The account's campaigns, newest first.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when DynamoDB does not answer.
    pub async fn campaigns(&self, account: &AccountId, slice: &Slice) -> Result<Page<Campaign>, StoreError> {
        let list = List {
            table: &self.campaigns,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            table_key: &[],
            filter: None,
        };
        list.page(&self.client, slice, |item| from_item("Campaigns", item)).await
    }
}
