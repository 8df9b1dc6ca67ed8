//! One attempt: from what is on record to the row that says how it went.

use std::time::Duration;

use delivery::{AttemptResult, Destination, attempt};
use domain::{
    AttemptRecord, Call, Ended, Endpoint, EndpointStatus, Event, NoEndpointError, Outcome, Payload,
    Timestamp, Webhook, next_attempt_at, slowness,
};
use payloads::Body;
use store::{AskedEvents, Disabling, Loaded};

use crate::deliverer::{DeliverError, Deliverer};
use crate::due_attempts::{DueAttempt, Lane};
use crate::endpoint_changes::{HasRow, tell_account, tell_again, tell_disabled};
use crate::templates::OfBatch;

/// What became of an attempt that was due.
#[derive(Debug)]
pub(crate) enum MadeAttempt {
    /// The attempt is made, or the delivery has ended without it: the row that is to be written, and how long the first attempt
    /// of a delivery was waited for.
    Now(AttemptRecord, Option<Duration>),
    /// The attempt was made before: its row.
    Before(AttemptRecord),
    /// It is for the slow lane to make.
    Postponed,
}

/// What an attempt means for its endpoint.
enum Verdict {
    Keep,
    /// It has said that it is gone.
    Gone,
    /// It has failed since this moment, and is given up.
    Failing(Timestamp),
}

/// Makes an attempt that is due, or finds why it is not to be made.
pub(crate) async fn make(
    deliverer: &Deliverer,
    due: &DueAttempt,
    loaded: &Loaded,
    templates: &OfBatch,
) -> Result<MadeAttempt, DeliverError> {
    let ids = due.ids();
    let asked = loaded.asked_events(&ids);
    if let Some(record) = loaded.logged(&ids)? {
        // One that cannot be read keeps nobody from going on.
        if let Ok(Some(webhook)) = loaded.webhook(&ids) {
            tell_again(deliverer, due, webhook, asked, HasRow::Yes).await?;
        }
        return Ok(MadeAttempt::Before(record.clone()));
    }
    let now = deliverer.clock.now();
    let Some(webhook) = loaded.webhook(&ids)? else {
        return Ok(ended(due, now, Ended::WebhookDeleted, "the webhook was deleted"));
    };
    let endpoint = match webhook.endpoint_for(due.message.event) {
        Ok(endpoint) => endpoint,
        Err(NoEndpointError::Disabled) => {
            tell_again(deliverer, due, webhook, asked, HasRow::No).await?;
            return Ok(ended(due, now, Ended::WebhookDisabled, "the webhook is disabled"));
        }
        Err(NoEndpointError::Absent) => {
            return Ok(ended(due, now, Ended::WebhookDeleted, "the response webhook was removed"));
        }
    };
    if due.lane == Lane::Fast && endpoint.is_for_the_slow_lane() {
        return Ok(MadeAttempt::Postponed);
    }
    if let Some(about) = due.message.subject.about() {
        let attempted = send(deliverer, due, (webhook, endpoint), Body::Documented(about)).await?;
        return judge(deliverer, due, (webhook, endpoint), asked, attempted)
            .await
            .map(|record| MadeAttempt::Now(record, None));
    }
    // Erased by its owner; or gone, when the deployment does not keep calls for ever.
    let Some((call, transcript)) = loaded.call(&ids)?.filter(|(call, _)| call.erased_at.is_none()) else {
        return Ok(ended(due, now, Ended::CallErased, "the call was erased"));
    };
    let (event, webhook_id) = (due.message.event, due.message.webhook_id.as_str());
    let payload = Payload { event, webhook_id, call, transcript };
    let attempted = match templates.of(webhook, event)? {
        None => send(deliverer, due, (webhook, endpoint), Body::Documented(&payload)).await?,
        Some(Ok(template)) => {
            send(deliverer, due, (webhook, endpoint), Body::Own(&payload, template)).await?
        }
        Some(Err(why)) => {
            // It was checked when it was saved: another version of this code reads it in another way.
            tracing::error!(webhook.id = %webhook.id, "the stored payload of webhook {} cannot be read any more", webhook.id);
            AttemptResult::no_payload(now, why)
        }
    };
    let waited = waited(due, call, attempted.timestamp);
    judge(deliverer, due, (webhook, endpoint), asked, attempted)
        .await
        .map(|record| MadeAttempt::Now(record, waited))
}

async fn send(
    deliverer: &Deliverer,
    due: &DueAttempt,
    (webhook, endpoint): (&Webhook, &Endpoint),
    body: Body<'_>,
) -> Result<AttemptResult, DeliverError> {
    let now = deliverer.clock.now();
    match Destination::open(&deliverer.vault, webhook, endpoint, now).await {
        Ok(destination) => {
            let (sender, clock) = (&deliverer.sender, &deliverer.clock);
            Ok(attempt(sender, &destination, &due.message.delivery_id, body, clock).await?)
        }
        Err(error) if error.is_permanent() => {
            tracing::error!(webhook.id = %webhook.id, %error, "what is sealed for webhook {} cannot be opened", webhook.id);
            Ok(AttemptResult::undecryptable(now))
        }
        Err(error) => Err(error.into()),
    }
}

/// How long after its call was settled the first attempt of a delivery is begun. Another attempt waits on purpose.
fn waited(due: &DueAttempt, call: &Call, begun: Timestamp) -> Option<Duration> {
    let is_first = due.message.attempt == 1 && due.message.run.is_none();
    call.settled_at.filter(|_| is_first).map(|settled| begun.since(settled))
}

/// What the attempt means for its endpoint is written before its row is: the other way round, a crash would leave an endpoint
/// enabled that has asked to be left alone.
async fn judge(
    deliverer: &Deliverer,
    due: &DueAttempt,
    (webhook, endpoint): (&Webhook, &Endpoint),
    asked: AskedEvents,
    attempted: AttemptResult,
) -> Result<AttemptRecord, DeliverError> {
    if attempted.can_never_be_sent() {
        return Ok(row(due, attempted));
    }
    let now = deliverer.clock.now();
    let retry_after = attempted.retry_after;
    let verdict = if attempted.status_code == Some(410) {
        Verdict::Gone
    } else {
        note_health(deliverer, (webhook, endpoint), asked, &attempted, now).await?
    };
    let slowness = slowness(attempted.outcome, attempted.duration);
    let mut record = row(due, attempted);
    record.note =
        record.note.into_iter().chain(slowness).reduce(|note, another| format!("{note}; {another}"));
    let goes_on = match verdict {
        Verdict::Keep => true,
        Verdict::Gone => {
            let disabling = deliverer.attempts.disable_gone(webhook, endpoint, now).await?;
            goes_on_after(deliverer, webhook, asked, disabling, ("gone", now)).await?
        }
        Verdict::Failing(since) => {
            let disabling = deliverer.attempts.disable_failing(webhook, endpoint, since, now).await?;
            goes_on_after(deliverer, webhook, asked, disabling, ("failing", now)).await?
        }
    };
    if goes_on && record.outcome != Outcome::Succeeded {
        let message = &due.message;
        record.next_attempt_at = next_attempt_at(&message.delivery_id, message.attempt, now, retry_after);
    }
    Ok(record)
}

/// Notes what the attempt says about its endpoint's health, and tells those who ask. That it works again is told before it is noted: a
/// crash in between tells it again. That it fails is told by the one attempt that has noted it, and noted as told then; should
/// that one die in between, the next that fails tells it.
async fn note_health(
    deliverer: &Deliverer,
    (webhook, endpoint): (&Webhook, &Endpoint),
    asked: AskedEvents,
    attempted: &AttemptResult,
    now: Timestamp,
) -> Result<Verdict, DeliverError> {
    if let Some(since) = endpoint.given_up_after(attempted.outcome, now) {
        return Ok(Verdict::Failing(since));
    }
    let is_watched = asked.has(Event::WebhookFailing);
    let change = endpoint.health_after(attempted.outcome, attempted.duration, now, is_watched);
    let (told, since) = (endpoint.told_of(change), endpoint.failing_since.unwrap_or(now));
    if told == Some(EndpointStatus::Recovered) {
        let what = (EndpointStatus::Recovered, None);
        if !tell_account(deliverer, webhook, asked, what, since).await? {
            // Whoever tells it notes it, or comes again and has to find what is to be told.
            return Ok(Verdict::Keep);
        }
    }
    let noted = !change.is_none() && deliverer.attempts.note_health(webhook, endpoint, change, now).await?;
    let fails = match told {
        Some(EndpointStatus::Failing) => noted,
        _ => is_watched && endpoint.is_to_be_told_again(attempted.outcome),
    };
    if fails {
        let failure = attempted.failure();
        let what = (EndpointStatus::Failing, failure.as_deref());
        if tell_account(deliverer, webhook, asked, what, since).await? {
            deliverer.attempts.note_told(webhook, endpoint, since).await?;
        }
    }
    Ok(Verdict::Keep)
}

/// Tells the operator of an endpoint that was disabled now. The delivery goes on when the webhook has another endpoint by now.
async fn goes_on_after(
    deliverer: &Deliverer,
    webhook: &Webhook,
    asked: AskedEvents,
    disabling: Disabling,
    (reason, now): (&'static str, Timestamp),
) -> Result<bool, DeliverError> {
    if disabling == Disabling::Done {
        tracing::warn!(webhook.id = %webhook.id, reason, "webhook {} is disabled: {reason}", webhook.id);
        tell_disabled(deliverer, webhook, asked, reason, now).await?;
    }
    Ok(disabling == Disabling::Moved)
}

/// A delivery that ends without an attempt says so in its log.
fn ended(due: &DueAttempt, now: Timestamp, ended: Ended, reason: &str) -> MadeAttempt {
    MadeAttempt::Now(row(due, AttemptResult::not_sent(now, ended.as_str(), reason)), None)
}

fn row(due: &DueAttempt, attempted: AttemptResult) -> AttemptRecord {
    let message = &due.message;
    let record = attempted.into_record(
        message.delivery_id.clone(),
        message.webhook_id.clone(),
        message.subject.call().cloned(),
        message.attempt,
        message.run.as_deref(),
    );
    let about = message.subject.about().cloned();
    AttemptRecord { event: message.event.in_row(), about, hurried: message.hurried, ..record }
}
