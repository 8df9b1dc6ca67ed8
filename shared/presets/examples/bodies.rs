//! What each payload makes of some calls, as JSON: preset, call, and the body as it would be sent.
//!
//! `tests/presets` holds these bodies against what each API takes.

use std::io::{self, Write};

use domain::{
    Analysis, Call, CallStatus, Event, JsonObject, LeadWarmth, Payload, Recipient, SAMPLE_WEBHOOK_ID,
    Sentiment, sample_call, sample_cancelled_call, sample_missed_call, sample_transcript,
};
use payloads::Template;
use presets::{Content, presets};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let transcript = to_raw_value(&sample_transcript())?;
    let mut bodies = Map::new();
    for preset in presets() {
        let Content::Payload { payload } = &preset.content else { continue };
        let template = Template::for_saving(&Value::Object(payload.clone()))?;
        let mut of_calls = Map::new();
        for (name, call) in calls()? {
            of_calls.insert(name.into(), body(&template, &call, &transcript)?.into());
        }
        bodies.insert(preset.id.clone(), of_calls.into());
    }
    writeln!(io::stdout(), "{}", Value::Object(bodies))?;
    Ok(())
}

fn body(
    template: &Template,
    call: &Call,
    transcript: &RawValue,
) -> Result<String, Box<dyn std::error::Error>> {
    let event = Event::to_outbound(call.status);
    let payload = Payload { event, webhook_id: SAMPLE_WEBHOOK_ID, call, transcript: Some(transcript) };
    Ok(String::from_utf8(template.render(&payload)?.body)?)
}

/// `texts` has its ids as Zapier sends them. `long` is as long as a dialer's and a person's texts get, and longer than any of the APIs takes.
fn calls() -> serde_json::Result<[(&'static str, Call); 7]> {
    let full = Call {
        action_items: Some(vec!["Send the floor plan.".into()]),
        metadata: Some(JsonObject::new(&ids())?),
        ..sample_call()
    };
    let texts = Call { metadata: Some(as_texts(&ids())?), ..full.clone() };
    let missed = Call { metadata: full.metadata.clone(), ..sample_missed_call() };
    let failed = Call { status: CallStatus::Failed, ..missed.clone() };
    let cancelled = Call { metadata: full.metadata.clone(), ..sample_cancelled_call() };
    let bare = Call { recipient: None, metadata: None, ..failed.clone() };
    let text = |length: usize| {
        "<b>\"Ä🙂\\\n</b> @everyone <!channel> ".chars().cycle().take(length).collect::<String>()
    };
    let long = Call {
        recipient: full.recipient.clone().map(|recipient| Recipient {
            first_name: Some(text(1_000)),
            last_name: Some(text(1_000)),
            note: Some(text(1_000)),
            ..recipient
        }),
        summary: Some(text(100_000)),
        recording: Some(format!("https://recordings.example/{}", "a".repeat(1_900))),
        analysis: Some(Analysis {
            sentiment: Sentiment::Negative,
            lead_warmth: LeadWarmth::Dead,
            justification: text(10_000),
        }),
        action_items: Some(vec![text(10_000); 3]),
        campaign: domain::CampaignRef { name: text(500), ..full.campaign.clone() },
        ..full.clone()
    };
    Ok([
        ("full", full),
        ("texts", texts),
        ("missed", missed),
        ("failed", failed),
        ("cancelled", cancelled),
        ("long", long),
        ("bare", bare),
    ])
}

/// What the presets ask for: ids of each CRM.
fn ids() -> Map<String, Value> {
    let ids = [
        ("contactId", json!("4711")),
        ("personId", json!(4712)),
        ("dealId", json!(4713)),
        ("whoId", json!("003000000000001AAA")),
    ];
    ids.into_iter().map(|(name, id)| (name.to_owned(), id)).collect()
}

fn as_texts(ids: &Map<String, Value>) -> serde_json::Result<JsonObject> {
    let as_text = |id: &Value| id.as_str().map_or_else(|| id.to_string(), str::to_owned);
    JsonObject::new(&ids.iter().map(|(name, id)| (name.clone(), as_text(id).into())).collect())
}
