//! A webhook as the API shows it: camelCase, absent as `null`, times as RFC 3339. Never a sealed value.

use api::{optional_time, raw, time};
use domain::{
    AttemptError, AttemptRecord, DisabledState, Endpoint, EndpointPayload, RequiredHeader, ResponseWebhook,
    Webhook, WebhookKind,
};
use serde_json::{Value, json};
use store::Apart;

/// `apart` is what lies apart from it, if that is shown; `base` is the API's URL, to which the slug is added; `last_error` is the
/// newest failed attempt, while the endpoint fails.
pub(crate) fn webhook(
    webhook: &Webhook,
    apart: Option<&Apart>,
    base: &str,
    last_error: Option<&AttemptRecord>,
) -> Value {
    let (reason, at) = disabled(&webhook.state);
    let rules = apart.map(|apart| &apart.rules);
    let payload = apart.and_then(|apart| apart.payload.as_ref()).map(document);
    let mut view = json!({
        "id": webhook.id,
        "name": webhook.name,
        "status": status(&webhook.state),
        "disabledReason": reason,
        "disabledAt": at,
        "createdAt": time(webhook.created_at),
        "updatedAt": time(webhook.updated_at),
        "managedBy": webhook.managed_by,
    });
    let kind = match &webhook.kind {
        WebhookKind::Inbound { slug, campaign_id, response_webhook, .. } => json!({
            "direction": "inbound",
            "slug": slug.expose(),
            "url": format!("{base}/{}", slug.expose()),
            "campaignId": campaign_id,
            "responseWebhook": response_webhook.as_ref().map(|webhook| response(webhook, payload, last_error)),
            "requiredHeader": rules.and_then(|rules| rules.required_header.as_ref()).map(required_header),
            "mapping": rules.and_then(|rules| rules.mapping.as_ref()).map(|mapping| raw(mapping.as_raw())),
        }),
        WebhookKind::Outbound {
            endpoint: Endpoint { url, method, header_names, failing_since, .. },
            filter,
            events,
        } => {
            json!({
                "direction": "outbound",
                "url": url,
                "method": method,
                "headers": header_names,
                "payload": payload,
                "failingSince": optional_time(*failing_since),
                "lastError": last_error.map(error),
                "filter": filter,
                "events": events,
            })
        }
    };
    if let (Value::Object(view), Value::Object(kind)) = (&mut view, kind) {
        view.extend(kind);
    }
    view
}

/// Its value is nobody's to read again; there is only a digest of it.
fn required_header(header: &RequiredHeader) -> Value {
    json!({"name": header.name()})
}

fn document(payload: &EndpointPayload) -> Value {
    raw(payload.document.as_raw())
}

fn response(webhook: &ResponseWebhook, payload: Option<Value>, last_error: Option<&AttemptRecord>) -> Value {
    let (reason, at) = disabled(&webhook.state);
    json!({
        "url": webhook.endpoint.url,
        "headers": webhook.endpoint.header_names,
        "payload": payload,
        "status": status(&webhook.state),
        "disabledReason": reason,
        "disabledAt": at,
        "failingSince": optional_time(webhook.endpoint.failing_since),
        "lastError": last_error.map(error),
    })
}

/// What an attempt failed with: its error, or the status of the answer.
fn error(attempt: &AttemptRecord) -> Value {
    let failed = attempt.error.clone().or_else(|| attempt.status_code.map(AttemptError::of_status));
    let Some(AttemptError { code, message }) = failed else { return Value::Null };
    json!({ "code": code, "message": message, "at": time(attempt.timestamp) })
}

fn status(state: &DisabledState) -> &'static str {
    if state.is_enabled() { "enabled" } else { "disabled" }
}

fn disabled(state: &DisabledState) -> (Value, Value) {
    match state {
        DisabledState::Enabled => (Value::Null, Value::Null),
        DisabledState::Disabled { disabled_reason, disabled_at, .. } => {
            (json!(disabled_reason), time(*disabled_at))
        }
    }
}
