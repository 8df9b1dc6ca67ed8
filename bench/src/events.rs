//! Events as AWS hands them over: the samples of `events/`, with ids that exist in the [`SampleAccount`].

use bytes::Bytes;
use domain::{CallId, Clock, DeliveryId, Randomness};
use serde_json::{Value, json};

use crate::Outcome;
use crate::sample_account::SampleAccount;

const REQUEST: &str = include_str!("../../events/inbound-accepted.json");
const COMPLETION: &str = include_str!("../../events/completion-inbound.json");
const COMMITTED: &str = include_str!("../../events/committed-call.json");
const DELIVERY: &str = include_str!("../../events/delivery.json");
const LIST_WEBHOOKS: &str = include_str!("../../events/manage-list-webhooks.json");
const CREATE_ACCOUNT: &str = include_str!("../../events/operator-create-account.json");
const TEST_UNSAVED: &str = include_str!("../../events/tester-unsaved.json");
const PORTAL_PAGE: &str = include_str!("../../events/portal-page.json");

/// A CRM's request for a call.
#[must_use]
pub fn request(sample: &SampleAccount) -> Bytes {
    REQUEST.replace("yourinboundslug", sample.slug.expose()).into()
}

/// The same with 61 KB of text in its fields.
#[must_use]
pub fn large_request(sample: &SampleAccount) -> Bytes {
    let mut event: Value = serde_json::from_str(REQUEST).unwrap_or_default();
    let texts: serde_json::Map<_, _> = ["note", "city", "state", "email"]
        .into_iter()
        .map(|name| (name.to_owned(), json!("漢".repeat(4_096))))
        .chain([
            ("phoneNumber".to_owned(), json!("+15551234567")),
            ("unknown".to_owned(), json!("x".repeat(11_000))),
        ])
        .collect();
    event["rawPath"] = json!(format!("/{}", sample.slug.expose()));
    event["headers"]["idempotency-key"] = json!("k".repeat(255));
    event["body"] = json!(json!({"type": "calls.execute", "data": texts}).to_string());
    event.to_string().into()
}

/// A batch of the stream with these calls.
///
/// # Errors
///
/// None that this call can cause.
pub fn committed(calls: &[CallId]) -> Outcome<Bytes> {
    let event: Value = serde_json::from_str(COMMITTED)?;
    let of_a_call = |call: &CallId| {
        let mut record = event["Records"][0].clone();
        record["dynamodb"]["Keys"]["id"]["S"] = json!(call);
        record
    };
    Ok(batch(calls.iter().map(of_a_call).collect()))
}

/// New ids of as many calls.
#[must_use]
pub fn call_ids(count: usize) -> Vec<CallId> {
    (0..count).map(|_| CallId::new(Clock::system().now(), &Randomness::system())).collect()
}

/// An integrator's list of webhooks.
#[must_use]
pub fn list_webhooks(sample: &SampleAccount) -> Bytes {
    LIST_WEBHOOKS.replace("YOUR-API-KEY", &sample.api_key).into()
}

/// A browser's request for the portal's page.
#[must_use]
pub fn portal_page() -> Bytes {
    PORTAL_PAGE.into()
}

/// An operator's new account.
#[must_use]
pub fn create_account() -> Bytes {
    CREATE_ACCOUNT.into()
}

/// An integrator's test of an endpoint that is not saved.
#[must_use]
pub fn test_unsaved(sample: &SampleAccount, url: &str) -> Bytes {
    TEST_UNSAVED.replace("YOUR-API-KEY", &sample.api_key).replace("https://yourendpoint.example/", url).into()
}

/// A batch with the completions of `size` calls of one account.
///
/// # Errors
///
/// None that this call can cause.
pub fn completions(sample: &SampleAccount, size: usize) -> Outcome<Bytes> {
    let event: Value = serde_json::from_str(COMPLETION)?;
    let of_a_call = |call: CallId| {
        let ids = [("call_yourcall", call.as_str()), ("acc_youraccount", sample.account.as_str())];
        record(&event, call.as_str(), &ids)
    };
    Ok(batch(
        (0..size).map(|_| of_a_call(CallId::new(Clock::system().now(), &Randomness::system()))).collect(),
    ))
}

/// A batch that says of `size` calls of an account that they were cancelled, as `relay` says it.
#[must_use]
pub fn cancelled_calls(sample: &SampleAccount, size: usize) -> Bytes {
    let ids = call_ids(size);
    let said = json!({"version": 1, "accountId": sample.account, "type": "calls.cancelled", "callIds": ids});
    let queue = "arn:aws:sqs:us-east-1:123456789012:account-events";
    batch(vec![json!({"messageId": "1", "eventSourceARN": queue, "body": said.to_string()})])
}

/// A batch with the first attempts of `size` deliveries, in turn to each endpoint; and the deliveries' ids. Of one call when
/// there are as many endpoints, as a fan-out makes them; else each of a call of its own.
///
/// # Errors
///
/// When the account has no endpoint.
pub fn deliveries(sample: &SampleAccount, size: usize) -> Outcome<(Bytes, Vec<DeliveryId>)> {
    deliveries_of_attempt(sample, size, 1)
}

/// The same, with attempts of this number.
///
/// # Errors
///
/// When the account has no endpoint.
pub fn deliveries_of_attempt(
    sample: &SampleAccount,
    size: usize,
    attempt: u32,
) -> Outcome<(Bytes, Vec<DeliveryId>)> {
    let event: Value = serde_json::from_str(DELIVERY)?;
    let attempt = format!("\"attempt\": {attempt}");
    let (mut records, mut ids) = (Vec::new(), Vec::new());
    let mut call = CallId::new(Clock::system().now(), &Randomness::system());
    for webhook in sample.outbound.iter().cycle().take(size) {
        let id = DeliveryId::new(Clock::system().now(), &Randomness::system());
        if sample.outbound.len() < size {
            call = CallId::new(Clock::system().now(), &Randomness::system());
        }
        let replaced = [
            ("msg_yourdelivery", id.as_str()),
            ("call_yourcall", call.as_str()),
            ("\"attempt\": 1", &attempt),
            ("acc_youraccount", sample.account.as_str()),
            ("wh_yourwebhook", webhook.id.as_str()),
        ];
        records.push(record(&event, id.as_str(), &replaced));
        ids.push(id);
    }
    if records.is_empty() {
        return Err("there is no endpoint to deliver to".into());
    }
    Ok((batch(records), ids))
}

/// The same batch as the slow lane hands it over, which has the deliveries of endpoints that fail.
///
/// # Errors
///
/// When it is no batch.
pub fn from_the_slow_lane(batch: &Bytes) -> Outcome<Bytes> {
    let mut event: Value = serde_json::from_slice(batch)?;
    for record in event["Records"].as_array_mut().ok_or("no records")? {
        record["eventSourceARN"] = json!("arn:aws:sqs:us-east-1:123456789012:slow-deliveries");
    }
    Ok(event.to_string().into())
}

/// The message of an event, under this id and with other ids in its body.
fn record(event: &Value, id: &str, replaced: &[(&str, &str)]) -> Value {
    let mut record = event["Records"][0].clone();
    let body = record["body"].as_str().unwrap_or_default().to_owned();
    record["body"] = json!(replaced.iter().fold(body, |body, (from, to)| body.replace(from, to)));
    record["messageId"] = json!(id);
    record
}

fn batch(records: Vec<Value>) -> Bytes {
    json!({"Records": records}).to_string().into()
}
