use std::time::Duration;

use delivery::seal_secret;
use domain::{AccountId, Slug, Timestamp, WebhookId, WebhookKind};
use lambda_http::Request;
use serde_json::json;
use signing::SigningSecret;
use store::Edited;

use crate::campaigns::MAX_EDITS;
use crate::edit_webhook::next_version;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::view;

/// How long deliveries are signed with the old secret too, in seconds: a day, at most a week.
const DEFAULT_OVERLAP: u64 = 24 * 60 * 60;
const MAX_OVERLAP: u64 = 7 * DEFAULT_OVERLAP;

impl Manage {
    pub(crate) async fn rotate_secret(
        &self,
        account: &AccountId,
        id: &WebhookId,
        request: &Request,
    ) -> Answer {
        let mut fields = Fields::parse_optional(request.body(), &["overlapSeconds"])?;
        let overlap = fields.whole_number("overlapSeconds", 0..=MAX_OVERLAP)?.unwrap_or(DEFAULT_OVERLAP);
        let secret = SigningSecret::generate();
        let sealed = seal_secret(&self.vault, account, id, &secret).await?;
        let mut written = Ok(());
        for _ in 0..MAX_EDITS {
            let stored = self.editable_webhook(account, id).await?;
            if stored.signing_secret == sealed {
                tracing::info!(webhook.id = %id, "webhook {id} has a new signing secret");
                return Ok(Reply::Ok(json!({"signingSecret": secret.expose()})));
            }
            written?;
            let mut rotated = next_version(&stored);
            rotated.rotate_signing_secret(sealed.clone(), Duration::from_secs(overlap), Timestamp::now());
            // The next round looks whether it is there, also after an error: its answer may be all that was lost, and a secret
            // that is in use and known to nobody helps nobody.
            written = self.store.replace_webhook(&rotated, stored.updated_at, None).await.map(drop);
        }
        Err(Problem::edit_conflict())
    }

    pub(crate) async fn rotate_slug(&self, account: &AccountId, id: &WebhookId, request: &Request) -> Answer {
        Fields::parse_optional(request.body(), &[])?;
        for _ in 0..MAX_EDITS {
            let stored = self.editable_webhook(account, id).await?;
            let mut rotated = next_version(&stored);
            let WebhookKind::Inbound { slug, .. } = &mut rotated.kind else {
                return Err(Problem::conflict("not_inbound", "only an inbound webhook has a slug"));
            };
            *slug = Slug::generate();
            if self.store.replace_webhook(&rotated, stored.updated_at, None).await? == Edited::Done {
                tracing::info!(webhook.id = %id, "webhook {id} has a new slug");
                let view = view::webhook(&rotated, &self.base_url(request));
                return Ok(Reply::Ok(json!({"slug": view["slug"], "url": view["url"]})));
            }
        }
        Err(Problem::edit_conflict())
    }
}
