//! `POST /v1/webhooks/{id}/requests/preview`: what a request would become. Nothing is placed, and nothing is written.

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{
    InboundRequest, InvalidRequest, JsonObject, MAX_BODY_BYTES, MappedRequest, WebhookKind,
    parse_inbound_request, parse_mapped_request,
};
use serde_json::{Value, json};

use crate::manage::{Asked, Manage};
use crate::webhooks::apart::stored_apart;
use crate::webhooks::rules::mapping;

/// What a body is said to be.
#[derive(Debug, Clone, Copy)]
enum ContentType {
    Json,
    Form,
}

const CONTENT_TYPES: [(&str, ContentType); 2] = [("json", ContentType::Json), ("form", ContentType::Form)];

/// Reads a body as the webhook would, with its mapping or with one that is not saved yet.
pub(crate) async fn preview(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id = asked.id("webhookId")?;
    let webhook = manage.store.webhook(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    if !matches!(webhook.kind, WebhookKind::Inbound { .. }) {
        return Err(Problem::conflict(Code::NotInbound, "only an inbound webhook takes requests"));
    }
    let mut fields = Fields::parse(asked.request.body(), &["body", "contentType", "mapping"])?;
    let unsaved = fields.change("mapping", mapping)?;
    let content_type = fields.choice("contentType", &CONTENT_TYPES)?.unwrap_or(ContentType::Json);
    let body = match (fields.json("body").ok_or_else(|| Problem::missing_field("body"))?, content_type) {
        // As it would be sent. It is read as what it is, whatever it is said to be: so does the webhook.
        (Value::String(text), _) => text,
        (json, ContentType::Json) => json.to_string(),
        (_, ContentType::Form) => {
            return Err(Problem::invalid_field("body", "must be a text: a form is one"));
        }
    };
    let mapping = match unsaved {
        Some(mapping) => mapping,
        None => stored_apart(manage, &webhook).await?.rules.mapping,
    };
    Ok(Reply::Ok(shown(manage, body.as_bytes(), mapping.as_ref())))
}

fn shown(manage: &Manage, body: &[u8], mapping: Option<&JsonObject>) -> Value {
    if body.len() > MAX_BODY_BYTES {
        let message = format!("the body is larger than {MAX_BODY_BYTES} bytes");
        return refused("body_too_large", &message);
    }
    match read(manage, body, mapping) {
        Ok(read) => would_be(&read),
        Err(error) => refused(error.code(), &error.to_string()),
    }
}

fn read(manage: &Manage, body: &[u8], mapping: Option<&JsonObject>) -> Result<MappedRequest, InvalidRequest> {
    match mapping {
        Some(mapping) => parse_mapped_request(body, mapping, &manage.country),
        None => {
            let request = parse_inbound_request(body, &manage.country)?;
            Ok(MappedRequest { request, idempotency: None, is_mapped: false, missing: Vec::new() })
        }
    }
}

fn would_be(read: &MappedRequest) -> Value {
    let request = &read.request;
    let dropped = request.dropped_fields.iter();
    let dropped: Vec<_> =
        dropped.map(|field| json!({"field": field, "reason": InboundRequest::why_dropped(field)})).collect();
    let object = |object: &Option<JsonObject>| object.as_ref().map(|object| api::raw(object.as_raw()));
    json!({
        "readAs": if read.is_mapped { "mapping" } else { "documented" },
        "recipient": request.recipient,
        "metadata": object(&request.metadata),
        "variables": object(&request.variables),
        "idempotencyKey": read.idempotency.as_ref().map(|(key, _)| key.as_str()),
        "dropped": dropped,
        "missing": read.missing,
        "error": null,
    })
}

/// The request would be a 400, with this code.
fn refused(code: &str, message: &str) -> Value {
    json!({
        "readAs": null, "recipient": null, "metadata": null, "variables": null, "idempotencyKey": null,
        "dropped": [], "missing": [], "error": {"code": code, "message": message},
    })
}
