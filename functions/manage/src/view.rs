//! What the API shows of the product's things: camelCase, absent as `null`, times as RFC 3339. Never a sealed value.

use domain::{
    AttemptRecord, Call, Campaign, DisabledState, Endpoint, JsonObject, LedgerEntry, RequestRecord,
    ResponseWebhook, Timestamp, Webhook, WebhookKind,
};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use store::{Account, ApiKeyRecord};

fn time(moment: Timestamp) -> Value {
    json!(moment.to_string())
}

fn optional_time(moment: Option<Timestamp>) -> Value {
    moment.map_or(Value::Null, time)
}

pub(crate) fn account(account: &Account) -> Value {
    json!({"id": account.id, "name": account.name, "credits": account.credits})
}

/// `base` is the API's URL, to which the slug is added.
pub(crate) fn webhook(webhook: &Webhook, base: &str) -> Value {
    let (reason, at) = disabled(&webhook.state);
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
        WebhookKind::Inbound { slug, campaign_id, response_webhook } => json!({
            "direction": "inbound",
            "slug": slug.expose(),
            "url": format!("{base}/{}", slug.expose()),
            "campaignId": campaign_id,
            "responseWebhook": response_webhook.as_ref().map(response),
        }),
        WebhookKind::Outbound { endpoint: Endpoint { url, method, header_names, .. } } => json!({
            "direction": "outbound",
            "url": url,
            "method": method,
            "headers": header_names,
        }),
    };
    merge(&mut view, kind);
    view
}

fn response(webhook: &ResponseWebhook) -> Value {
    let (reason, at) = disabled(&webhook.state);
    json!({
        "url": webhook.endpoint.url,
        "headers": webhook.endpoint.header_names,
        "status": status(&webhook.state),
        "disabledReason": reason,
        "disabledAt": at,
    })
}

fn status(state: &DisabledState) -> &'static str {
    if state.is_enabled() { "enabled" } else { "disabled" }
}

fn disabled(state: &DisabledState) -> (Value, Value) {
    match state {
        DisabledState::Enabled => (Value::Null, Value::Null),
        DisabledState::Disabled { disabled_reason, disabled_at } => {
            (json!(disabled_reason), time(*disabled_at))
        }
    }
}

pub(crate) fn campaign(campaign: &Campaign) -> Value {
    let settings = &campaign.settings;
    let object =
        |object: &Option<JsonObject>| object.as_ref().map_or(Value::Null, |object| raw(object.as_raw()));
    json!({
        "id": campaign.id,
        "name": campaign.name,
        "webhookId": campaign.webhook_id,
        "status": campaign.status,
        "prompt": settings.prompt,
        "voice": settings.voice,
        "language": settings.language,
        "voicemailMessage": settings.voicemail_message,
        "followUps": object(&settings.follow_ups),
        "callForwarding": object(&settings.call_forwarding),
        "keypadNavigation": object(&settings.keypad_navigation),
        "backgroundAmbience": settings.background_ambience,
        "createdAt": time(campaign.created_at),
        "updatedAt": time(campaign.updated_at),
    })
}

/// A call as it stands in a list.
pub(crate) fn call(call: &Call) -> Value {
    json!({
        "id": call.id,
        "status": call.status,
        "reason": call.reason,
        "source": call.source,
        "webhookId": call.webhook_id,
        "campaign": {"id": call.campaign.id, "name": call.campaign.name},
        "recipient": call.recipient,
        "summary": call.summary,
        "recording": call.recording,
        "duration": call.duration,
        "analysis": call.analysis,
        "actionItems": call.action_items,
        "tokensConsumed": call.tokens_consumed,
        "createdAt": time(call.created_at),
        "finishedAt": optional_time(call.finished_at),
    })
}

/// A call with its transcript.
pub(crate) fn call_in_full(one: &Call, transcript: Option<&RawValue>) -> Value {
    let mut view = call(one);
    merge(&mut view, json!({"transcript": transcript.map_or(Value::Null, raw)}));
    view
}

pub(crate) fn attempt(record: &AttemptRecord) -> Value {
    json!({
        "id": record.id(),
        "deliveryId": record.delivery_id,
        "callId": record.call_id,
        "attempt": record.attempt,
        "timestamp": time(record.timestamp),
        "outcome": record.outcome,
        "statusCode": record.status_code,
        "error": record.error,
        "responseBody": record.response_body,
        "durationMs": record.duration_ms,
        "nextAttemptAt": optional_time(record.next_attempt_at),
        "test": record.test,
    })
}

pub(crate) fn request(record: &RequestRecord) -> Value {
    json!({
        "id": record.id,
        "timestamp": time(record.timestamp),
        "outcome": record.outcome,
        "statusCode": record.status_code,
        "reason": record.reason,
        "callId": record.call_id,
    })
}

pub(crate) fn ledger_entry(entry: &LedgerEntry) -> Value {
    json!({
        "id": entry.id,
        "kind": entry.kind,
        "amount": entry.amount,
        "callId": entry.call_id,
        "writtenOff": entry.written_off,
        "timestamp": time(entry.timestamp),
    })
}

pub(crate) fn api_key(record: &ApiKeyRecord) -> Value {
    json!({
        "id": record.id,
        "name": record.name,
        "createdAt": time(record.created_at),
        "lastUsedOn": record.last_used_on,
    })
}

fn raw(json: &RawValue) -> Value {
    serde_json::from_str(json.get()).unwrap_or(Value::Null)
}

fn merge(view: &mut Value, more: Value) {
    if let (Value::Object(view), Value::Object(more)) = (view, more) {
        view.extend(more);
    }
}
