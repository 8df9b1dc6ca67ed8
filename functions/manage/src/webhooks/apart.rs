//! What lies apart from a webhook's item, as it is stored.

use std::collections::HashMap;

use api::Problem;
use domain::{Page, Webhook, WebhookId};
use store::Apart;

use crate::manage::Manage;

/// That of a webhook.
pub(crate) async fn stored_apart(manage: &Manage, webhook: &Webhook) -> Result<Apart, Problem> {
    Ok(manage.store.apart_from(&[webhook]).await?.pop().unwrap_or_default())
}

/// That of a page of webhooks, by their ids.
pub(super) async fn stored_apart_of(
    manage: &Manage,
    page: &Page<Webhook>,
) -> Result<HashMap<WebhookId, Apart>, Problem> {
    let webhooks: Vec<&Webhook> = page.items.iter().map(|(_, webhook)| webhook).collect();
    let apart = manage.store.apart_from(&webhooks).await?;
    Ok(webhooks.into_iter().map(|webhook| webhook.id.clone()).zip(apart).collect())
}
