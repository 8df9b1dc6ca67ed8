//! A payload as the query of a GET delivery: it says what the body of a POST would. Input, line by line (`-` is absent):
//! URL, how often the transcript is repeated, first name, note, summary, recording, justification, campaign; then the
//! transcript, a turn a line.
#![no_main]

use domain::{Analysis, Call, CampaignId, CampaignRef, Event, Payload, TargetUrl, Turn, sample_call};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use url::Url;

fuzz_target!(|input: &str| {
    let mut lines = input.split('\n');
    let Ok(target) = TargetUrl::parse(lines.next().unwrap_or_default()) else { return };
    let repeated: usize = lines.next().and_then(|line| line.parse().ok()).unwrap_or(1);
    let mut field = || lines.next().filter(|line| *line != "-").map(str::to_owned);
    let mut call = sample_call();
    let (first_name, note) = (field(), field());
    if let Some(recipient) = &mut call.recipient {
        (recipient.first_name, recipient.note) = (first_name, note);
    }
    call.summary = field();
    call.recording = field();
    call.analysis = field().map(|justification| Analysis { justification, ..Analysis::default() });
    if let Some(name) = field() {
        call.campaign = CampaignRef { id: CampaignId::parse("cmp_1").expect("an id"), name };
        (call.duration, call.tokens_consumed) = (None, None);
    }
    let turns: Vec<Turn> = lines.map(turn).collect();
    // Longer ones would take time and tell nothing new: 8,000 bytes of a URL are full with them.
    let most = 6_000 / turns.iter().map(|turn| 40 + turn.what.len()).sum::<usize>().max(1);
    let turns: Vec<&Turn> = turns.iter().cycle().take(turns.len() * repeated.min(most).max(1)).collect();
    let transcript = (!turns.is_empty()).then(|| to_raw_value(&turns).expect("JSON"));
    for event in [Event::CallFinished, Event::CallCompleted] {
        check(event, &call, transcript.as_deref(), target.url());
    }
});

fn turn(line: &str) -> Turn {
    let (who, what) = line.split_once(": ").unwrap_or(("", line));
    Turn { who: who.to_owned(), what: what.to_owned(), when: String::new() }
}

fn check(event: Event, call: &Call, transcript: Option<&RawValue>, own: &Url) {
    let payload = Payload { event, webhook_id: "wh_1", call, transcript };
    let url = payload.query_url(own).expect("a URL").expect("room beside any URL that can be saved");
    assert!(url.as_str().len() <= 8_000, "too long for common servers");
    assert_eq!(Url::parse(url.as_str()).as_ref(), Ok(&url), "as it is requested");
    let mut before_query = url.clone();
    before_query.set_query(own.query());
    assert_eq!(&before_query, own, "more than the query changed");

    let query = url.query().expect("a query");
    let added = match own.query().filter(|own| !own.is_empty()) {
        Some(own) => {
            query.strip_prefix(own).and_then(|rest| rest.strip_prefix('&')).expect("its own query first")
        }
        None => query,
    };
    let body: Value = serde_json::from_slice(&payload.body().expect("a body")).expect("JSON");
    let mut expected = Vec::new();
    flatten("", &body, &mut expected);
    let before = url.as_str().len() - added.len();
    let whole = before + encoded_length(&expected);
    let is_transcript = |(name, json): &&mut (String, String)| name == "call.transcript" && json != "[]";
    if let Some(pair) = expected.iter_mut().find(|pair| is_transcript(pair) && whole > 8_000) {
        *pair = ("call.transcriptOmitted".to_owned(), "true".to_owned());
    }
    let mut pairs: Vec<(String, String)> =
        url::form_urlencoded::parse(added.as_bytes()).into_owned().collect();
    if before + encoded_length(&expected) > 8_000 {
        check_cut(&mut pairs, &mut expected);
    }
    assert_eq!(pairs, expected, "GET and POST tell different things");
}

/// The texts that `call.truncated` names begin as they should, end before that, and are of about one length.
fn check_cut(pairs: &mut Vec<(String, String)>, expected: &mut [(String, String)]) {
    let (name, truncated) = pairs.pop().expect("parameters");
    assert_eq!(name, "call.truncated");
    let mut lengths = Vec::new();
    for name in truncated.split(',') {
        let sent = pairs.iter().find(|pair| pair.0 == name).expect("a parameter that is sent").clone();
        let whole = expected.iter_mut().find(|pair| pair.0 == name).expect("a parameter of the payload");
        assert!(whole.1.starts_with(&sent.1) && whole.1.len() > sent.1.len(), "{name} is not cut");
        lengths.push(encoded_length(std::slice::from_ref(&sent)) - name.len());
        *whole = sent;
    }
    let (least, most) = (lengths.iter().min().expect("one"), lengths.iter().max().expect("one"));
    // A character has at most twelve bytes here.
    assert!(most - least <= 12, "{truncated}: {lengths:?}");
}

/// The scalars of a payload under their dotted names; `null` is empty, the transcript is one JSON value.
fn flatten(name: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    let text = match value {
        Value::Object(fields) => {
            for (part, value) in fields {
                let dotted = if name.is_empty() { part.clone() } else { format!("{name}.{part}") };
                flatten(&dotted, value, pairs);
            }
            return;
        }
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    pairs.push((name.to_owned(), text));
}

/// Bytes of a query in which all but RFC 3986's unreserved characters are `%XX`.
fn encoded_length(pairs: &[(String, String)]) -> usize {
    let of_byte = |byte: u8| if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) { 1 } else { 3 };
    let of_pair = |(name, text): &(String, String)| name.len() + 1 + text.bytes().map(of_byte).sum::<usize>();
    pairs.iter().map(of_pair).sum::<usize>() + pairs.len() - 1
}
