//! The payload of an endpoint, where its owner has designed one.

use api::{Fields, Problem};
use domain::{DeliveryMethod, Endpoint, EndpointPayload, Event, JsonObject, Timestamp};
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

/// Which of the two fields a request sends that must go together; the payload, when it sends both.
pub(super) fn payload_or_events(fields: &Fields) -> Option<&'static str> {
    ["payload", "events"].into_iter().find(|name| fields.names(name))
}

/// Refuses a payload that has no body for what its webhook asks for. The refusal is of `field`, which the request sends.
pub(super) fn goes_with_events(
    payload: Option<&EndpointPayload>,
    events: &[Event],
    field: &str,
) -> Result<(), Problem> {
    let Some(payload) = payload else { return Ok(()) };
    if let Some(event) = events.iter().find(|event| event.is_about_an_endpoint()) {
        // It would be told in our words, which a receiver that wants its own refuses: a failure that nobody sees coming.
        let event = event.as_str();
        let reason = format!(
            "is refused: a webhook with a payload of its own is told of calls only, and not of {event}; let another one ask for that"
        );
        return Err(Problem::invalid_field(field, reason));
    }
    if !events.contains(&Event::CallCancelled) {
        return Ok(());
    }
    let tried = Template::parse(&payload.document.to_value())
        .and_then(|template| template.try_with_a_cancelled_call());
    tried.map_err(|error| match field {
        "payload" => Problem::invalid_field(error.within(field), error.reason),
        _ => Problem::invalid_field(field, format!("does not go with the webhook's payload: {error}")),
    })
}

/// A document as its owner wrote it, and as it is rendered.
pub(crate) fn document(fields: &mut Fields, name: &str) -> Result<Option<(JsonObject, Template)>, Problem> {
    let Some(document) = fields.opaque_object(name, MAX_DOCUMENT)? else { return Ok(None) };
    let at = fields.at(name);
    let refused = |error: InvalidTemplate| Problem::invalid_field(error.within(&at), error.reason);
    let template = Template::for_saving(&document.to_value()).map_err(refused)?;
    Ok(Some((document, template)))
}
