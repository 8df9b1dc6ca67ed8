use std::time::Duration;

use domain::{
    Call, CallId, CallJob, CallReason, CallStatus, Campaign, CampaignRef, CampaignStatus, Clock, CountryCode,
    InboundRequest, Randomness, RequestId, Slug, Source, Timestamp, WebhookId,
};
use lambda_http::http::{Method, Response};
use lambda_http::{Body, Request, RequestExt};
use percent_encoding::percent_decode_str;
use queues::CallJobs;
use store::{Acceptance, Access, Intake, StoreError};
use tokio::time::Instant;

use crate::answer::Answer;
use crate::read_request::{Identity, read_request};
use crate::request_outcome::HandledRequest;
use crate::targets::{Target, Targets};

/// How long after its arrival a request may still be committed. What is under way by then is waited for (2.5 s), looked up when
/// its answer is lost (6 s), and followed up ([`AFTER_COMMIT`]): below the function's 25 s, which are below API Gateway's 29 s. A
/// sender is never told of a failure after a commit.
pub(crate) const COMMIT_WITHIN: Duration = Duration::from_secs(5);

/// How long an answer waits for what follows the commit: one try of the SDK (2.5 s), and a second one if that was refused at
/// once. Whatever is not done by then is the relay's, or missing in the log.
pub(crate) const AFTER_COMMIT: Duration = Duration::from_secs(3);

/// How long the start waits for connections.
const CONNECTING: Duration = Duration::from_secs(1);

/// Everything that a request needs.
#[derive(Debug)]
pub struct Inbound {
    /// Which account asks for a test call.
    pub access: Access,
    /// What slugs name.
    pub targets: Targets,
    /// Calls, credits and the request log.
    pub intake: Intake,
    /// The dialer's queue.
    pub call_jobs: CallJobs,
    /// Of phone numbers without one.
    pub country: CountryCode,
    /// The time.
    pub clock: Clock,
    /// Of ids.
    pub randomness: Randomness,
}

/// A request to a webhook that exists and is enabled.
struct Received<'a> {
    id: RequestId,
    slug: &'a Slug,
    webhook: &'a WebhookId,
    at: Timestamp,
    /// When it is too late to begin a commit.
    commit_until: Instant,
}

/// A request that asks for a call, and the campaign that the call is made with.
struct Order<'a> {
    received: &'a Received<'a>,
    campaign: &'a Campaign,
    request: InboundRequest,
}

/// What became of a call that was to be placed.
enum Placed {
    Answered(Answer),
    /// An earlier request with the same `Idempotency-Key` made it.
    Repeat(Box<Call>),
}

impl Inbound {
    /// Opens the connections to AWS that a request needs. While it starts, a function has the CPU of a larger one, and the first
    /// request would wait for the handshakes. Whether they can be opened is the first request's to find out.
    pub async fn connect(&self) {
        let both = async { tokio::join!(self.intake.connect(), self.call_jobs.connect()) };
        let _ = tokio::time::timeout(CONNECTING, both).await;
    }

    /// Answers a request to a slug.
    pub(crate) async fn handle_slug(&self, request: &Request) -> Response<Body> {
        let answer = self.answer(request).await;
        if let Some(code) = answer.code() {
            let outcome = if answer.status().is_client_error() { "rejected" } else { "unavailable" };
            tracing::info!(code, outcome, "a request is refused: {code}");
        }
        answer.into_response()
    }

    async fn answer(&self, request: &Request) -> Answer {
        let commit_until = Instant::now() + COMMIT_WITHIN;
        if request.method() != Method::POST {
            return Answer::MethodNotAllowed;
        }
        let Some(slug) = slug_of(request.raw_http_path()) else {
            return Answer::WebhookNotFound;
        };
        let target = match self.targets.find(&slug).await {
            Ok(Some(target)) if target.webhook.is_enabled() => target,
            Ok(_) => return Answer::WebhookNotFound,
            Err(error) => {
                tracing::error!(code = "temporarily_unavailable", %error, "a webhook could not be looked up");
                return Answer::TemporarilyUnavailable;
            }
        };
        let at = self.clock.now();
        let (id, webhook) = (RequestId::new(at, &self.randomness), &target.webhook.id);
        let received = Received { id, slug: &slug, webhook, at, commit_until };
        match self.take(request, &target, &received).await {
            Ok(answer) => answer,
            Err(error) => {
                let webhook = &target.webhook.id;
                tracing::error!(
                    code = "temporarily_unavailable", webhook.id = %webhook, %error,
                    "nothing was recorded of a request to webhook {webhook}"
                );
                Answer::TemporarilyUnavailable
            }
        }
    }

    /// Records what the request asks for. An error means that nothing is recorded.
    async fn take(
        &self,
        request: &Request,
        target: &Target,
        received: &Received<'_>,
    ) -> Result<Answer, StoreError> {
        if !target.admits(request.headers()) {
            return Ok(self.log(received, HandledRequest::rejected(Answer::RequiredHeaderMissing)).await);
        }
        let (identity, parsed) = match read_request(request, &target.rules, &self.country) {
            Ok(read) => read,
            Err(answer) => return Ok(self.log(received, HandledRequest::rejected(answer)).await),
        };
        let campaign = match &target.campaign {
            None => return Ok(self.log(received, HandledRequest::ignored("no_campaign")).await),
            Some(campaign) if !campaign.has_prompt() => {
                return Ok(self.log(received, HandledRequest::ignored("no_prompt")).await);
            }
            Some(campaign) => campaign,
        };
        let order = Order { received, campaign, request: parsed };
        let call = order.call(identity, &self.randomness);
        match self.place(&order, &call, target.has_credit).await? {
            Placed::Answered(answer) => Ok(answer),
            Placed::Repeat(first) if call.body_digest != first.body_digest => {
                Ok(self.log(received, HandledRequest::rejected(Answer::IdempotencyKeyReused)).await)
            }
            Placed::Repeat(first) => Ok(self.log(received, order.repeated(*first)).await),
        }
    }

    /// Records the call and sends its job, or records that it is not placed.
    async fn place(&self, order: &Order<'_>, call: &Call, has_credit: bool) -> Result<Placed, StoreError> {
        if order.campaign.status != CampaignStatus::Active {
            return self.cancel(order, call, CallReason::CampaignNotActive).await;
        }
        if !has_credit {
            return self.cancel(order, call, CallReason::InsufficientFunds).await;
        }
        match self.intake.accept(call, order.received.commit_until).await? {
            Acceptance::Recorded => Ok(Placed::Answered(self.finish(order, call).await)),
            Acceptance::Repeat(first) => Ok(Placed::Repeat(first)),
            Acceptance::InsufficientFunds => {
                self.targets.forget(order.received.slug);
                self.cancel(order, call, CallReason::InsufficientFunds).await
            }
        }
    }

    /// Records a call that is not placed.
    async fn cancel(&self, order: &Order<'_>, call: &Call, reason: CallReason) -> Result<Placed, StoreError> {
        let call = call.clone().cancelled(reason);
        match self.intake.record_cancelled(&call, order.received.commit_until).await? {
            Acceptance::Repeat(first) => Ok(Placed::Repeat(first)),
            Acceptance::Recorded | Acceptance::InsufficientFunds => {
                let (id, reason) = (&call.id, reason.as_str());
                tracing::info!(call.id = %id, outcome = "cancelled", reason, "call {id} is cancelled: {reason}");
                let handled = HandledRequest::cancelled(call.reason, call.id);
                Ok(Placed::Answered(self.log(order.received, handled).await))
            }
        }
    }

    /// After the commit: sends the job and writes the log side by side. Neither can change the answer, nor hold it up for long:
    /// a job that is not sent here is sent by the relay, which hears of every call that is committed.
    async fn finish(&self, order: &Order<'_>, call: &Call) -> Answer {
        let accepted = HandledRequest::accepted(&order.request.dropped_fields, call.id.clone());
        let answer = accepted.answer;
        let rest =
            async { tokio::join!(self.send_job(call, order.campaign), self.log(order.received, accepted)) };
        if tokio::time::timeout(AFTER_COMMIT, rest).await.is_err() {
            tracing::warn!(call.id = %call.id, "call {} is answered before its job or its log is done", call.id);
        }
        answer
    }

    /// Sends the job of a committed call. That it was not sent is no failure: the relay sends it.
    pub(crate) async fn send_job(&self, call: &Call, campaign: &Campaign) {
        let Call { id, webhook_id, .. } = call;
        let webhook = webhook_id.as_ref().map(WebhookId::as_str);
        // By this line accepted calls are counted, so it comes before what may hang.
        tracing::info!(call.id = %id, webhook.id = webhook, outcome = "accepted", "call {id} is accepted");
        let Some(job) = CallJob::of(call, campaign) else { return };
        if let Err(error) = self.call_jobs.send(&job).await {
            tracing::warn!(call.id = %id, %error, "the job of call {id} is left to the relay");
        }
    }

    /// Writes the row of the request log. The answer stands whether it can be written or not.
    async fn log(&self, received: &Received<'_>, handled: HandledRequest) -> Answer {
        let record = handled.record(received.id.clone(), received.webhook, received.at);
        if let Err(error) = self.intake.log_request(&record).await {
            tracing::error!(
                webhook.id = %received.webhook, %error,
                "a request to webhook {} is missing in its log", received.webhook
            );
        }
        handled.answer
    }
}

/// The slug of a path: one that was pasted with white space or a slash around it is the same.
fn slug_of(path: &str) -> Option<Slug> {
    let path = percent_decode_str(path).decode_utf8_lossy();
    Slug::parse(path.trim_matches(|char: char| char == '/' || char.is_whitespace())).ok()
}

impl Order<'_> {
    /// A repeat under the same `Idempotency-Key`: answered and logged as the first request was.
    fn repeated(&self, first: Call) -> HandledRequest {
        match first.status {
            CallStatus::Cancelled => HandledRequest::cancelled(first.reason, first.id),
            CallStatus::Queued | CallStatus::Finished | CallStatus::Missed | CallStatus::Failed => {
                HandledRequest::accepted(&self.request.dropped_fields, first.id)
            }
        }
    }

    /// The call that is recorded for this request, with one credit reserved. Under an `Idempotency-Key` its id is derived from
    /// the key, so that the conditional write itself finds a repeat.
    fn call(&self, identity: Option<Identity>, randomness: &Randomness) -> Call {
        let Received { webhook, at, .. } = *self.received;
        let campaign = CampaignRef { id: self.campaign.id.clone(), name: self.campaign.name.clone() };
        let (key, body_digest) = identity.unzip();
        Call {
            webhook_id: Some(webhook.clone()),
            reserved_credits: Call::RESERVED_CREDITS,
            body_digest,
            metadata: self.request.metadata.clone(),
            variables: self.request.variables.clone(),
            ..Call::new(
                key.map_or_else(
                    || CallId::new(at, randomness),
                    |key| CallId::derived(webhook.as_str(), &key),
                ),
                self.campaign.account_id.clone(),
                Source::Inbound,
                campaign,
                self.request.recipient.clone(),
                CallStatus::Queued,
                at,
            )
        }
    }
}
