//! What a dialer reports: one message of `call-completions`.
#![no_main]

use domain::{Completion, CompletionStatus, InvalidCompletion, Source, Timestamp, parse_completion};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

/// When the queue took the message.
const RECEIVED: u64 = 1_730_179_400;

fuzz_target!(|body: &str| {
    let parsed = parse(body);
    if let Some(rest) = body.strip_prefix('{') {
        let more = format!(r#"{{"unknown":[null,{{"\ud83d":1e999}}],{rest}"#);
        assert_eq!(parse(&more).ok(), parsed.clone().ok(), "an unknown field means something");
    }
    let Ok(completion) = parsed else { return };

    assert!(
        completion.finished_at.as_seconds() <= RECEIVED + 5 * 60,
        "a call ends after its completion came"
    );
    assert!(completion.tokens_consumed.is_none_or(|tokens| tokens <= 1_000_000));
    assert!(completion.duration.is_none_or(|seconds| seconds <= 1_000_000_000));
    assert_eq!(completion.unqueued.is_none(), completion.source == Source::Inbound);
    if let Some((_, recipient)) = &completion.unqueued {
        for (name, text) in json!(recipient).as_object().expect("an object") {
            let text = text.as_str().expect("a text");
            assert!(!text.trim().is_empty() && text.chars().count() <= 4_096, "recipient.{name}");
        }
    }
    let texts = completion.summary.iter().chain(completion.action_items.iter().flatten());
    assert!(
        texts.chain(&completion.notes).all(|text| !text.contains('\0')),
        "a text that no receiver can store"
    );
    let again = message(&completion).to_string();
    let understood = Completion { notes: Vec::new(), ..completion };
    assert_eq!(parse(&again), Ok(understood), "what was understood is understood otherwise");
});

fn parse(body: &str) -> Result<Completion, InvalidCompletion> {
    parse_completion(body, Timestamp::from_seconds(RECEIVED))
}

/// The message that says just this.
fn message(completion: &Completion) -> Value {
    let (campaign, recipient) = completion.unqueued.clone().unzip();
    json!({
        "version": 1,
        "type": "call.completion",
        "callId": completion.call_id,
        "accountId": completion.account_id,
        "source": completion.source,
        "status": match completion.status {
            CompletionStatus::Finished => "finished",
            CompletionStatus::Missed => "missed",
            CompletionStatus::Failed => "failed",
        },
        "finishedAt": completion.finished_at,
        "campaign": campaign.map(|campaign| json!({"id": campaign.id, "name": campaign.name})),
        "recipient": recipient,
        "summary": completion.summary,
        "transcript": completion.transcript,
        "recording": completion.recording,
        "duration": completion.duration,
        "analysis": completion.analysis,
        "actionItems": completion.action_items,
        "metadata": completion.metadata.as_ref().map(|object| object.as_raw()),
        "extracted": completion.extracted.as_ref().map(|object| object.as_raw()),
        "tokensConsumed": completion.tokens_consumed,
    })
}
