//! The documented sample, sent through the code that makes deliveries.

use api::{Answer, Fields, Problem, Reply};
use delivery::{AttemptResult, Destination, attempt};
use domain::{
    DeliveryId, DeliveryMethod, Event, Outcome, Payload, SAMPLE_WEBHOOK_ID, Timestamp, WebhookId,
    WebhookKind, sample_call, sample_transcript,
};
use serde_json::{Value, json};

use crate::tester::{Asked, Tester};

/// Tests a saved webhook: an outbound one, or the response webhook of an inbound one. It may be disabled: a test is how its
/// owner finds out whether to enable it again.
pub(crate) async fn test_saved(tester: &Tester, asked: &Asked<'_>) -> Answer {
    let id: WebhookId = asked.id("webhookId")?;
    Fields::parse_optional(asked.request.body(), &[])?;
    let webhook = tester.tests.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    let endpoint = match &webhook.kind {
        WebhookKind::Outbound { endpoint } => endpoint,
        WebhookKind::Inbound { response_webhook: Some(response), .. } => &response.endpoint,
        WebhookKind::Inbound { response_webhook: None, .. } => {
            return Err(Problem::no_response_webhook());
        }
    };
    let now = tester.clock.now();
    let delivery = DeliveryId::new(now, &tester.randomness);
    let attempted = match Destination::open(&tester.vault, &webhook, endpoint, now).await {
        Ok(destination) => send_sample(tester, &destination, &delivery, now).await?,
        Err(error) if error.is_permanent() => AttemptResult::undecryptable(now),
        Err(error) => return Err(error.into()),
    };
    let view = view(&attempted);
    let mut record = attempted.into_record(delivery, id, None, 1, None);
    record.test = true;
    tester.tests.log_attempt(&record).await?;
    Ok(Reply::Ok(view))
}

/// Tests an endpoint that is not saved yet.
pub(crate) async fn test_unsaved(tester: &Tester, asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::parse(asked.request.body(), &["url", "method", "headers"])?;
    let url = fields.target_url("url", |url| tester.endpoints.admit(url))?;
    let url = url.ok_or_else(|| Problem::missing_field("url"))?;
    let method = fields.choice("method", &DeliveryMethod::BY_NAME)?.unwrap_or(DeliveryMethod::Post);
    let destination = Destination::unsaved(url, method, fields.headers("headers")?);
    let now = tester.clock.now();
    let attempted = send_sample(tester, &destination, &DeliveryId::new(now, &tester.randomness), now).await?;
    Ok(Reply::Ok(view(&attempted)))
}

async fn send_sample(
    tester: &Tester,
    destination: &Destination,
    delivery: &DeliveryId,
    now: Timestamp,
) -> Result<AttemptResult, Problem> {
    let call = sample_call();
    let transcript = serde_json::value::to_raw_value(&sample_transcript())?;
    let payload = Payload {
        event: Event::CallCompleted,
        webhook_id: SAMPLE_WEBHOOK_ID,
        call: &call,
        transcript: Some(&transcript),
    };
    Ok(attempt(&tester.sender, destination, delivery, &payload, now).await?)
}

fn view(attempted: &AttemptResult) -> Value {
    json!({
        "success": attempted.outcome == Outcome::Succeeded,
        "statusCode": attempted.status_code,
        "error": attempted.error,
        "responseBody": attempted.response_body,
        "note": attempted.note,
        "durationMs": u64::try_from(attempted.duration.as_millis()).unwrap_or(u64::MAX),
    })
}
