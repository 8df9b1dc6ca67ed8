//! The payload of an endpoint, where its owner has designed one.

use api::{Fields, Problem};
use domain::{DeliveryMethod, Endpoint, EndpointPayload, JsonObject, Timestamp};
use payloads::{InvalidTemplate, MAX_DOCUMENT, Template};

/// Sets it, takes it away, or leaves it. One that has changed is written as `version`.
pub(super) fn change_payload(
    payload: &mut Option<EndpointPayload>,
    endpoint: &mut Endpoint,
    fields: &mut Fields,
    version: Timestamp,
) -> Result<(), Problem> {
    let change = fields.change("payload", document)?;
    let field = if change.is_some() { "payload" } else { "method" };
    if let Some(document) = change {
        let is_as_before = payload.as_ref().map(|payload| &payload.document) == document.as_ref();
        if !is_as_before {
            *payload = document.map(|document| EndpointPayload { version, document });
        }
        endpoint.payload_version = payload.as_ref().map(|payload| payload.version);
    }
    if payload.is_some() && endpoint.method == DeliveryMethod::Get {
        let reason = "a GET has no body: a payload of your own goes with POST only";
        return Err(Problem::invalid_field(fields.at(field), reason));
    }
    Ok(())
}

/// A document as its owner wrote it, which can be sent.
pub(crate) fn document(fields: &mut Fields, name: &str) -> Result<Option<JsonObject>, Problem> {
    let Some(document) = fields.opaque_object(name, MAX_DOCUMENT)? else { return Ok(None) };
    let at = fields.at(name);
    let refused = |error: InvalidTemplate| Problem::invalid_field(error.within(&at), error.reason);
    Template::for_saving(&document.to_value()).map_err(refused)?;
    Ok(Some(document))
}
