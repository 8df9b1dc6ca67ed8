//! The Test button: the documented sample, sent through the code that makes deliveries.

use delivery::{Attempted, Destination, attempt};
use domain::{
    AccountId, DeliveryId, DeliveryMethod, Event, Outcome, Payload, SAMPLE_WEBHOOK_ID, Timestamp, WebhookId,
    WebhookKind, sample_call, sample_transcript,
};
use lambda_http::Request;
use serde_json::{Value, json};

use crate::fields::Fields;
use crate::problem::Problem;
use crate::reply::{Answer, Reply};
use crate::router::Manage;
use crate::webhooks::METHODS;

impl Manage {
    /// Tests a saved webhook: an outbound one, or the response webhook of an inbound one. It may be disabled: a test is how its
    /// owner finds out whether to enable it again.
    pub(crate) async fn test_saved(&self, account: &AccountId, id: &WebhookId, request: &Request) -> Answer {
        Fields::parse_optional(request.body(), &[])?;
        let webhook = self.store.webhook(account, id).await?.ok_or_else(Problem::not_found)?;
        let endpoint = match &webhook.kind {
            WebhookKind::Outbound { endpoint } => endpoint,
            WebhookKind::Inbound { response_webhook: Some(response), .. } => &response.endpoint,
            WebhookKind::Inbound { response_webhook: None, .. } => {
                return Err(no_response_webhook());
            }
        };
        let now = Timestamp::now();
        let delivery = DeliveryId::new(now);
        let attempted = match Destination::open(&self.vault, &webhook, endpoint, now).await {
            Ok(destination) => self.send_sample(&destination, &delivery, now).await?,
            Err(error) if error.is_permanent() => Attempted::undecryptable(now),
            Err(error) => return Err(error.into()),
        };
        let answer = answer(&attempted);
        let mut record = attempted.into_record(delivery, id.clone(), None, 1, None);
        record.test = true;
        self.store.log_attempt(&record).await?;
        Ok(Reply::Ok(answer))
    }

    /// Tests an endpoint that is not saved yet.
    pub(crate) async fn test_unsaved(&self, request: &Request) -> Answer {
        let mut fields = Fields::parse(request.body(), &["url", "method", "headers"])?;
        let url = self.endpoints.required_url(&mut fields, "url")?;
        let method = fields.choice("method", &METHODS)?.unwrap_or(DeliveryMethod::Post);
        let destination = Destination::unsaved(url, method, fields.headers("headers")?);
        let now = Timestamp::now();
        let attempted = self.send_sample(&destination, &DeliveryId::new(now), now).await?;
        Ok(Reply::Ok(answer(&attempted)))
    }

    async fn send_sample(
        &self,
        destination: &Destination,
        delivery: &DeliveryId,
        now: Timestamp,
    ) -> Result<Attempted, Problem> {
        let call = sample_call();
        let transcript = serde_json::value::to_raw_value(&sample_transcript())?;
        let payload = Payload {
            event: Event::CallCompleted,
            webhook_id: SAMPLE_WEBHOOK_ID,
            call: &call,
            transcript: Some(&transcript),
        };
        Ok(attempt(&self.sender, destination, delivery, &payload, now).await?)
    }
}

pub(crate) fn no_response_webhook() -> Problem {
    Problem::conflict("no_response_webhook", "this inbound webhook has no response webhook")
}

fn answer(attempted: &Attempted) -> Value {
    json!({
        "success": attempted.outcome == Outcome::Succeeded,
        "statusCode": attempted.status_code,
        "error": attempted.error,
        "responseBody": attempted.response_body,
        "durationMs": u64::try_from(attempted.duration.as_millis()).unwrap_or(u64::MAX),
    })
}
