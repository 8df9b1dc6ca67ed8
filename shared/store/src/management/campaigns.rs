use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use domain::{AccountId, Campaign, CampaignId, Page, Slice, Timestamp, WebhookId};

use crate::dynamo::item::{from_item, get, key2, number, to_item};
use crate::dynamo::page::List;
use crate::dynamo::transaction::{Transacted, transact};
use crate::{Bound, Edited, Management, StoreError, lists};

/// What a list reads of a campaign: all but its prompt, which may have 200 KB.
const LISTED: [&str; 14] = [
    "accountId",
    "id",
    "name",
    "status",
    "webhookId",
    "createdAt",
    "updatedAt",
    "settings.voice",
    "settings.language",
    "settings.voicemailMessage",
    "settings.followUps",
    "settings.callForwarding",
    "settings.keypadNavigation",
    "settings.backgroundAmbience",
];

impl Management {
    /// A campaign of the account.
    pub async fn campaign(
        &self,
        account: &AccountId,
        id: &CampaignId,
    ) -> Result<Option<Campaign>, StoreError> {
        let found =
            get(&self.client, &self.campaigns, key2(("accountId", account.as_str()), ("id", id.as_str())))
                .await?;
        Ok(found.map(|item| from_item("Campaigns", item)).transpose()?)
    }

    /// The account's campaigns, newest first, without their prompts.
    pub async fn campaigns(&self, account: &AccountId, slice: &Slice) -> Result<Page<Campaign>, StoreError> {
        let list = List {
            order: lists::CAMPAIGNS,
            table: &self.campaigns,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            table_key: &[],
            filter: None,
            fields: &LISTED,
        };
        list.page(&self.client, slice, |item| from_item("Campaigns", item)).await
    }

    /// Records a new campaign; one that names an inbound webhook is bound to it.
    pub async fn create_campaign(&self, campaign: &Campaign) -> Result<Bound, StoreError> {
        let put = Put::builder()
            .table_name(&self.campaigns)
            .set_item(Some(to_item("Campaigns", campaign)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        let Some(webhook) = &campaign.webhook_id else {
            transact(&self.client, &self.randomness, items).await?;
            return Ok(Bound::Done);
        };
        items.push(self.bind_webhook(&campaign.account_id, webhook, &campaign.id, campaign.created_at)?);
        match transact(&self.client, &self.randomness, items).await? {
            Transacted::Committed => Ok(Bound::Done),
            Transacted::Refused(_) => self.why_not_bound(&campaign.account_id, webhook).await,
        }
    }

    /// Writes a changed campaign over the one that was last changed at `seen`; with `bind`, its webhook is bound to it.
    pub async fn replace_campaign(
        &self,
        campaign: &Campaign,
        seen: Timestamp,
        bind: Option<&WebhookId>,
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
        match (transact(&self.client, &self.randomness, items).await?, bind) {
            (Transacted::Committed, _) => Ok(Edited::Done),
            (Transacted::Refused(reasons), Some(webhook)) if Transacted::refused_at(&reasons, 1) => {
                self.why_not_bound(&campaign.account_id, webhook).await.map(Edited::NotBound)
            }
            (Transacted::Refused(_), _) => Ok(Edited::Outdated),
        }
    }
}
