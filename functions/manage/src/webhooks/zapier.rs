//! Zapier's REST hooks: it subscribes an outbound webhook, which only it takes away again.

use api::{Answer, Fields, Problem, Reply};
use domain::{DeliveryMethod, Endpoint, Event, IntakeRules, Payload, WebhookId, WebhookKind};
use domain::{SAMPLE_WEBHOOK_ID, sample_call, sample_transcript};
use serde_json::value::to_raw_value;
use serde_json::{Value, json};
use store::Edited;

use super::create::record;
use super::endpoint::required_url;
use crate::edits::until_written;
use crate::manage::{Asked, Manage};

const MANAGED_BY: &str = "zapier";

pub(crate) async fn subscribe(manage: &Manage, asked: &Asked<'_>) -> Answer {
    // Zapier's own library adds fields of its own.
    let mut fields = Fields::parse_known(asked.request.body(), &["targetUrl"])?;
    let url = required_url(manage, &mut fields, "targetUrl")?;
    let endpoint = Endpoint::new(url, DeliveryMethod::Post);
    let id = WebhookId::new(manage.clock.now(), &manage.randomness);
    let events = Event::BY_DEFAULT.to_vec();
    let (managed_by, kind) =
        (Some(MANAGED_BY.into()), WebhookKind::Outbound { endpoint, filter: None, events });
    let (webhook, _) =
        record(manage, &asked.caller, id, "Zapier".into(), managed_by, kind, &IntakeRules::default()).await?;
    Ok(Reply::Created(json!({"id": webhook.id})))
}

pub(crate) async fn unsubscribe(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (account, id): (_, &WebhookId) = (&asked.caller, &asked.id("hookId")?);
    until_written(|| async move {
        let webhook = manage.store.webhook(account, id).await?;
        let webhook = webhook.filter(|webhook| webhook.managed_by.as_deref() == Some(MANAGED_BY));
        let webhook = webhook.ok_or_else(Problem::not_found)?;
        if manage.store.delete_webhook(&webhook, manage.clock.now()).await? != Edited::Done {
            return Ok(None);
        }
        tracing::info!(webhook.id = %id, account.id = %account, "Zapier's webhook {id} is deleted");
        Ok(Some(Reply::NoContent))
    })
    .await
}

/// What Zapier's editor shows before the first call: a list of one payload, as outbound webhooks deliver it.
pub(crate) fn show_sample() -> Answer {
    let call = sample_call();
    let transcript = to_raw_value(&sample_transcript())?;
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    let payload: Value = serde_json::from_slice(&payload.body()?)?;
    Ok(Reply::Ok(json!([payload])))
}
