//! `POST /v1/webhooks/preview`: the body that a payload makes of a call, before it is saved.

use api::{Answer, Code, Fields, Problem, Reply};
use domain::{
    AccountId, Call, CallId, CallStatus, Event, Payload, SAMPLE_WEBHOOK_ID, sample_call,
    sample_cancelled_call, sample_transcript,
};
use payloads::{ContentType, InvalidTemplate, Rendered};
use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};

use crate::manage::{Asked, Manage};
use crate::webhooks::payload::document;

pub(crate) async fn preview(manage: &Manage, asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::parse(asked.request.body(), &["payload", "event", "callId"])?;
    let own = fields.change("payload", document)?.ok_or_else(|| Problem::missing_field("payload"))?;
    let event = fields.choice("event", &Event::BY_NAME)?.unwrap_or(Event::CallFinished);
    let (call, transcript) = match fields.id("callId", "call")? {
        Some(id) => real_call(manage, &asked.caller, &id).await?,
        None if event == Event::CallCancelled => (sample_cancelled_call(), None),
        None => (sample_call(), Some(to_raw_value(&sample_transcript())?)),
    };
    let (event, transcript) = (as_told(event, call.status), transcript.as_deref());
    let payload = Payload { event, webhook_id: SAMPLE_WEBHOOK_ID, call: &call, transcript };
    let Rendered { content_type, body } = match own {
        Some((_, template)) => template
            .render(&payload)
            .map_err(InvalidTemplate::from)
            .map_err(|error| Problem::invalid_field(error.within("payload"), error.reason))?,
        None => Rendered { content_type: ContentType::Json, body: payload.body()? },
    };
    Ok(Reply::Ok(json!({"contentType": content_type.as_str(), "body": String::from_utf8_lossy(&body)})))
}

/// Whether a call rang is its own to say. What is asked for is only whether its response webhook or others are told of it.
fn as_told(asked: Event, status: CallStatus) -> Event {
    match asked {
        Event::CallCompleted if status != CallStatus::Cancelled => asked,
        _ => Event::to_outbound(status),
    }
}

/// A call of the account that there is something to tell of. Of one that was erased there is nothing any more.
async fn real_call(
    manage: &Manage,
    account: &AccountId,
    id: &CallId,
) -> Result<(Call, Option<Box<RawValue>>), Problem> {
    let found = manage.store.call(account, id).await?.filter(|(call, _)| call.erased_at.is_none());
    let (call, transcript) = found.ok_or_else(Problem::not_found)?;
    if call.status == CallStatus::Queued {
        let message = "the call is not over yet; try again when it has a result";
        return Err(Problem::conflict(Code::CallNotFinished, message));
    }
    Ok((call, transcript))
}
