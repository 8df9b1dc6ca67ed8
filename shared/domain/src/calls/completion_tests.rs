use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::calls::{LeadWarmth, Sentiment};

const RECEIVED: Timestamp = Timestamp::from_seconds(1_730_179_400);

fn minimal() -> Value {
    json!({
        "version": 1, "type": "call.completion", "callId": "call_1", "accountId": "acc_1", "source": "campaign",
        "status": "finished", "finishedAt": 1_730_179_342_000_u64, "campaign": {"id": "campaign_123", "name": "Q4"},
        "recipient": {"phoneNumber": "+15551234567", "firstName": "Jane", "email": "", "city": null}
    })
}

fn parse(message: &Value) -> Result<Completion, InvalidCompletion> {
    parse_completion(&message.to_string(), RECEIVED)
}

/// The completion whose field has this value.
fn with(field: &str, value: Value) -> Completion {
    let mut message = minimal();
    message[field] = value;
    parse(&message).expect(field)
}

#[test]
fn everything_from_the_summary_on_is_optional() {
    let completion = parse(&minimal()).expect("a completion");
    assert_eq!(completion.summary, None);
    assert_eq!(completion.tokens_consumed, None);
    let (campaign, recipient) = completion.unqueued.expect("a bulk call");
    assert_eq!(campaign.name, "Q4");
    assert_eq!(recipient.first_name.as_deref(), Some("Jane"));
    assert_eq!((recipient.email, recipient.city), (None, None));
}

#[test]
fn what_the_dialer_has_filled_in_is_kept_and_a_bulk_call_may_bring_metadata() {
    let text = |object: Option<JsonObject>| object.map(String::from);
    let filled_in = r#"{"appointment":"2026-12-01","party":4}"#;
    for source in ["inbound", "campaign"] {
        let mut message = minimal();
        message["source"] = json!(source);
        message["extracted"] = json!({"appointment": "2026-12-01", "party": 4});
        message["metadata"] = json!({"personId": 7});
        let completion = parse(&message).expect("a completion");
        assert_eq!(text(completion.extracted).as_deref(), Some(filled_in));
        let brought = (source == "campaign").then_some(r#"{"personId":7}"#);
        assert_eq!(
            text(completion.metadata).as_deref(),
            brought,
            "of a call that was queued here, its record counts"
        );
        assert_eq!(completion.notes, Vec::<String>::new());
    }
}

#[test]
fn objects_that_cannot_be_handed_on_are_left_out_and_noted() {
    for (field, unusable) in [
        ("extracted", json!([1])),
        ("extracted", json!({"a": "x".repeat(16 * 1024)})),
        ("metadata", json!("x")),
        ("metadata", json!({"a": "x".repeat(4 * 1024)})),
    ] {
        let completion = with(field, unusable);
        assert_eq!((completion.extracted, completion.metadata), (None, None), "{field}");
        assert_eq!(completion.notes, [format!("{field}: could not be used and is left out")]);
    }
}

#[test]
fn an_inbound_call_needs_no_recipient_and_no_campaign() {
    let mut message = minimal();
    message["source"] = json!("inbound");
    message["recipient"] = json!(7);
    message.as_object_mut().expect("an object").remove("campaign");
    assert_eq!(parse(&message).expect("a completion").unqueued, None);
}

#[test]
fn each_field_of_a_wrong_shape_is_named() {
    for (field, value) in [
        ("type", json!("call.job")),
        ("callId", json!(7)),
        ("callId", json!("call.7")),
        ("accountId", json!("nobody")),
        ("source", json!("bulk")),
        ("status", json!("cancelled")),
        ("campaign", json!([])),
        ("campaign", json!({"name": "Q4"})),
        ("recipient", json!("Jane")),
        ("recipient", json!({"phoneNumber": "5551234567"})),
    ] {
        let mut message = minimal();
        message[field] = value.clone();
        let error = parse(&message).expect_err(field);
        assert_eq!(error.code(), "invalid_completion");
        assert!(error.to_string().contains(field), "{field} {value}: {error}");
    }
}

#[test]
fn the_end_of_a_call_is_a_moment_in_any_unit_that_computers_write() {
    for (value, millis, note) in [
        (json!(1_730_179_342_000_u64), 1_730_179_342_000, None),
        (json!(1_730_179_342), 1_730_179_342_000, Some("finishedAt: read as seconds")),
        (json!(1_730_179_342.5), 1_730_179_342_500, Some("finishedAt: read as seconds")),
        (json!(1_730_179_342_000_001_u64), 1_730_179_342_000, Some("finishedAt: read as microseconds")),
        (json!(1_730_179_342_000_000_001_u64), 1_730_179_342_000, Some("finishedAt: read as nanoseconds")),
        (json!("1730179342000"), 1_730_179_342_000, Some("finishedAt: read as milliseconds")),
        (json!("2024-10-29T05:22:22Z"), 1_730_179_342_000, Some("finishedAt: read as a date")),
    ] {
        let completion = with("finishedAt", value.clone());
        assert_eq!(completion.finished_at.as_millis(), millis, "{value}");
        assert_eq!(completion.notes.first().map(String::as_str), note, "{value}");
    }
    for value in [
        json!(null),
        json!("now"),
        json!(-1),
        json!(0),
        json!(142),
        json!("1970-02-01T00:00:00Z"),
        json!(1e300),
        json!({}),
        json!(RECEIVED.as_millis() + 300_001),
        json!("2224-10-29T05:22:22Z"),
    ] {
        let completion = with("finishedAt", value.clone());
        assert_eq!((completion.finished_at, completion.notes.len()), (RECEIVED, 1), "{value}");
    }
    // The dialer's clock may be ahead of the queue's.
    let ahead = RECEIVED.plus(Duration::from_secs(300));
    assert_eq!(with("finishedAt", json!(ahead)).finished_at, ahead);
}

#[test]
fn a_part_that_can_be_understood_is_read_and_noted() {
    let analysis = |part: &str, value: &str| with("analysis", json!({ part: value }));
    assert_eq!(analysis("lead_warmth", "HOT").analysis.expect("one").lead_warmth, LeadWarmth::Hot);
    assert_eq!(analysis("lead_warmth", "HOT").notes, ["analysis.lead_warmth: read as \"hot\""]);
    assert_eq!(analysis("sentiment", " Positive ").analysis.expect("one").sentiment, Sentiment::Positive);
    assert_eq!(with("status", json!("FINISHED")).status, CompletionStatus::Finished);
    for duration in [json!("142"), json!("141.6"), json!(141.6), json!(142)] {
        assert_eq!(with("duration", duration.clone()).duration, Some(142), "{duration}");
    }
    assert_eq!(with("duration", json!("142")).notes, ["duration: read as a number"]);
    assert_eq!(with("tokensConsumed", json!("3")).tokens_consumed, Some(3));
    assert_eq!(with("tokensConsumed", json!(3.0)).tokens_consumed, Some(3));
    assert_eq!(with("summary", json!(7)).summary.as_deref(), Some("7"));
    assert_eq!(with("actionItems", json!("Call back")).action_items, Some(vec!["Call back".to_owned()]));
    assert_eq!(with("actionItems", json!([7, {}])).action_items, Some(vec!["7".to_owned()]));
    let turns = json!([
        {"who": "user", "what": "Hi", "when": 1_730_179_342},
        {"what": "Ho"},
        {"who": "user"},
        "Hm"
    ]);
    let turns = with("transcript", turns).transcript.expect("turns");
    assert_eq!((turns[0].when.as_str(), turns.len()), ("2024-10-29T05:22:22.000Z", 2));
    assert_eq!((turns[1].who.as_str(), turns[1].what.as_str(), turns[1].when.as_str()), ("", "Ho", ""));
}

#[test]
fn a_part_that_cannot_be_understood_is_left_out_and_noted() {
    for (field, value) in [
        ("summary", json!({})),
        ("transcript", json!("Hi")),
        ("recording", json!([1])),
        ("duration", json!("long")),
        ("duration", json!("inf")),
        ("duration", json!(-1)),
        ("analysis", json!([])),
        ("actionItems", json!(1)),
        ("duration", json!("NaN")),
    ] {
        let notes = with(field, value.clone()).notes;
        let without = Completion { notes: Vec::new(), ..with(field, value.clone()) };
        assert_eq!(without, with(field, json!(null)), "{field} {value}");
        assert!(notes.iter().any(|note| note.starts_with(field)), "{field} {value}: {notes:?}");
    }
    let unknown = with("analysis", json!({"sentiment": "mixed", "lead_warmth": 7, "justification": "Keen"}));
    let analysis = Analysis { justification: "Keen".into(), ..Analysis::default() };
    assert_eq!((unknown.analysis, unknown.notes.len()), (Some(analysis), 2));
}

#[test]
fn a_cost_that_cannot_be_used_makes_no_call_free() {
    for (written, cost) in [(json!(1.5), 2), (json!("0.2"), 1), (json!(0), 0), (json!(1_000_000), 1_000_000)]
    {
        assert_eq!(with("tokensConsumed", written.clone()).tokens_consumed, Some(cost), "{written}");
    }
    assert_eq!(with("tokensConsumed", json!(1.5)).notes, ["tokensConsumed: rounded up"]);
    for unusable in [
        json!("3 credits"),
        json!(""),
        json!("NaN"),
        json!("-1"),
        json!(-1),
        json!(1_000_001),
        json!(1_000_000.5),
        json!(true),
        json!([3]),
        json!({}),
    ] {
        let completion = with("tokensConsumed", unusable.clone());
        assert_eq!(completion.tokens_consumed, Some(1), "{unusable}");
        let note = "tokensConsumed: could not be used; it is the one credit that a call reserves";
        assert_eq!(completion.notes, [note], "{unusable}");
    }
    assert_eq!(with("tokensConsumed", json!(null)).tokens_consumed, None);
}

#[test]
fn every_text_that_was_repaired_is_noted_by_name() {
    let mut message = minimal();
    message["status"] = json!("finished\0");
    message["campaign"]["name"] = json!("\0Q4");
    message["recipient"]["city"] = json!("Aus\0tin");
    message["transcript"] = json!([{"who": "us\0er", "what": "H\0i", "when": "\0now"}]);
    message["analysis"] = json!({"sentiment": "\0hot", "justification": "Ke\0en"});
    message["actionItems"] = json!(["Ca\0ll"]);
    let completion = parse(&message).expect("a completion");
    let noted: Vec<_> = completion.notes.iter().filter(|note| note.contains("\\u0000")).collect();
    for path in [
        "campaign.name",
        "recipient.city",
        "transcript[].who",
        "transcript[].what",
        "transcript[].when",
        "analysis.justification",
        "actionItems[]",
    ] {
        assert!(noted.iter().any(|note| note.starts_with(path)), "{path}: {noted:?}");
    }
    assert_eq!(completion.notes[0], "status: read as \"finished\"");
    assert!(with("actionItems", json!("Ca\0ll")).notes.iter().any(|note| note.contains("\\u0000")));
}

#[test]
fn a_part_has_one_note_that_says_what_became_of_it() {
    for duration in [json!("NaN"), json!("-1"), json!("inf"), json!("1e10")] {
        let notes = with("duration", duration.clone()).notes;
        assert_eq!(notes, ["duration: could not be used and is left out"], "{duration}");
    }
}

#[test]
fn a_bulk_calls_recipient_is_read_as_people_write_it_and_no_country_is_guessed() {
    for phone in [json!("+1 (555) 123-4567"), json!(15_551_234_567_u64), json!("+15551234567")] {
        let completion = with("recipient", json!({"phoneNumber": phone, "firstName": 7, "city": {}}));
        let (_, recipient) = completion.unqueued.expect("a bulk call");
        assert_eq!(recipient.phone_number.as_str(), "+15551234567", "{phone}");
        assert_eq!((recipient.first_name.as_deref(), recipient.city), (Some("7"), None));
        assert!(completion.notes.iter().any(|note| note.starts_with("recipient.city")));
    }
    for (phone, read) in [
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+33 (0)6 12 34 56 78", "+33612345678"),
        ("tel:+1-555-123-4567", "+15551234567"),
    ] {
        let (_, recipient) = with("recipient", json!({"phoneNumber": phone})).unqueued.expect("a bulk call");
        assert_eq!(recipient.phone_number.as_str(), read, "{phone}");
    }
    let (campaign, _) = with("campaign", json!({"id": "cmp_7"})).unqueued.expect("a bulk call");
    assert_eq!(campaign.name, "cmp_7");
}

#[test]
fn half_a_surrogate_pair_a_mark_and_odd_unknown_fields_do_not_cost_the_result() {
    let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
    let body = minimal().to_string();
    let rest = body.strip_prefix('{').expect("an object");
    let odd = format!("\u{feff}{{\"x\":1e999,\"y\":{deep},\"summary\":\"Nice \\ud83d\\u0000\",{rest}");
    let completion = parse_completion(&odd, RECEIVED).expect("a completion");
    assert_eq!(completion.summary.as_deref(), Some("Nice \u{fffd}"));
    assert_eq!(completion.notes, ["summary: half a character or \\u0000 is replaced or left out"]);
}

#[test]
fn another_version_is_not_guessed_at() {
    for version in [json!(2), json!("2"), json!("v1"), json!(""), json!(true), json!(null)] {
        let mut message = minimal();
        message["version"] = version;
        assert_eq!(parse(&message).expect_err("a version").code(), "unsupported_version");
    }
    assert_eq!(with("version", json!("1")).notes, ["version: read as a number"]);
    assert_eq!(parse_completion("[1]", RECEIVED).expect_err("no object").code(), "invalid_json");
}

#[test]
fn a_reason_quotes_nothing_of_the_message() {
    let mut message = minimal();
    message["recipient"] = json!({"phoneNumber": "secret-number"});
    assert!(!parse(&message).expect_err("a phone").to_string().contains("secret-number"));
}

#[test]
fn null_is_absent_and_a_fraction_of_a_second_is_rounded() {
    let mut message = minimal();
    message["summary"] = json!(null);
    message["duration"] = json!(141.6);
    let completion = parse(&message).expect("a completion");
    assert_eq!((completion.summary, completion.duration), (None, Some(142)));
}

proptest! {
    #[test]
    fn no_message_makes_the_parser_panic(text in "\\PC{0,200}") {
        let _ = parse_completion(&text, RECEIVED);
    }
}
