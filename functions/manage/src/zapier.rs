//! Zapier's REST hooks: it subscribes an outbound webhook, which only it takes away again.

use domain::{
    AccountId, DeliveryMethod, Endpoint, Event, Payload, SAMPLE_WEBHOOK_ID, Timestamp, WebhookId,
    WebhookKind, sample_call, sample_transcript,
};
use lambda_http::Request;
use serde_json::{Value, json};
use store::Edited;

use crate::campaigns::MAX_EDITS;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;

const MANAGED_BY: &str = "zapier";

impl Manage {
    pub(crate) async fn subscribe_zapier(&self, account: &AccountId, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["targetUrl"])?;
        let url = self.endpoints.required_url(&mut fields, "targetUrl")?;
        let endpoint = Endpoint {
            url,
            method: DeliveryMethod::Post,
            header_names: Vec::new(),
            sealed_headers: None,
            failing_since: None,
        };
        let id = WebhookId::new(Timestamp::now());
        let kind = WebhookKind::Outbound { endpoint };
        let (webhook, _) =
            self.record_webhook(account, id, "Zapier".into(), Some(MANAGED_BY.into()), kind).await?;
        Ok(Reply::Created(json!({"id": webhook.id})))
    }

    pub(crate) async fn unsubscribe_zapier(&self, account: &AccountId, id: &WebhookId) -> Answer {
        for _ in 0..MAX_EDITS {
            let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
            if webhook.managed_by.as_deref() != Some(MANAGED_BY) {
                return Err(Problem::not_found());
            }
            if self.store.delete_webhook(&webhook, Timestamp::now()).await? == Edited::Done {
                tracing::info!(webhook.id = %id, account.id = %account, "Zapier's webhook {id} is deleted");
                return Ok(Reply::NoContent);
            }
        }
        Err(Problem::edit_conflict())
    }

    /// What Zapier's editor shows before the first call: a list of one payload, as outbound webhooks deliver it.
    pub(crate) fn show_zapier_sample() -> Answer {
        let call = sample_call();
        let transcript = serde_json::value::to_raw_value(&sample_transcript())?;
        let payload = Payload {
            event: Event::CallFinished,
            webhook_id: SAMPLE_WEBHOOK_ID,
            call: &call,
            transcript: Some(&transcript),
        };
        let payload: Value = serde_json::from_slice(&payload.body()?)?;
        Ok(Reply::Ok(json!([payload])))
    }
}
