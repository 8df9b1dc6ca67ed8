use api::{Answer, Code, Problem, Reply, optional_time, raw, time};
use domain::{AccountId, Call, CampaignId, JsonObject, Slice};
use lambda_http::{Request, RequestExt};
use serde_json::{Value, json};
use store::{CallListFilter, lists};

use crate::manage::{Asked, Manage};

const STATUSES: [&str; 5] = ["queued", "cancelled", "finished", "missed", "failed"];
const WARMTHS: [&str; 5] = ["hot", "warm", "cold", "dead", "unknown"];

/// The calls of a campaign.
pub(crate) async fn list(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let campaign = asked.id("campaignId")?;
    let slice = api::slice(asked.request, &lists::CALLS)?;
    let filter = CallListFilter {
        status: choice(asked.request, "status", Code::InvalidStatus, &STATUSES)?,
        warmth: choice(asked.request, "warmth", Code::InvalidWarmth, &WARMTHS)?,
        period: api::period(asked.request)?,
    };
    let page = manage.store.calls(&asked.caller, &campaign, &filter, &slice).await?;
    if page.items.is_empty() {
        require_campaign(manage, &asked.caller, &campaign).await?;
    }
    Ok(Reply::Ok(api::page(&page, &lists::CALLS, list_view)))
}

/// A call with its transcript.
pub(crate) async fn show(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let found = manage.store.call(&asked.caller, &asked.id("callId")?).await?;
    let (call, transcript) = found.ok_or_else(Problem::not_found)?;
    let mut view = view(&call);
    view["metadata"] = object(call.metadata.as_ref());
    view["variables"] = object(call.variables.as_ref());
    view["extracted"] = object(call.extracted.as_ref());
    view["erasedAt"] = optional_time(call.erased_at);
    view["notes"] = json!(call.notes);
    view["transcript"] = transcript.as_deref().map_or(Value::Null, raw);
    Ok(Reply::Ok(view))
}

/// Takes away what is personal in a call that is over. Once is enough: what is erased stays erased since then.
pub(crate) async fn erase(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let id = asked.id("callId")?;
    if manage.store.erase_call(&asked.caller, &id, manage.clock.now()).await? {
        tracing::info!(call.id = %id, "the personal data of call {id} is erased");
        return Ok(Reply::NoContent);
    }
    manage.store.call(&asked.caller, &id).await?.ok_or_else(Problem::not_found)?;
    Err(Problem::conflict(Code::CallNotFinished, "the call is not over yet; erase it when it has a result"))
}

/// A bulk campaign is on no record here but through its calls.
async fn require_campaign(
    manage: &Manage,
    account: &AccountId,
    campaign: &CampaignId,
) -> Result<(), Problem> {
    if manage.store.campaign(account, campaign).await?.is_some() {
        return Ok(());
    }
    let first = Slice { limit: 1, after: None };
    let calls = manage.store.calls(account, campaign, &CallListFilter::default(), &first).await?;
    if calls.items.is_empty() { Err(Problem::not_found()) } else { Ok(()) }
}

/// A query parameter that is one of some words.
fn choice(
    request: &Request,
    name: &str,
    code: Code,
    choices: &[&'static str],
) -> Result<Option<&'static str>, Problem> {
    let query = request.query_string_parameters();
    let Some(given) = query.first(name) else { return Ok(None) };
    match choices.iter().find(|choice| **choice == given) {
        Some(choice) => Ok(Some(choice)),
        None => {
            Err(Problem::invalid_parameter(code, name, &format!("must be one of {}", choices.join(", "))))
        }
    }
}

/// A call as it stands in a list: without the note, which is long.
fn list_view(call: &Call) -> Value {
    let mut view = view(call);
    if let Some(recipient) = view["recipient"].as_object_mut() {
        recipient.remove("note");
    }
    view
}

fn object(object: Option<&JsonObject>) -> Value {
    object.map_or(Value::Null, |object| raw(object.as_raw()))
}

/// A call as each answer shows it.
fn view(call: &Call) -> Value {
    json!({
        "id": call.id,
        "status": call.status,
        "reason": call.reason,
        "source": call.source,
        "webhookId": call.webhook_id,
        "campaign": {"id": call.campaign.id, "name": call.campaign.name},
        "recipient": call.recipient,
        "summary": call.summary,
        "recording": call.recording,
        "duration": call.duration,
        "analysis": call.analysis,
        "actionItems": call.action_items,
        "tokensConsumed": call.tokens_consumed,
        "createdAt": time(call.created_at),
        "finishedAt": optional_time(call.finished_at),
    })
}
