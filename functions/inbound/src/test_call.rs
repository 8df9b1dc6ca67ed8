//! A campaign's test call: its owner hears the prompt before a lead does.

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{
    BodyDigest, Call, CallId, CallStatus, Campaign, CampaignRef, CountryCode, InvalidIdempotencyKey,
    Recipient, Source, normalise_phone,
};
use lambda_http::Request;
use serde_json::json;
use store::Acceptance;
use tokio::time::Instant;

use crate::inbound::{AFTER_COMMIT, COMMIT_WITHIN, Inbound};
use crate::read_request::idempotency_key;

/// A request of an account.
type Asked<'a> = api::Asked<'a, domain::AccountId>;

/// Records a test call with its credit, and sends its job. The campaign may be a draft or paused: that is when it is tested.
pub(crate) async fn test_call(inbound: &Inbound, asked: &Asked<'_>) -> Answer {
    let commit_until = Instant::now() + COMMIT_WITHIN;
    let campaign = asked.id("campaignId")?;
    let recipient = recipient(asked.request, inbound.country)?;
    let campaign = inbound.intake.current_campaign(&asked.caller, &campaign).await?;
    let campaign = campaign.ok_or_else(Problem::not_found)?;
    if !campaign.has_prompt() {
        return Err(Problem::conflict(Code::NoPrompt, "the campaign has no prompt"));
    }
    let call = call(inbound, asked.request, &campaign, recipient)?;
    match inbound.intake.accept(&call, commit_until).await? {
        Acceptance::Recorded => {
            send_job(inbound, &call, &campaign).await;
            Ok(Reply::Accepted(json!({"callId": call.id})))
        }
        Acceptance::Repeat(first) if first.body_digest == call.body_digest => {
            Ok(Reply::Accepted(json!({"callId": first.id})))
        }
        Acceptance::Repeat(_) => Err(Problem::conflict(
            Code::IdempotencyKeyReused,
            "another request was sent with this Idempotency-Key before",
        )),
        Acceptance::InsufficientFunds => {
            Err(Problem::conflict(Code::InsufficientFunds, "the account has no credit left"))
        }
    }
}

/// After the commit nothing may change the answer, nor hold it up for long: what is not sent is sent by the relay.
async fn send_job(inbound: &Inbound, call: &Call, campaign: &Campaign) {
    if tokio::time::timeout(AFTER_COMMIT, inbound.send_job(call, campaign)).await.is_err() {
        tracing::warn!(call.id = %call.id, "call {} is answered before its job is sent", call.id);
    }
}

/// The call, with one credit reserved. It has no webhook: nobody's request triggered it, so no response webhook is told.
fn call(
    inbound: &Inbound,
    request: &Request,
    campaign: &Campaign,
    recipient: Recipient,
) -> Result<Call, Problem> {
    let key = idempotency_key(request).map_err(|InvalidIdempotencyKey| Problem::invalid_idempotency_key())?;
    let at = inbound.clock.now();
    let named = CampaignRef { id: campaign.id.clone(), name: campaign.name.clone() };
    let id = match &key {
        Some(key) => CallId::derived(campaign.id.as_str(), key),
        None => CallId::new(at, &inbound.randomness),
    };
    let account = campaign.account_id.clone();
    Ok(Call {
        reserved_credits: Call::RESERVED_CREDITS,
        body_digest: key.map(|_| BodyDigest::of(request.body())),
        ..Call::new(id, account, Source::Test, named, recipient, CallStatus::Queued, at)
    })
}

/// Whom to call. Refused field by field, as the management API does it: somebody has typed it and can put it right. What is too
/// long is refused, too, and not cut.
fn recipient(request: &Request, country: CountryCode) -> Result<Recipient, Problem> {
    let known: Vec<&str> = ["phoneNumber"].into_iter().chain(Recipient::TEXT_FIELDS).collect();
    let mut fields = Fields::parse(request.body(), &known)?;
    let written = fields.required_text("phoneNumber", Recipient::MAX_TEXT_CHARS)?;
    let phone = normalise_phone(&written, country)
        .map_err(|refused| Problem::refused_phone(fields.at("phoneNumber"), refused))?;
    let mut recipient = Recipient::new(phone);
    for (name, field) in recipient.optional_fields() {
        *field = fields.optional_text(name, Recipient::MAX_TEXT_CHARS)?;
    }
    Ok(recipient)
}
