//! What expressions ask: the shape of `call.finished` with every documented field, and what is stored or derived beside it.

use domain::{Call, JsonObject, Payload, Recipient, Timestamp, Turn};
use minijinja::Value;

use crate::loose::loose;
use crate::names::is_within;

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
        ("call", of_call(call, &turns)),
        (
            "campaign",
            object([("id", call.campaign.id.as_str().into()), ("name", call.campaign.name.as_str().into())]),
        ),
    ])
}

/// How long the longest texts are that `name` stands for, in bytes: what it costs to handle them.
pub(crate) fn weight(context: &Value, name: &str) -> usize {
    let value = name.split('.').try_fold(context.clone(), |value, part| value.get_attr(part));
    let text = |value: Value| value.as_str().map_or(0, str::len);
    match value {
        Ok(value) if value.as_str().is_some() => text(value),
        // An object or a list: of the long parts, whatever lies in it.
        _ => LONG
            .iter()
            .filter(|long| is_within(long, name) || is_within(name, "call.transcript"))
            .map(|long| weight(context, long))
            .sum(),
    }
}

/// Of these a text may be long.
const LONG: [&str; 4] =
    ["call.transcriptText", "call.summary", "call.analysis.justification", "call.actionItemsText"];

fn of_call(call: &Call, turns: &[Turn]) -> Value {
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
        ("transcript", Value::from_serialize(turns)),
        ("transcriptText", lines(turns.iter().map(|turn| format!("{}: {}", turn.who, turn.what)))),
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
