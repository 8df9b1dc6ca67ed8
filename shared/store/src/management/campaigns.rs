use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use domain::{AccountId, Campaign, CampaignId, Limited, Page, Slice, Timestamp, WebhookId};

use crate::dynamo::item::{from_item, key2, number, to_item};
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::List;
use crate::dynamo::transaction::{Transacted, transact};
use crate::intake::read_campaign;
use crate::management::counts::Counted;
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
        read_campaign(&self.client, &self.campaigns, account, id).await
    }

    /// The account's campaigns, newest first, without their prompts.
    pub async fn campaigns(&self, account: &AccountId, slice: &Slice) -> Result<Page<Campaign>, StoreError> {
        let list = List {
            order: lists::CAMPAIGNS,
            table: &self.campaigns,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            range: KeyRange::default(),
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
        let (account, webhook) = (&campaign.account_id, campaign.webhook_id.as_ref());
        if let Some(webhook) = webhook {
            items.push(self.bind_webhook(account, webhook, &campaign.id, campaign.created_at)?);
        }
        match (self.transact_one_more(account, Limited::Campaign, &[], items).await?, webhook) {
            (Counted::Committed, _) => Ok(Bound::Done),
            (Counted::TooMany, _) => Ok(Bound::TooMany),
            (Counted::Refused, Some(webhook)) => self.why_no_webhook(account, webhook).await,
            (Counted::Refused, None) => Err(StoreError::Unavailable("a new campaign's id was taken".into())),
        }
    }

    /// Deletes the campaign that was last changed at its `updated_at`, and that no webhook has.
    pub async fn delete_campaign(&self, campaign: &Campaign) -> Result<Edited, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.campaigns)
            .set_key(Some(key2(("accountId", campaign.account_id.as_str()), ("id", campaign.id.as_str()))))
            .condition_expression("updatedAt = :seen AND attribute_not_exists(webhookId)")
            .expression_attribute_values(":seen", number(campaign.updated_at.as_millis()))
            .build()?;
        let items = vec![TransactWriteItem::builder().delete(delete).build()];
        match self.transact_one_less(&campaign.account_id, Limited::Campaign, &[], items).await? {
            Counted::Committed => Ok(Edited::Done),
            Counted::Refused | Counted::TooMany => Ok(Edited::Outdated),
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
                self.why_no_webhook(&campaign.account_id, webhook).await.map(Edited::NotBound)
            }
            (Transacted::Refused(_), _) => Ok(Edited::Outdated),
        }
    }
}
