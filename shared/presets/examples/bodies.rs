//! What each payload makes of some calls, as JSON: preset, call, and the body as it would be sent.
//!
//! `tests/presets` holds these bodies against what each API takes.

use std::io::{self, Write};

use domain::{
    Analysis, Call, CallStatus, Event, JsonObject, LeadWarmth, Payload, Recipient, SAMPLE_WEBHOOK_ID,
    Sentiment, Turn, sample_call, sample_cancelled_call, sample_missed_call, sample_transcript,
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
        for (at, text) in odd_texts().iter().enumerate() {
            let (odd, transcript) = odd_call(text)?;
            of_calls.insert(format!("odd {at}"), body(&template, &odd, &transcript)?.into());
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

/// What people, CRMs and models write where something else belongs, and what means something to whoever reads it.
fn odd_texts() -> Vec<String> {
    let short = [
        "n/a",
        "-",
        "..",
        "0",
        "null",
        "None",
        "false",
        "=1+1",
        "a@b",
        "@",
        "Jane <jane@example.com>",
        "jane@example.com, joe@example.com",
        "\"",
        "'\\",
        "\",\"x\":\"",
        "{{ call.id }}",
        "{% if x %}",
        "}}",
        "a&b=c%00+d",
        "<b>&amp;</b><script>",
        "@everyone <!channel> <users/all> <at>all</at>",
        "[x](javascript:alert(1))",
        "javascript:alert(1)",
        "http://",
        "https://a b",
        "two\r\nlines\tand a tab",
        "\u{1}\u{7f}\u{85}",
        "\u{202e}\u{200b}\u{feff}x",
        "🙂 é 漢 \u{301}",
    ];
    let long = ["n/a ", "🙂", "\"\\\n"].map(|text| text.repeat(4_096 / text.chars().count()));
    short.into_iter().map(str::to_owned).chain(long).collect()
}

/// A call that has the text wherever a text can stand, and the ids of its CRM as they should be.
fn odd_call(text: &str) -> serde_json::Result<(Call, Box<RawValue>)> {
    let sample = sample_call();
    let mut recipient = sample.recipient.clone();
    for (_, field) in recipient.iter_mut().flat_map(Recipient::optional_fields) {
        *field = Some(text.to_owned());
    }
    let mut odd = Map::new();
    // No request brings along more than 4 KiB.
    let brought: String = text.chars().take(300).collect();
    odd.insert("odd".into(), json!([brought, {&brought: brought}]));
    let metadata = ids().into_iter().chain(odd.clone()).collect();
    let turn = Turn { who: text.into(), what: text.into(), when: text.into() };
    let call = Call {
        recipient,
        summary: Some(text.to_owned()),
        recording: Some(text.to_owned()),
        analysis: sample.analysis.clone().map(|analysis| Analysis { justification: text.into(), ..analysis }),
        action_items: Some(vec![text.to_owned(); 3]),
        campaign: domain::CampaignRef { name: text.to_owned(), ..sample.campaign.clone() },
        metadata: Some(JsonObject::new(&metadata)?),
        extracted: Some(JsonObject::new(&odd)?),
        ..sample
    };
    Ok((call, to_raw_value(&[turn.clone(), turn])?))
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
