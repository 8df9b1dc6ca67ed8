//! Why an endpoint fails: its newest failed attempt. The log has it, so nobody writes it a second time.

use std::collections::HashMap;

use api::Problem;
use domain::{AttemptRecord, Page, Webhook, WebhookId};
use futures_util::future::try_join_all;

use crate::manage::Manage;

/// Logs that are read side by side.
const SIDE_BY_SIDE: usize = 16;

/// The newest failed attempt of a webhook whose endpoint fails; `None` when it does not fail.
pub(super) async fn last_error(manage: &Manage, webhook: &Webhook) -> Result<Option<AttemptRecord>, Problem> {
    match webhook.endpoint().and_then(|endpoint| endpoint.failing_since) {
        Some(_) => Ok(manage.store.newest_failure(&webhook.id).await?),
        None => Ok(None),
    }
}

/// Those of a page of webhooks, by their ids.
pub(super) async fn last_errors(
    manage: &Manage,
    page: &Page<Webhook>,
) -> Result<HashMap<WebhookId, AttemptRecord>, Problem> {
    let mut errors = HashMap::new();
    for some in page.items.chunks(SIDE_BY_SIDE) {
        let read = try_join_all(some.iter().map(|(_, webhook)| last_error(manage, webhook))).await?;
        let found = some.iter().zip(read).filter_map(|((_, webhook), row)| Some((webhook.id.clone(), row?)));
        errors.extend(found);
    }
    Ok(errors)
}
