//! The payload of an endpoint, where its owner has designed one.

use api::{Fields, Problem};
use domain::{DeliveryMethod, Endpoint, EndpointPayload, JsonObject, Timestamp};
use payloads::{GET_HAS_NO_BODY, InvalidTemplate, MAX_DOCUMENT, Template};

/// Sets it, takes it away, or leaves it. One that has changed is written as `version`.
pub(super) fn change_payload(
    payload: &mut Option<EndpointPayload>,
    endpoint: &mut Endpoint,
    fields: &mut Fields,
    version: Timestamp,
) -> Result<(), Problem> {
    let change = fields.change("payload", document)?.map(|own| own.map(|(document, _)| document));
    let field = if change.is_some() { "payload" } else { "method" };
    if let Some(document) = change {
        let is_as_before = payload.as_ref().map(|payload| &payload.document) == document.as_ref();
        if !is_as_before {
            *payload = document.map(|document| EndpointPayload { version, document });
        }
        endpoint.payload_version = payload.as_ref().map(|payload| payload.version);
    }
    if payload.is_some() && endpoint.method == DeliveryMethod::Get {
        return Err(Problem::invalid_field(fields.at(field), GET_HAS_NO_BODY));
    }
    Ok(())
}

/// A document as its owner wrote it, and as it is rendered.
pub(crate) fn document(fields: &mut Fields, name: &str) -> Result<Option<(JsonObject, Template)>, Problem> {
    let Some(document) = fields.opaque_object(name, MAX_DOCUMENT)? else { return Ok(None) };
    let at = fields.at(name);
    let refused = |error: InvalidTemplate| Problem::invalid_field(error.within(&at), error.reason);
    let template = Template::for_saving(&document.to_value()).map_err(refused)?;
    Ok(Some((document, template)))
}
