//! The delivery log of a webhook, row by row.

use domain::{
    AccountId, AttemptRecord, CallId, DeliveryId, Outcome, Page, Period, Position, Slice, Timestamp,
    WebhookId,
};

use crate::attempts::log_order;
use crate::dynamo::item::from_item;
use crate::dynamo::key_range::KeyRange;
use crate::dynamo::page::{Filter, List};
use crate::{InvalidItem, Management, StoreError, lists};

/// Rows that are read at once to find the newest failure, mostly the first of them, and how often.
const FAILURE_PAGE: usize = 9;
const FAILURE_PAGES: usize = 10;

/// Which attempts are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct AttemptFilter {
    /// How they ended; `None` is all.
    pub outcome: Option<Outcome>,
    /// When they were begun.
    pub period: Period,
}

impl AttemptFilter {
    fn takes(&self, record: &AttemptRecord) -> bool {
        self.outcome.is_none_or(|outcome| outcome == record.outcome) && self.period.contains(record.timestamp)
    }
}

impl Management {
    /// The attempts of a webhook's deliveries that pass the filter, newest first.
    pub async fn attempts(
        &self,
        webhook: &WebhookId,
        wanted: &AttemptFilter,
        slice: &Slice,
    ) -> Result<Page<AttemptRecord>, StoreError> {
        let list = List {
            range: KeyRange::of(wanted.period, Timestamp::sortable),
            filter: Filter::all_equal(&[("outcome", wanted.outcome.map(Outcome::as_str))]),
            ..self.delivery_log(webhook)
        };
        list.page(&self.client, slice, |item| from_item("DeliveryLogs", item)).await
    }

    /// Those of one call. It has one delivery to a webhook, whose id follows from the call's: its rows are read, and no others.
    pub async fn attempts_of_call(
        &self,
        (account, webhook): (&AccountId, &WebhookId),
        call: &CallId,
        wanted: &AttemptFilter,
        slice: &Slice,
    ) -> Result<Page<AttemptRecord>, StoreError> {
        let Some((call, _)) = self.call(account, call).await? else {
            return Ok(Page { items: Vec::new(), next: None });
        };
        let delivery = DeliveryId::derived(&call.id, webhook, call.over_at());
        let attempts = self.history(&delivery).await?.attempts;
        let mut rows = attempts
            .into_iter()
            .filter(|record| wanted.takes(record))
            .map(|record| Ok((position_of(&record)?, record)))
            .collect::<Result<Vec<_>, InvalidItem>>()?;
        rows.sort_by(|(one, _), (other, _)| other.as_str().cmp(one.as_str()));
        if let Some(after) = &slice.after {
            rows.retain(|(position, _)| position.as_str() < after.as_str());
        }
        let there_are_more = rows.len() > slice.limit;
        rows.truncate(slice.limit);
        let next = rows.last().filter(|_| there_are_more).map(|(position, _)| position.clone());
        Ok(Page { items: rows, next })
    }

    /// The newest attempt of a webhook's deliveries that did not succeed. Tests do not count, and no more than 100 rows are read:
    /// while an endpoint fails, nothing but tests stands before it.
    pub async fn newest_failure(&self, webhook: &WebhookId) -> Result<Option<AttemptRecord>, StoreError> {
        let mut after = None;
        for _ in 0..FAILURE_PAGES {
            let slice = Slice { limit: FAILURE_PAGE, after };
            let page = self.attempts(webhook, &AttemptFilter::default(), &slice).await?;
            let is_failure =
                |row: &AttemptRecord| row.outcome != Outcome::Succeeded && row.is_attempt() && !row.test;
            if let Some((_, row)) = page.items.into_iter().find(|(_, row)| is_failure(row)) {
                return Ok(Some(row));
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

fn position_of(record: &AttemptRecord) -> Result<Position, InvalidItem> {
    let position = lists::DELIVERIES.position(&log_order(record));
    position.map_err(|error| InvalidItem { table: "DeliveryLogs", reason: error.to_string() })
}
