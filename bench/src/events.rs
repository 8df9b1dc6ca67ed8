//! Events as AWS hands them over: the samples of `events/`, with ids that exist in the [`World`].

use bytes::Bytes;
use domain::{CallId, DeliveryId, Timestamp};
use serde_json::{Value, json};

use crate::Outcome;
use crate::world::World;

const REQUEST: &str = include_str!("../../events/inbound-accepted.json");
const COMPLETION: &str = include_str!("../../events/completion-inbound.json");
const DELIVERY: &str = include_str!("../../events/delivery.json");
const LIST_WEBHOOKS: &str = include_str!("../../events/manage-list-webhooks.json");

/// A CRM's request for a call.
#[must_use]
pub fn request(world: &World) -> Bytes {
    REQUEST.replace("yourinboundslug", world.slug.expose()).into()
}

/// An integrator's list of webhooks.
#[must_use]
pub fn list_webhooks(world: &World) -> Bytes {
    LIST_WEBHOOKS.replace("YOUR-API-KEY", &world.api_key).into()
}

/// A batch with the completions of `size` calls of one account.
///
/// # Errors
///
/// None that this call can cause.
pub fn completions(world: &World, size: usize) -> Outcome<Bytes> {
    let sample: Value = serde_json::from_str(COMPLETION)?;
    let of_a_call = |call: CallId| {
        let ids = [("call_yourcall", call.as_str()), ("acc_youraccount", world.account.as_str())];
        record(&sample, call.as_str(), &ids)
    };
    Ok(batch((0..size).map(|_| of_a_call(CallId::new(Timestamp::now()))).collect()))
}

/// A batch with the first attempts of `size` deliveries, in turn to each endpoint; and the deliveries' ids. Of one call when
/// there are as many endpoints, as a fan-out makes them; else each of a call of its own.
///
/// # Errors
///
/// When the world has no endpoint.
pub fn deliveries(world: &World, size: usize) -> Outcome<(Bytes, Vec<DeliveryId>)> {
    deliveries_of_attempt(world, size, 1)
}

/// The same, with attempts of this number.
///
/// # Errors
///
/// When the world has no endpoint.
pub fn deliveries_of_attempt(world: &World, size: usize, attempt: u32) -> Outcome<(Bytes, Vec<DeliveryId>)> {
    let sample: Value = serde_json::from_str(DELIVERY)?;
    let attempt = format!("\"attempt\": {attempt}");
    let (mut records, mut ids) = (Vec::new(), Vec::new());
    let mut call = CallId::new(Timestamp::now());
    for webhook in world.outbound.iter().cycle().take(size) {
        let id = DeliveryId::new(Timestamp::now());
        if world.outbound.len() < size {
            call = CallId::new(Timestamp::now());
        }
        let replaced = [
            ("msg_yourdelivery", id.as_str()),
            ("call_yourcall", call.as_str()),
            ("\"attempt\": 1", &attempt),
            ("acc_youraccount", world.account.as_str()),
            ("wh_yourwebhook", webhook.id.as_str()),
        ];
        records.push(record(&sample, id.as_str(), &replaced));
        ids.push(id);
    }
    if records.is_empty() {
        return Err("there is no endpoint to deliver to".into());
    }
    Ok((batch(records), ids))
}

/// The message of a sample, under this id and with other ids in its body.
fn record(sample: &Value, id: &str, replaced: &[(&str, &str)]) -> Value {
    let mut record = sample["Records"][0].clone();
    let body = record["body"].as_str().unwrap_or_default().to_owned();
    record["body"] = json!(replaced.iter().fold(body, |body, (from, to)| body.replace(from, to)));
    record["messageId"] = json!(id);
    record
}

fn batch(records: Vec<Value>) -> Bytes {
    json!({"Records": records}).to_string().into()
}
