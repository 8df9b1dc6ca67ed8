//! No `Debug` shows personal data or secrets.

use std::fmt::Debug;

use serde_json::json;
use serde_json::value::to_raw_value;

use domain::{
    Analysis, AttemptRecord, Call, CallJob, Campaign, CampaignSettings, Event, IdempotencyKey,
    InboundRequest, JsonObject, LeadWarmth, Payload, PhoneNumber, Recipient, Sentiment, Slug, Turn,
    parse_completion, sample_call,
};

/// Stands in every field that nobody's log is to have.
const PRIVATE: &str = "Jannetje";
const PHONE: &str = "+15558675309";

fn recipient() -> Recipient {
    let named = || Some(PRIVATE.to_owned());
    let number = PhoneNumber::parse(PHONE).expect("a number");
    Recipient { first_name: named(), note: named(), email: named(), ..Recipient::new(number) }
}

fn analysis() -> Analysis {
    Analysis { sentiment: Sentiment::Positive, lead_warmth: LeadWarmth::Hot, justification: PRIVATE.into() }
}

fn turn() -> Turn {
    Turn { who: PRIVATE.into(), what: PRIVATE.into(), when: PRIVATE.into() }
}

fn call() -> Call {
    Call {
        recipient: Some(recipient()),
        webhook_id: domain::WebhookId::parse("wh_1").ok(),
        status: domain::CallStatus::Queued,
        summary: Some(PRIVATE.into()),
        recording: Some(PRIVATE.into()),
        analysis: Some(analysis()),
        action_items: Some(vec![PRIVATE.into()]),
        metadata: Some(object()),
        variables: Some(object()),
        extracted: Some(object()),
        ..sample_call()
    }
}

fn object() -> JsonObject {
    JsonObject::new(json!({"to": PRIVATE}).as_object().expect("an object")).expect("JSON")
}

fn campaign() -> Campaign {
    let settings = CampaignSettings {
        prompt: Some(PRIVATE.into()),
        voicemail_message: Some(PRIVATE.into()),
        follow_ups: Some(object()),
        ..CampaignSettings::default()
    };
    let mut campaign: Campaign = serde_json::from_value(json!({
        "accountId": "acc_1", "id": "cmp_1", "name": PRIVATE, "status": "active", "createdAt": 1, "updatedAt": 1,
    }))
    .expect("a campaign");
    campaign.settings = settings;
    campaign
}

fn attempt() -> AttemptRecord {
    let error = json!({"code": "dns", "message": PRIVATE});
    serde_json::from_value(json!({
        "deliveryId": "msg_1", "attemptKey": "01", "webhookId": "wh_1", "attempt": 1, "timestamp": 1,
        "outcome": "failed", "error": error, "responseBody": PRIVATE, "durationMs": 1, "test": false,
    }))
    .expect("an attempt")
}

#[test]
fn what_carries_personal_data_or_secrets_shows_none_of_it() {
    let completion = parse_completion(
        &json!({
            "version": 1, "type": "call.completion", "callId": "call_1", "accountId": "acc_1", "source": "campaign",
            "status": "finished", "finishedAt": 1, "campaign": {"id": "c", "name": PRIVATE},
            "recipient": {"phoneNumber": PHONE, "note": PRIVATE}, "summary": PRIVATE, "recording": PRIVATE,
            "transcript": [{"who": PRIVATE, "what": PRIVATE, "when": PRIVATE}], "actionItems": [PRIVATE],
            "metadata": {"to": PRIVATE}, "extracted": {"to": PRIVATE},
            "analysis": {"sentiment": "positive", "lead_warmth": "hot", "justification": PRIVATE},
        })
        .to_string(),
        domain::Timestamp::from_millis(1),
    )
    .expect("a completion");
    let (call, campaign, transcript) = (call(), campaign(), to_raw_value(&[turn()]).expect("JSON"));
    let payload = Payload {
        event: Event::CallFinished,
        webhook_id: "wh_1",
        call: &call,
        transcript: Some(&transcript),
    };
    let job = CallJob::of(&call, &campaign).expect("a job");
    let shown: [(&str, &dyn Debug); 15] = [
        ("recipient", &recipient()),
        ("phone number", &PhoneNumber::parse(PHONE).expect("a number")),
        ("turn", &turn()),
        ("analysis", &analysis()),
        ("call", &call),
        ("completion", &completion),
        ("campaign", &campaign),
        ("settings", &campaign.settings),
        ("object", &object()),
        ("job", &job),
        ("payload", &payload),
        ("attempt", &attempt()),
        (
            "request",
            &InboundRequest {
                recipient: recipient(),
                metadata: Some(object()),
                variables: Some(object()),
                dropped_fields: Vec::new(),
            },
        ),
        ("idempotency key", &IdempotencyKey::parse(PRIVATE).expect("a key")),
        ("slug", &Slug::generate(&domain::Randomness::system())),
    ];
    for (what, value) in shown {
        let shown = format!("{value:?}");
        assert!(shown.contains("***"), "{what}: {shown}");
        assert!(!shown.contains(PRIVATE) && !shown.contains(PHONE), "{what}: {shown}");
    }
}
