//! The body of whoever does not speak our request, read by the mapping of its webhook.

use crate::calls::plain_text;
use crate::intake::form_body::form_as_json;
use crate::intake::inbound_request::{is_documented, read_data, read_documented};
use crate::intake::mapping::first_usable;
use crate::intake::{InboundRequest, InvalidRequest, Mapping, Shape};
use crate::values::{BodyDigest, CountryCode, Fields, IdempotencyKey, JsonObject, Lenient, text_of};

/// A request, however it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedRequest {
    /// What is asked for.
    pub request: InboundRequest,
    /// The key that the mapping has found, and the digest of what it has read: a repeat has both.
    pub idempotency: Option<(IdempotencyKey, BodyDigest)>,
    /// Whether the mapping was used: a documented request is read as documented.
    pub is_mapped: bool,
    /// Fields of the mapping of which the body has nothing, such as `metadata.dealId`.
    pub missing: Vec<String>,
}

/// Reads a body by a mapping, whatever its content type said: a JSON object, a list of one, or a form. One that is a documented
/// request is read as such; only then is the mapping not looked at.
///
/// # Errors
///
/// [`InvalidRequest`] when no call can be made of it.
pub fn parse_mapped_request(
    body: &[u8],
    mapping: &JsonObject,
    country: &CountryCode,
) -> Result<MappedRequest, InvalidRequest> {
    let text = text_of(body);
    let form;
    let (whole, is_form) = match Lenient::parse(&text) {
        Ok(value) => (value, false),
        Err(broken) if broken.looks_like_a_form() => {
            form = form_as_json(&text).to_string();
            (Lenient::parse(&form).map_err(InvalidRequest::InvalidJson)?, true)
        }
        Err(broken) => return Err(InvalidRequest::InvalidJson(broken)),
    };
    let fields = only_object(whole)?;
    if is_documented(&fields) {
        let request = read_documented(&fields, country)?;
        return Ok(MappedRequest { request, idempotency: None, is_mapped: false, missing: Vec::new() });
    }
    // One of another version, that this one cannot read, is none.
    let mapping = Mapping::parse(mapping).map_err(|_| InvalidRequest::InvalidType)?;
    let found = mapping.find_in(&fields, country, is_form);
    let Ok(Lenient::Object(data)) = Lenient::parse(&found.data) else {
        return Err(InvalidRequest::MissingMappedPhoneNumber);
    };
    let request = read_data(&data, country).map_err(InvalidRequest::of_mapping)?;
    let idempotency = key_in(&mapping, &fields)?.map(|key| (key, request.digest()));
    Ok(MappedRequest { request, idempotency, is_mapped: true, missing: found.missing })
}

/// The object that a body is, or that is alone in its list.
fn only_object(body: Lenient<'_>) -> Result<Fields<'_>, InvalidRequest> {
    let body = match body {
        Lenient::List(items) if items.len() == 1 => Lenient::of(items[0]),
        other => other,
    };
    match body {
        Lenient::Object(fields) => Ok(fields),
        other => Err(InvalidRequest::NotAnObject(Shape::of(&other))),
    }
}

/// The idempotency key in a body. As with the header, one that is there and is no key is refused: it was to protect from a
/// second call.
fn key_in(mapping: &Mapping, body: &Fields<'_>) -> Result<Option<IdempotencyKey>, InvalidRequest> {
    let Some(found) = first_usable(&mapping.idempotency_key, body, |value| key(value).is_some()) else {
        return Ok(None);
    };
    key(Lenient::of(found)).map(Some).ok_or(InvalidRequest::UnusableMappedKey)
}

fn key(value: Lenient<'_>) -> Option<IdempotencyKey> {
    IdempotencyKey::parse(&plain_text(value).ok()??).ok()
}

#[cfg(test)]
#[path = "mapped_request_tests.rs"]
mod tests;
