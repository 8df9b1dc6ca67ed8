use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use domain::{AccountId, CampaignId, Page, Slice, Timestamp, Webhook, WebhookId, WebhookKind};

use crate::asked_events::changed;
use crate::dynamo::item::{from_item, key2, number, text};
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::{Filter, List};
use crate::dynamo::transaction::{Transacted, transact};
use crate::management::apart::{ApartChange, deletions};
use crate::management::counts::{Counted, limited};
use crate::webhook_item::{read_webhook, webhook_item};
use crate::{Bound, Edited, Management, StoreError, lists};

impl Management {
    /// A webhook of the account.
    pub async fn webhook(&self, account: &AccountId, id: &WebhookId) -> Result<Option<Webhook>, StoreError> {
        read_webhook(&self.client, &self.webhooks, account, id).await
    }

    /// The account's webhooks, newest first; of one direction (`inbound`, `outbound`) when it is given.
    pub async fn webhooks(
        &self,
        account: &AccountId,
        direction: Option<&str>,
        slice: &Slice,
    ) -> Result<Page<Webhook>, StoreError> {
        let list = List {
            order: lists::WEBHOOKS,
            table: &self.webhooks,
            index: None,
            partition: ("accountId", account.to_string()),
            sort: "id",
            range: KeyRange::default(),
            table_key: &[],
            filter: Filter::all_equal(&[("direction", direction)]),
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("Webhooks", item)).await
    }

    /// Records a new webhook with what lies apart from it; an inbound one that names a campaign is bound to it.
    pub async fn create_webhook(
        &self,
        webhook: &Webhook,
        apart: ApartChange<'_>,
    ) -> Result<Bound, StoreError> {
        let put = Put::builder()
            .table_name(&self.webhooks)
            .set_item(Some(webhook_item(webhook)?))
            .condition_expression("attribute_not_exists(id)")
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        let campaign = match &webhook.kind {
            WebhookKind::Inbound { campaign_id, .. } => campaign_id.as_ref(),
            WebhookKind::Outbound { .. } => None,
        };
        if let Some(campaign) = campaign {
            items.push(self.bind_campaign(webhook, campaign)?);
        }
        items.extend(apart.writes(&self.webhooks, webhook)?);
        let (account, asking) = (&webhook.account_id, changed(None, Some(webhook)));
        match (self.transact_one_more(account, limited(webhook), &asking, items).await?, campaign) {
            (Counted::Committed, _) => Ok(Bound::Done),
            (Counted::TooMany, _) => Ok(Bound::TooMany),
            (Counted::Refused, Some(campaign)) => self.why_no_campaign(account, campaign).await,
            (Counted::Refused, None) => Err(StoreError::Unavailable("a new webhook's id was taken".into())),
        }
    }

    /// Writes a changed webhook over the one that it was worked out from, and binds it to the campaign `bind`, with
    /// what has changed of what lies apart from it.
    pub async fn replace_webhook(
        &self,
        webhook: &Webhook,
        stored: &Webhook,
        bind: Option<&CampaignId>,
        apart: ApartChange<'_>,
    ) -> Result<Edited, StoreError> {
        let put = Put::builder()
            .table_name(&self.webhooks)
            .set_item(Some(webhook_item(webhook)?))
            .condition_expression("updatedAt = :seen")
            .expression_attribute_values(":seen", number(stored.updated_at.as_millis()))
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        if let Some(campaign) = bind {
            items.push(self.bind_campaign(webhook, campaign)?);
        }
        items.extend(apart.writes(&self.webhooks, webhook)?);
        let asking = changed(Some(stored), Some(webhook));
        if !asking.is_empty() {
            // An outbound webhook, which is bound to nothing.
            return match self.transact_asking(&webhook.account_id, &asking, items).await? {
                Counted::Committed => Ok(Edited::Done),
                Counted::Refused | Counted::TooMany => Ok(Edited::Outdated),
            };
        }
        match (transact(&self.client, &self.randomness, items).await?, bind) {
            (Transacted::Committed, _) => Ok(Edited::Done),
            (Transacted::Refused(reasons), Some(campaign)) if Transacted::refused_at(&reasons, 1) => {
                self.why_no_campaign(&webhook.account_id, campaign).await.map(Edited::NotBound)
            }
            (Transacted::Refused(_), _) => Ok(Edited::Outdated),
        }
    }

    /// Deletes the webhook that was last changed at its `updated_at`, and frees its campaign to be bound anew.
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
        items.extend(deletions(&self.webhooks, webhook)?);
        let (account, asking) = (&webhook.account_id, changed(Some(webhook), None));
        match self.transact_one_less(account, limited(webhook), &asking, items).await? {
            Counted::Committed => Ok(Edited::Done),
            Counted::Refused | Counted::TooMany => Ok(Edited::Outdated),
        }
    }
}
