//! Zapier's REST hooks: it subscribes an outbound webhook, which only it takes away again.

use api::{Answer, Fields, Problem, Reply};
use domain::{
    AccountId, Call, CallId, DeliveryMethod, Endpoint, Event, Payload, Slice, WebhookId, WebhookKind,
};
use domain::{SAMPLE_WEBHOOK_ID, sample_call, sample_transcript};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use store::{Apart, CallListFilter, Edited};

use super::create::record;
use super::endpoint::required_url;
use crate::edits::until_written;
use crate::manage::{Asked, Manage};

const MANAGED_BY: &str = "zapier";

/// Zapier's editor shows three records until somebody asks for more.
const SAMPLES: usize = 3;
/// So many of the newest campaigns, and of each one's newest calls, are searched for them.
const CAMPAIGNS_LOOKED_AT: usize = 10;
const CALLS_LOOKED_AT: usize = 20;

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
        record(manage, &asked.caller, id, "Zapier".into(), managed_by, kind, &Apart::default()).await?;
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

/// What Zapier's editor maps fields from: the account's newest results as outbound webhooks deliver them, or the sample
/// while there is none.
pub(crate) async fn show_sample(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let mut payloads = Vec::new();
    for id in newest_results(manage, &asked.caller).await? {
        // It may have been erased since the index was written.
        if let Some((call, transcript)) = manage.store.call(&asked.caller, &id).await?
            && call.erased_at.is_none()
        {
            payloads.push(payload(&call, transcript.as_deref())?);
        }
    }
    if payloads.is_empty() {
        payloads.push(payload(&sample_call(), Some(&to_raw_value(&sample_transcript())?))?);
    }
    Ok(Reply::Ok(Value::Array(payloads)))
}

/// The calls of the account that ended last. No index has the calls of an account: a few of each of its newest campaigns are
/// looked at.
async fn newest_results(manage: &Manage, account: &AccountId) -> Result<Vec<CallId>, Problem> {
    let newest = |limit| Slice { limit, after: None };
    let campaigns = manage.store.campaigns(account, &newest(CAMPAIGNS_LOOKED_AT)).await?;
    let mut results = Vec::new();
    for (_, campaign) in campaigns.items {
        let filter = CallListFilter::default();
        let calls = manage.store.calls(account, &campaign.id, &filter, &newest(CALLS_LOOKED_AT)).await?;
        let calls = calls.items.into_iter().map(|(_, call)| call);
        results.extend(calls.filter_map(|call| Some((call.finished_at?, call.id))));
    }
    results.sort_unstable_by(|one, other| other.cmp(one));
    results.truncate(SAMPLES);
    Ok(results.into_iter().map(|(_, id)| id).collect())
}

fn payload(call: &Call, transcript: Option<&RawValue>) -> Result<Value, Problem> {
    let payload = Payload { event: Event::CallFinished, webhook_id: SAMPLE_WEBHOOK_ID, call, transcript };
    Ok(serde_json::from_slice(&payload.body()?)?)
}
