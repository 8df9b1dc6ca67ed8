//! One delivery: its attempts, and the request that an attempt would send now.

use api::{Answer, Problem, Reply};
use domain::{
    AttemptRecord, CustomHeaders, DeliveryId, DeliveryMethod, DeliveryRequest, Payload, Webhook, WebhookId,
    sample_call, sample_transcript,
};
use lambda_http::http::HeaderValue;
use payloads::{Body, RequestError, Template, unsigned_request};
use serde_json::{Map, Value, json};

use crate::deliveries::log;
use crate::manage::{Asked, Manage};

/// Most attempts that are shown, the newest: ten runs of ten. All of them are in the log.
const SHOWN: usize = 100;

/// What stands for a value that nobody is shown.
const MASK: &str = "***";

/// The request that an attempt would send now.
enum Shown {
    Request(Value),
    None(NoRequestReason),
}

/// Why there is no request.
enum NoRequestReason {
    /// The call was erased, or has expired.
    CallErased,
    /// The inbound webhook has no response webhook any more.
    NoResponseWebhook,
    /// The URL of the GET endpoint leaves no room for the payload.
    UrlTooLong,
    /// The endpoint's own payload has no body for the call.
    Payload,
}

impl NoRequestReason {
    fn as_str(&self) -> &'static str {
        match self {
            Self::CallErased => "call_erased",
            Self::NoResponseWebhook => "no_response_webhook",
            Self::UrlTooLong => "url_too_long",
            Self::Payload => "payload",
        }
    }
}

pub(crate) async fn show(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let (id, delivery): (WebhookId, DeliveryId) = (asked.id("webhookId")?, asked.id("deliveryId")?);
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    let mut attempts = manage.store.history(&delivery).await?.attempts;
    attempts.retain(|attempt| attempt.webhook_id == id);
    attempts
        .sort_by(|one, other| (other.timestamp, &other.attempt_key).cmp(&(one.timestamp, &one.attempt_key)));
    let newest = attempts.first().ok_or_else(Problem::not_found)?;
    let (request, reason) = match request(manage, &webhook, newest).await? {
        Shown::Request(request) => (request, None),
        Shown::None(reason) => (Value::Null, Some(reason.as_str())),
    };
    Ok(Reply::Ok(json!({
        "deliveryId": delivery,
        "callId": newest.call_id,
        "event": newest.event_at(&webhook),
        "attempts": attempts.iter().take(SHOWN).map(|attempt| log::view(attempt, &webhook)).collect::<Vec<_>>(),
        "request": request,
        "noRequestReason": reason,
    })))
}

/// The request that an attempt would send now.
async fn request(manage: &Manage, webhook: &Webhook, attempt: &AttemptRecord) -> Result<Shown, Problem> {
    if attempt.test {
        let transcript = serde_json::value::to_raw_value(&sample_transcript())?;
        let call = sample_call();
        return rendered(manage, webhook, &attempt.delivery_id, &Payload::of_test(&call, &transcript)).await;
    }
    if let Some(about) = &attempt.about {
        return shown(manage, webhook, &attempt.delivery_id, Body::Documented(about));
    }
    let call = match &attempt.call_id {
        Some(id) => manage.store.call(&webhook.account_id, id).await?,
        None => None,
    };
    let Some((call, transcript)) = call.filter(|(call, _)| call.erased_at.is_none()) else {
        return Ok(Shown::None(NoRequestReason::CallErased));
    };
    let (event, webhook_id, transcript) =
        (attempt.event_at(webhook), webhook.id.as_str(), transcript.as_deref());
    let payload = Payload { event, webhook_id, call: &call, transcript };
    rendered(manage, webhook, &attempt.delivery_id, &payload).await
}

/// Of what tells of a call.
async fn rendered(
    manage: &Manage,
    webhook: &Webhook,
    delivery: &DeliveryId,
    payload: &Payload<'_>,
) -> Result<Shown, Problem> {
    let stored = manage.store.payload(webhook).await?;
    match stored.map(|own| Template::parse(&own.document.to_value())).transpose() {
        Ok(template) => shown(manage, webhook, delivery, Body::of(payload, template.as_ref())),
        Err(_) => Ok(Shown::None(NoRequestReason::Payload)),
    }
}

fn shown(
    manage: &Manage,
    webhook: &Webhook,
    delivery: &DeliveryId,
    body: Body<'_>,
) -> Result<Shown, Problem> {
    let Some(endpoint) = webhook.endpoint() else {
        return Ok(Shown::None(NoRequestReason::NoResponseWebhook));
    };
    let custom = CustomHeaders::masked(&endpoint.header_names);
    let target = (endpoint.method, &endpoint.url);
    match unsigned_request(target, &custom, delivery, body, manage.clock.now()) {
        Ok(mut request) => {
            request.add_signature(HeaderValue::from_static(MASK));
            Ok(Shown::Request(view(&request)))
        }
        Err(RequestError::UrlTooLong) => Ok(Shown::None(NoRequestReason::UrlTooLong)),
        Err(RequestError::RenderError(_)) => Ok(Shown::None(NoRequestReason::Payload)),
        Err(RequestError::Json(error)) => Err(error.into()),
    }
}

fn view(request: &DeliveryRequest) -> Value {
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .map(|(name, value)| {
            let shown = if value.is_sensitive() { MASK } else { value.to_str().unwrap_or(MASK) };
            (name.to_string(), shown.into())
        })
        .collect();
    let body = (request.method == DeliveryMethod::Post).then(|| String::from_utf8_lossy(&request.body));
    json!({
        "method": request.method,
        "url": request.url.as_str(),
        "headers": headers,
        "body": body,
    })
}
