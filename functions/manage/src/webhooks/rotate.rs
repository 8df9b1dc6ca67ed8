//! `POST /v1/webhooks/{id}/rotate-secret` and `/rotate-slug`.

use std::time::Duration;

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{Slug, WebhookId, WebhookKind};
use serde_json::json;
use signing::SigningSecret;
use store::{ApartChange, Edited};
use vault::seal_secret;

use super::{editable, next_version, view};
use crate::edits::until_written;
use crate::limits::{DEFAULT_OVERLAP_S, MAX_EDITS, MAX_OVERLAP_S};
use crate::manage::{Asked, Manage};

pub(crate) async fn secret(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (account, id): (_, &WebhookId) = (&asked.caller, &asked.id("webhookId")?);
    let mut fields = Fields::parse_optional(asked.request.body(), &["overlapSeconds"])?;
    let overlap = fields.whole_number("overlapSeconds", 0..=MAX_OVERLAP_S)?.unwrap_or(DEFAULT_OVERLAP_S);
    let secret = SigningSecret::generate(|bytes| manage.randomness.fill(bytes));
    let sealed = seal_secret(&manage.vault, account, id, &secret).await?;
    // Not `until_written`: whether the change is there is looked up, also after an error. The answer may be all that was lost,
    // and a secret that is in use and known to nobody helps nobody.
    let mut written = Ok(());
    for _ in 0..MAX_EDITS {
        let stored = editable(manage, account, id).await?;
        if stored.signing_secret == sealed {
            tracing::info!(webhook.id = %id, "webhook {id} has a new signing secret");
            return Ok(Reply::Ok(json!({"signingSecret": secret.expose()})));
        }
        written?;
        let mut rotated = next_version(&stored, manage.clock.now());
        rotated.rotate_signing_secret(sealed.clone(), Duration::from_secs(overlap), manage.clock.now());
        written =
            manage.store.replace_webhook(&rotated, &stored, None, ApartChange::default()).await.map(drop);
    }
    Err(Problem::edit_conflict())
}

pub(crate) async fn slug(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id: &WebhookId = &asked.id("webhookId")?;
    Fields::parse_optional(asked.request.body(), &[])?;
    until_written(|| async move {
        let stored = editable(manage, &asked.caller, id).await?;
        let mut rotated = next_version(&stored, manage.clock.now());
        let WebhookKind::Inbound { slug, .. } = &mut rotated.kind else {
            return Err(Problem::conflict(Code::NotInbound, "only an inbound webhook has a slug"));
        };
        *slug = Slug::generate(&manage.randomness);
        if manage.store.replace_webhook(&rotated, &stored, None, ApartChange::default()).await?
            != Edited::Done
        {
            return Ok(None);
        }
        tracing::info!(webhook.id = %id, "webhook {id} has a new slug");
        let view = view::webhook(&rotated, None, &manage.base_url(asked.request), None);
        Ok(Some(Reply::Ok(json!({"slug": view["slug"], "url": view["url"]}))))
    })
    .await
}
