//! What expressions ask: the shape of `call.finished` with every documented field, and what is stored or derived beside it.

use domain::{Call, JsonObject, Payload, Recipient, Timestamp, Turn};
use minijinja::Value;
use minijinja::value::ValueKind;

use crate::loose::loose;
use crate::turn::turns_of;

/// `with_transcript` is false for a document that does not ask for it: it is the one large part.
pub(crate) fn context(payload: &Payload<'_>, with_transcript: bool) -> Value {
    let call = payload.call;
    let turns: Vec<Turn> = payload
        .transcript
        .filter(|_| with_transcript)
        .and_then(|turns| serde_json::from_str(turns.get()).ok())
        .unwrap_or_default();
    Value::from_iter([
        ("type", Value::from_serialize(payload.event)),
        ("timestamp", millis(call.over_at())),
        ("webhook", object([("id", payload.webhook_id.into()), ("type", "outbound".into())])),
        ("call", of_call(call, turns)),
        (
            "campaign",
            object([("id", call.campaign.id.as_str().into()), ("name", call.campaign.name.as_str().into())]),
        ),
    ])
}

/// What it costs to handle the value that `name` stands for: the bytes of its texts, and something for each value in it. More
/// than `most` is not counted.
pub(crate) fn weight(context: &Value, name: &str, most: usize) -> usize {
    let value = name.split('.').try_fold(context.clone(), |value, part| value.get_attr(part));
    value.map_or(0, |value| weight_of(&value, most))
}

/// Of a value that has no text.
const A_VALUE: usize = 16;

fn weight_of(value: &Value, most: usize) -> usize {
    let parts = match value.kind() {
        ValueKind::Map | ValueKind::Seq => value.try_iter().ok(),
        _ => None,
    };
    let mut weight = A_VALUE + value.as_str().map_or(0, str::len);
    for part in parts.into_iter().flatten() {
        // Of an object the parts are the names.
        let member = if value.kind() == ValueKind::Map { value.get_item(&part).ok() } else { Some(part) };
        weight += member.map_or(0, |member| weight_of(&member, most.saturating_sub(weight)));
        if weight > most {
            break;
        }
    }
    weight
}

fn of_call(call: &Call, turns: Vec<Turn>) -> Value {
    let analysis = call.analysis.clone().unwrap_or_default();
    let items = call.action_items.as_deref().unwrap_or_default();
    let duration = call.duration.unwrap_or(0);
    object([
        ("id", call.id.as_str().into()),
        ("status", Value::from_serialize(call.status)),
        ("reason", call.reason.map_or_else(|| "".into(), Value::from_serialize)),
        ("createdAt", millis(call.created_at)),
        ("finishedAt", millis(call.over_at())),
        ("recipient", of_recipient(call.recipient.as_ref())),
        ("summary", text(call.summary.as_deref())),
        ("transcriptText", lines(turns.iter().map(|turn| format!("{}: {}", turn.who, turn.what)))),
        ("transcript", turns_of(turns)),
        ("recording", text(call.recording.as_deref())),
        ("duration", duration.into()),
        ("durationMs", duration.saturating_mul(1000).into()),
        (
            "analysis",
            object([
                ("sentiment", Value::from_serialize(analysis.sentiment)),
                ("lead_warmth", Value::from_serialize(analysis.lead_warmth)),
                ("justification", analysis.justification.into()),
            ]),
        ),
        ("actionItems", Value::from_serialize(items)),
        ("actionItemsText", lines(items.iter().cloned())),
        ("tokensConsumed", call.tokens_consumed.unwrap_or(0).into()),
        ("metadata", brought(call.metadata.as_ref())),
        ("extracted", brought(call.extracted.as_ref())),
    ])
}

fn of_recipient(recipient: Option<&Recipient>) -> Value {
    let of = |field: fn(&Recipient) -> Option<&str>| text(recipient.and_then(field));
    let name = |recipient: &Recipient| {
        let names = [recipient.first_name.as_deref(), recipient.last_name.as_deref()];
        names.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    object([
        ("phoneNumber", of(|recipient| Some(recipient.phone_number.as_str()))),
        ("name", recipient.map(name).unwrap_or_default().into()),
        ("firstName", of(|recipient| recipient.first_name.as_deref())),
        ("lastName", of(|recipient| recipient.last_name.as_deref())),
        ("email", of(|recipient| recipient.email.as_deref())),
        ("companyName", of(|recipient| recipient.company_name.as_deref())),
        ("note", of(|recipient| recipient.note.as_deref())),
        ("address1", of(|recipient| recipient.address1.as_deref())),
        ("address2", of(|recipient| recipient.address2.as_deref())),
        ("city", of(|recipient| recipient.city.as_deref())),
        ("state", of(|recipient| recipient.state.as_deref())),
        ("zipCode", of(|recipient| recipient.zip_code.as_deref())),
    ])
}

/// An object of somebody else's, or an empty one.
fn brought(object: Option<&JsonObject>) -> Value {
    loose(object.map_or("{}", |object| object.as_raw().get()))
}

fn object<const N: usize>(members: [(&'static str, Value); N]) -> Value {
    Value::from_iter(members)
}

fn text(text: Option<&str>) -> Value {
    text.unwrap_or_default().into()
}

fn millis(moment: Timestamp) -> Value {
    moment.as_millis().into()
}

fn lines(lines: impl Iterator<Item = String>) -> Value {
    lines.collect::<Vec<_>>().join("\n").into()
}
