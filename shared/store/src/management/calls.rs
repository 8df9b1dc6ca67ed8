//! The calls of an account, with their results.

use domain::{AccountId, Call, CallId, CampaignId, Page, Period, Slice, Timestamp};
use serde_json::value::RawValue;

use crate::attempts::read_call;
use crate::dynamo::item::{from_item, get, key, number, text, unless_refused};
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::{Filter, List};
use crate::intake::account_campaign;
use crate::{Management, StoreError, lists};

/// Which calls are wanted; `None` is all.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallListFilter {
    /// As the API writes it.
    pub status: Option<&'static str>,
    /// As the API writes it. A call without analysis has no warmth.
    pub warmth: Option<&'static str>,
    /// When they were recorded.
    pub period: Period,
}

/// Takes away whom a call was for and what was said. The digest goes, too: it is of a body that can be guessed.
const ERASE: &str = "SET erasedAt = if_not_exists(erasedAt, :now) \
     REMOVE recipient, metadata, #variables, summary, recording, analysis, actionItems, extracted, transcript, bodyDigest";

impl Management {
    /// Erases the personal data of a call of the account that is over. `false` when there is no such call, or it is not over.
    pub async fn erase_call(
        &self,
        account: &AccountId,
        id: &CallId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let result = self
            .client
            .update_item()
            .table_name(&self.calls)
            .set_key(Some(key("id", id.as_str())))
            .update_expression(ERASE)
            .condition_expression("accountId = :account AND #status <> :queued")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#variables", "variables")
            .expression_attribute_values(":account", text(account.as_str()))
            .expression_attribute_values(":queued", text("queued"))
            .expression_attribute_values(":now", number(now.as_millis()))
            .send()
            .await;
        unless_refused(result)
    }

    /// A call of the account, and its transcript as JSON.
    pub async fn call(
        &self,
        account: &AccountId,
        id: &CallId,
    ) -> Result<Option<(Call, Option<Box<RawValue>>)>, StoreError> {
        let found = get(&self.client, &self.calls, key("id", id.as_str())).await?;
        let call = found.map(read_call).transpose()?;
        Ok(call.filter(|(call, _)| call.account_id == *account))
    }

    /// The calls of a campaign that pass the filter, newest first, without their transcripts.
    pub async fn calls(
        &self,
        account: &AccountId,
        campaign: &CampaignId,
        filter: &CallListFilter,
        slice: &Slice,
    ) -> Result<Page<Call>, StoreError> {
        let list = List {
            order: lists::CALLS,
            table: &self.calls,
            index: Some("byCampaign"),
            partition: ("accountCampaign", account_campaign(account, campaign)),
            sort: "campaignOrder",
            range: KeyRange::of(filter.period, Timestamp::sortable),
            table_key: &["id"],
            filter: Filter::all_equal(&[("status", filter.status), ("analysis.lead_warmth", filter.warmth)]),
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("Calls", item)).await
    }
}
