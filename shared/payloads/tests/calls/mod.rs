//! Calls with any texts in them.

use domain::{Analysis, Call, CampaignRef, LeadWarmth, Recipient, Sentiment, Turn, sample_call};

/// Every field of a call that a person or a model writes.
pub(crate) fn call_of(texts: &[String; 8]) -> (Call, Box<serde_json::value::RawValue>) {
    let sample = sample_call();
    let number = sample.recipient.clone().expect("a recipient").phone_number;
    let [first_name, note, company_name, summary, justification, item, what, campaign] = texts.clone();
    let recipient = Recipient {
        first_name: Some(first_name),
        note: Some(note),
        company_name: Some(company_name),
        ..Recipient::new(number)
    };
    let turns = [Turn { who: "user".into(), what, when: String::new() }];
    let call = Call {
        recipient: Some(recipient),
        summary: Some(summary),
        analysis: Some(Analysis {
            sentiment: Sentiment::Neutral,
            lead_warmth: LeadWarmth::Cold,
            justification,
        }),
        action_items: Some(vec![item]),
        campaign: CampaignRef { name: campaign, ..sample.campaign.clone() },
        ..sample
    };
    (call, serde_json::value::to_raw_value(&turns).expect("JSON"))
}
