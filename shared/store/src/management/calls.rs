//! The calls of an account, with their results.

use domain::{AccountId, Call, CallId, CampaignId, Page, Slice};
use serde_json::value::RawValue;

use crate::attempts::read_call;
use crate::dynamo::item::{from_item, get, key};
use crate::dynamo::page::{Filter, List};
use crate::intake::account_campaign;
use crate::{Management, StoreError, lists};

/// Which calls are wanted; `None` is all.
#[derive(Debug, Clone, Copy, Default)]
pub struct CallFilter {
    /// As the API writes it.
    pub status: Option<&'static str>,
    /// As the API writes it. A call without analysis has no warmth.
    pub warmth: Option<&'static str>,
}

impl Management {
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
        filter: &CallFilter,
        slice: &Slice,
    ) -> Result<Page<Call>, StoreError> {
        let list = List {
            order: lists::CALLS,
            table: &self.calls,
            index: Some("byCampaign"),
            partition: ("accountCampaign", account_campaign(account, campaign)),
            sort: "campaignOrder",
            table_key: &["id"],
            filter: Filter::all_equal(&[("status", filter.status), ("analysis.lead_warmth", filter.warmth)]),
            fields: &[],
        };
        list.page(&self.client, slice, |item| from_item("Calls", item)).await
    }
}
