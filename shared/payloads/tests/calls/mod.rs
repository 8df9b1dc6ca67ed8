//! Calls with any texts in them.

use domain::{Analysis, Call, CampaignRef, JsonObject, LeadWarmth, Recipient, Sentiment, Turn, sample_call};
use serde_json::json;

/// How many fields of a call a person, a CRM or a model writes.
pub(crate) const FIELDS: usize = 18;

/// A call with a text in each of them.
pub(crate) fn call_of(texts: &[String; FIELDS]) -> (Call, Box<serde_json::value::RawValue>) {
    let sample = sample_call();
    let number = sample.recipient.clone().expect("a recipient").phone_number;
    let [first, last, email, company, note, address1, address2, city, state, zip, rest @ ..] = texts.clone();
    let [summary, recording, justification, item, what, campaign, metadata, extracted] = rest;
    let recipient = Recipient {
        first_name: Some(first),
        last_name: Some(last),
        email: Some(email),
        company_name: Some(company),
        note: Some(note),
        address1: Some(address1),
        address2: Some(address2),
        city: Some(city),
        state: Some(state),
        zip_code: Some(zip),
        ..Recipient::new(number)
    };
    let object = |text: String| JsonObject::try_from(json!({"text": text}).to_string()).ok();
    let turns = [Turn { who: "user".into(), what, when: String::new() }];
    let call = Call {
        recipient: Some(recipient),
        summary: Some(summary),
        recording: Some(recording),
        analysis: Some(Analysis {
            sentiment: Sentiment::Neutral,
            lead_warmth: LeadWarmth::Cold,
            justification,
        }),
        action_items: Some(vec![item]),
        campaign: CampaignRef { name: campaign, ..sample.campaign.clone() },
        metadata: object(metadata),
        extracted: object(extracted),
        ..sample
    };
    (call, serde_json::value::to_raw_value(&turns).expect("JSON"))
}
