//! How many webhooks and campaigns an account has, and how many ask for which events: an item that is changed in the transaction that
//! makes, edits or deletes one, so that the numbers are exact whatever goes on at once. It is not the account's item, which every accepted request locks.

use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};
use domain::{AccountId, Event, Limited, Webhook, WebhookKind};

use crate::accounts::read_account;
use crate::asked_events::{self, COUNTED};
use crate::dynamo::item::{Item, get, key, number, text, unless_refused};
use crate::dynamo::transaction::{Transacted, transact};
use crate::{Management, StoreError};

/// A condition of the item of counts.
const IS_COUNTED: &str = "attribute_exists(accountId)";

/// What became of a transaction that also counts.
pub(crate) enum Counted {
    Committed,
    /// Nothing is written: the account has as many as it may have.
    TooMany,
    /// Nothing is written, since the condition of another item did not hold.
    Refused,
}

/// Changes of the numbers of webhooks that ask for an event, by its name.
type Asking = [(&'static str, i8)];

/// What a webhook counts as.
pub(crate) fn limited(webhook: &Webhook) -> Limited {
    match webhook.kind {
        WebhookKind::Inbound { .. } => Limited::InboundWebhook,
        WebhookKind::Outbound { .. } => Limited::OutboundWebhook,
    }
}

impl Management {
    /// Writes these items and counts one more; or nothing, when that would be too many.
    pub(crate) async fn transact_one_more(
        &self,
        account: &AccountId,
        limited: Limited,
        asking: &Asking,
        items: Vec<TransactWriteItem>,
    ) -> Result<Counted, StoreError> {
        let found = read_account(&self.client, &self.accounts, account).await?;
        let most = found.map(|account| account.limits).unwrap_or_default().of(limited);
        let count = self
            .count(account, limited, "SET #count = #count + :one", asking)
            .condition_expression("#count < :most")
            .expression_attribute_values(":most", number(most))
            .build()?;
        self.transact_counted(account, items, count).await
    }

    /// Writes these items and counts one less.
    pub(crate) async fn transact_one_less(
        &self,
        account: &AccountId,
        limited: Limited,
        asking: &Asking,
        items: Vec<TransactWriteItem>,
    ) -> Result<Counted, StoreError> {
        let count = self.count(account, limited, "SET #count = #count - :one", asking);
        self.transact_counted(account, items, count.condition_expression(IS_COUNTED).build()?).await
    }

    /// Writes these items, and counts who asks for what from now on.
    pub(crate) async fn transact_asking(
        &self,
        account: &AccountId,
        asking: &Asking,
        items: Vec<TransactWriteItem>,
    ) -> Result<Counted, StoreError> {
        let count = asked_events::update(self.counts_of(account), "", asking);
        self.transact_counted(account, items, count.condition_expression(IS_COUNTED).build()?).await
    }

    fn count(
        &self,
        account: &AccountId,
        limited: Limited,
        expression: &str,
        asking: &Asking,
    ) -> UpdateBuilder {
        asked_events::update(self.counts_of(account), expression, asking)
            .expression_attribute_names("#count", limited.plural())
            .expression_attribute_values(":one", number(1))
    }

    fn counts_of(&self, account: &AccountId) -> UpdateBuilder {
        Update::builder().table_name(&self.counts).set_key(Some(key("accountId", account.as_str())))
    }

    async fn transact_counted(
        &self,
        account: &AccountId,
        mut items: Vec<TransactWriteItem>,
        count: Update,
    ) -> Result<Counted, StoreError> {
        let place = items.len();
        items.push(TransactWriteItem::builder().update(count).build());
        // Only a count that was there before the transaction says that there are too many.
        for was_counted in [false, true] {
            match transact(&self.client, &self.randomness, items.clone()).await? {
                Transacted::Committed => return Ok(Counted::Committed),
                Transacted::Refused(reasons) if !Transacted::refused_at(&reasons, place) => {
                    return Ok(Counted::Refused);
                }
                Transacted::Refused(_) if was_counted => break,
                Transacted::Refused(_) => {}
            }
            if get(&self.client, &self.counts, key("accountId", account.as_str())).await?.is_none() {
                self.count_once(account).await?;
            }
        }
        Ok(Counted::TooMany)
    }

    /// Counts what an account has, once in its life. Whatever makes or deletes one meanwhile waits for the item that this
    /// writes, and who writes it first has counted right.
    async fn count_once(&self, account: &AccountId) -> Result<(), StoreError> {
        let webhooks = self.all_of(account, &self.webhooks, ("direction", "events")).await?;
        let count = |has: &dyn Fn(&Item) -> bool| number(webhooks.iter().filter(|item| has(item)).count());
        let is = |direction| move |item: &Item| item.get("direction") == Some(&text(direction));
        let campaigns = self.all_of(account, &self.campaigns, ("accountId", "id")).await?.len();
        let mut put = self
            .client
            .put_item()
            .table_name(&self.counts)
            .item("accountId", text(account.as_str()))
            .item(Limited::InboundWebhook.plural(), count(&is("inbound")))
            .item(Limited::OutboundWebhook.plural(), count(&is("outbound")))
            .item(Limited::Campaign.plural(), number(campaigns))
            .condition_expression("attribute_not_exists(accountId)");
        for name in COUNTED.map(Event::as_str) {
            let asks = |item: &Item| item.get("events").is_some_and(|events| lists(events, name));
            put = put.item(name, count(&asks));
        }
        unless_refused(put.send().await).map(drop)
    }

    /// Two attributes of everything that an account has in a table.
    async fn all_of(
        &self,
        account: &AccountId,
        table: &str,
        (one, other): (&str, &str),
    ) -> Result<Vec<Item>, StoreError> {
        let pages = self
            .client
            .query()
            .table_name(table)
            .key_condition_expression("accountId = :account")
            .expression_attribute_values(":account", text(account.as_str()))
            .expression_attribute_names("#one", one)
            .expression_attribute_names("#other", other)
            .projection_expression("#one, #other")
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        Ok(pages.collect::<Result<_, _>>().await?)
    }
}

fn lists(events: &AttributeValue, name: &str) -> bool {
    events.as_l().is_ok_and(|events| events.contains(&text(name)))
}
