use std::time::Duration;

use domain::{
    AttemptError, AttemptRecord, CallId, Clock, DeliveryId, DeliveryMethod, DeliveryRequest, Ended, Outcome,
    Timestamp, WebhookId, retry_after,
};
use egress::{Method, Request, Sender};
use http::header::HeaderValue;
use payloads::{Body, InvalidTemplate, RequestError, unsigned_request};

use crate::Destination;

const URL_TOO_LONG: &str = "url_too_long";

/// How an attempt ended.
#[derive(Clone, PartialEq)]
pub struct AttemptResult {
    /// When it was begun.
    pub timestamp: Timestamp,
    /// Whether a 2xx answer came.
    pub outcome: Outcome,
    /// HTTP status of the answer.
    pub status_code: Option<u16>,
    /// Why there was no answer.
    pub error: Option<AttemptError>,
    /// The first 2 KiB of the answer.
    pub response_body: Option<String>,
    /// What was odd about the answer, or what its reader should do.
    pub note: Option<String>,
    /// How long it took.
    pub duration: Duration,
    /// How long the receiver asked us to wait (429 and 503 only).
    pub retry_after: Option<Duration>,
}

domain::shows_only!(AttemptResult { timestamp, outcome, status_code, duration });

impl AttemptResult {
    /// An attempt that ended before anything was sent.
    #[must_use]
    pub fn not_sent(timestamp: Timestamp, code: &str, message: &str) -> Self {
        Self {
            timestamp,
            outcome: Outcome::Errored,
            status_code: None,
            error: Some(AttemptError { code: code.to_owned(), message: message.to_owned() }),
            response_body: None,
            note: None,
            duration: Duration::ZERO,
            retry_after: None,
        }
    }

    /// An attempt that ended because the endpoint's sealed headers or secret cannot be opened for good.
    #[must_use]
    pub fn undecryptable(timestamp: Timestamp) -> Self {
        const MESSAGE: &str = "the stored headers or the signing secret cannot be decrypted; save the headers and rotate the secret";
        Self::not_sent(timestamp, "undecryptable", MESSAGE)
    }

    /// An attempt that ended because the endpoint's own payload is none, or has no body for the call.
    #[must_use]
    pub fn no_payload(timestamp: Timestamp, why: &InvalidTemplate) -> Self {
        let message = format!("the webhook's own payload cannot be sent: {why}");
        Self::not_sent(timestamp, Ended::Payload.as_str(), &message)
    }

    /// A GET whose URL is too long, whatever is cut of the payload: the endpoint's own URL takes up all the room.
    fn url_too_long(timestamp: Timestamp) -> Self {
        const MESSAGE: &str = "the webhook's URL leaves no room for the payload in a GET request; make it shorter, or choose POST";
        Self::not_sent(timestamp, URL_TOO_LONG, MESSAGE)
    }

    /// Whether another attempt would be in vain, and nothing is said about the endpoint.
    #[must_use]
    pub fn can_never_be_sent(&self) -> bool {
        let codes = [URL_TOO_LONG, egress::ErrorCode::Unsendable.as_str(), Ended::Payload.as_str()];
        self.error.as_ref().is_some_and(|error| codes.contains(&error.code.as_str()))
    }

    /// What it failed with: the code of its error, or `http_` and the status of the answer.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let failed = self.error.clone().or_else(|| self.status_code.map(AttemptError::of_status));
        failed.filter(|_| self.outcome != Outcome::Succeeded).map(|error| error.code)
    }

    /// Its row of the delivery log; `run` names the resend that it belongs to.
    #[must_use]
    pub fn into_record(
        self,
        delivery_id: DeliveryId,
        webhook_id: WebhookId,
        call_id: Option<CallId>,
        attempt: u32,
        run: Option<&str>,
    ) -> AttemptRecord {
        AttemptRecord {
            delivery_id,
            attempt_key: AttemptRecord::key(run, attempt),
            webhook_id,
            call_id,
            event: None,
            about: None,
            attempt,
            timestamp: self.timestamp,
            outcome: self.outcome,
            status_code: self.status_code,
            error: self.error,
            response_body: self.response_body,
            note: self.note,
            duration_ms: u64::try_from(self.duration.as_millis()).unwrap_or(u64::MAX),
            next_attempt_at: None,
            test: false,
            hurried: false,
        }
    }
}

/// Makes one attempt: renders the body, signs it, sends it with the custom headers, and judges the answer. 2xx is a success; everything else, a redirect included, is not.
///
/// # Errors
///
/// None that values of these types can cause; serde's signature has one.
pub async fn attempt(
    sender: &Sender,
    destination: &Destination,
    delivery: &DeliveryId,
    body: Body<'_>,
    clock: &Clock,
) -> serde_json::Result<AttemptResult> {
    let begun = clock.now();
    match signed_request(destination, delivery, body, begun) {
        Ok(request) => {
            let exchange = sender.send(request).await;
            Ok(judge(exchange, begun, clock.now()))
        }
        Err(RequestError::UrlTooLong) => Ok(AttemptResult::url_too_long(begun)),
        Err(RequestError::RenderError(why)) => Ok(AttemptResult::no_payload(begun, &why.into())),
        Err(RequestError::Json(error)) => Err(error),
    }
}

fn signed_request(
    destination: &Destination,
    delivery: &DeliveryId,
    body: Body<'_>,
    now: Timestamp,
) -> Result<Request, RequestError> {
    let Destination { url, method, headers, .. } = destination;
    let mut request = unsigned_request((*method, url), headers, delivery, body, now)?;
    // An endpoint that is not saved has no secret, and its test carries no signature.
    let signed = request.signed_part();
    let signature = signing::sign(&destination.secrets, delivery.as_str(), now.as_seconds(), signed).ok();
    if let Some(signature) = signature.and_then(|signature| HeaderValue::try_from(signature).ok()) {
        request.add_signature(signature);
    }
    let method = match method {
        DeliveryMethod::Post => Method::Post,
        DeliveryMethod::Get => Method::Get,
    };
    let DeliveryRequest { url, headers, body, .. } = request;
    let owner = destination.owner.as_ref().map(ToString::to_string);
    Ok(Request { method, url, headers, body: body.into(), owner })
}

fn judge(exchange: egress::Exchange, timestamp: Timestamp, now: Timestamp) -> AttemptResult {
    let unanswered = AttemptResult {
        timestamp,
        outcome: Outcome::Errored,
        status_code: None,
        error: None,
        response_body: None,
        note: None,
        duration: exchange.duration,
        retry_after: None,
    };
    match exchange.outcome {
        egress::ExchangeOutcome::Errored { code, message } => AttemptResult {
            error: Some(AttemptError { code: code.as_str().to_owned(), message }),
            ..unanswered
        },
        egress::ExchangeOutcome::Answered { status, body, retry_after: header, note } => AttemptResult {
            outcome: if (200..300).contains(&status) { Outcome::Succeeded } else { Outcome::Failed },
            status_code: Some(status),
            response_body: Some(body),
            note,
            retry_after: header
                .filter(|_| matches!(status, 429 | 503))
                .and_then(|header| retry_after(&header, now)),
            ..unanswered
        },
    }
}

#[cfg(test)]
mod tests {
    use domain::{CustomHeaders, Event, Payload, Randomness, SAMPLE_WEBHOOK_ID, TargetUrl, sample_call};

    use super::*;

    fn answered(status: u16, header: &str) -> AttemptResult {
        let outcome = egress::ExchangeOutcome::Answered {
            status,
            body: "ok".into(),
            retry_after: Some(header.to_owned()),
            note: None,
        };
        let now = Clock::system().now();
        judge(egress::Exchange { outcome, duration: Duration::from_millis(7) }, now, now)
    }

    #[test]
    fn what_a_receiver_answered_is_not_shown() {
        let result = AttemptResult {
            response_body: Some("secret".into()),
            ..AttemptResult::not_sent(Timestamp::from_millis(1), "dns", "secret")
        };
        let shown = format!("{result:?}");
        assert!(shown.contains("***") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn an_answer_is_recorded_whole_and_so_is_its_absence() {
        let (begun, ended) = (Timestamp::from_millis(1), Timestamp::from_millis(9));
        let answered = egress::ExchangeOutcome::Answered {
            status: 503,
            body: "busy".into(),
            retry_after: Some("60".into()),
            note: Some("a note".into()),
        };
        let duration = Duration::from_millis(7);
        let result = judge(egress::Exchange { outcome: answered, duration }, begun, ended);
        assert_eq!((result.timestamp, result.duration), (begun, duration));
        assert_eq!((result.outcome, result.status_code, result.error), (Outcome::Failed, Some(503), None));
        assert_eq!(result.response_body.as_deref(), Some("busy"));
        assert_eq!(result.note.as_deref(), Some("a note"));
        assert_eq!(result.retry_after, Some(Duration::from_secs(60)));

        let outcome =
            egress::ExchangeOutcome::Errored { code: egress::ErrorCode::Dns, message: "why".into() };
        let result = judge(egress::Exchange { outcome, duration }, begun, ended);
        assert_eq!((result.timestamp, result.duration), (begun, duration));
        assert_eq!((result.outcome, result.status_code), (Outcome::Errored, None));
        assert_eq!(result.error, Some(AttemptError { code: "dns".into(), message: "why".into() }));
        assert_eq!((result.response_body, result.note, result.retry_after), (None, None, None));
    }

    #[test]
    fn only_2xx_is_a_success() {
        for (status, outcome) in [
            (200, Outcome::Succeeded),
            (204, Outcome::Succeeded),
            (299, Outcome::Succeeded),
            (301, Outcome::Failed),
            (304, Outcome::Failed),
            (404, Outcome::Failed),
            (500, Outcome::Failed),
        ] {
            assert_eq!(answered(status, "").outcome, outcome, "{status}");
        }
    }

    #[test]
    fn what_can_never_be_sent_is_told_from_what_may_be_sent_later() {
        let now = Clock::system().now();
        assert!(AttemptResult::url_too_long(now).can_never_be_sent());
        for (code, never) in [(egress::ErrorCode::Unsendable, true), (egress::ErrorCode::Protocol, false)] {
            let outcome = egress::ExchangeOutcome::Errored { code, message: "why".into() };
            let attempted = judge(egress::Exchange { outcome, duration: Duration::ZERO }, now, now);
            assert_eq!(attempted.can_never_be_sent(), never, "{code:?}");
        }
        assert!(!AttemptResult::undecryptable(now).can_never_be_sent());
        assert!(!answered(500, "").can_never_be_sent());
    }

    #[test]
    fn retry_after_counts_on_429_and_503_only() {
        assert_eq!(answered(429, "60").retry_after, Some(Duration::from_secs(60)));
        assert_eq!(answered(503, "60").retry_after, Some(Duration::from_secs(60)));
        assert_eq!(answered(500, "60").retry_after, None);
    }

    #[test]
    fn an_unsaved_endpoint_gets_the_id_and_the_time_and_no_signature() {
        let url = TargetUrl::parse("https://example.com/hook").expect("a URL");
        let headers = CustomHeaders::parse(vec![("X-Key".into(), "k".into())]).expect("headers");
        let destination = Destination::unsaved(url, DeliveryMethod::Post, headers);
        let call = sample_call();
        let payload = Payload {
            event: Event::CallCompleted,
            webhook_id: SAMPLE_WEBHOOK_ID,
            call: &call,
            transcript: None,
        };
        let delivery = DeliveryId::new(Clock::system().now(), &Randomness::system());
        let request = signed_request(
            &destination,
            &delivery,
            Body::Documented(&payload),
            Timestamp::from_millis(1_500),
        )
        .expect("a request");
        let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["x-key", "content-type", "webhook-timestamp", "webhook-id"]);
        assert_eq!(request.headers[2].1, "1");
    }
}
