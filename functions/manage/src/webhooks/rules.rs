//! What an inbound webhook's owner sets for its requests, as the fields of a body describe it.

use api::{Fields, Problem};
use domain::{
    IntakeRules, InvalidMapping, JsonObject, MAX_MAPPING_BYTES, Mapping, MappingError, RequiredHeader,
};

/// The fields that only an inbound webhook has for its requests.
pub(super) const RULE_FIELDS: [&str; 2] = ["requiredHeader", "mapping"];

/// Longest text that is read of a header; `RequiredHeader` has limits of its own.
const MAX_HEADER_CHARS: usize = 4_000;

/// Changes what the body names, and takes away what it has as `null`.
pub(super) fn change_rules(rules: &mut IntakeRules, fields: &mut Fields) -> Result<(), Problem> {
    if let Some(header) = fields.change("requiredHeader", required_header)? {
        rules.required_header = header;
    }
    if let Some(mapping) = fields.change("mapping", mapping)? {
        rules.mapping = mapping;
    }
    Ok(())
}

/// A mapping as its owner wrote it, which can be used.
pub(crate) fn mapping(fields: &mut Fields, name: &str) -> Result<Option<JsonObject>, Problem> {
    let Some(object) = fields.opaque_object(name, MAX_MAPPING_BYTES)? else { return Ok(None) };
    let Err(InvalidMapping { path, reason }) = Mapping::parse(&object) else { return Ok(Some(object)) };
    let at = fields.at(name);
    let field = if path.is_empty() { at } else { format!("{at}.{path}") };
    Err(match reason {
        MappingError::Missing => Problem::missing_field(field),
        MappingError::Unknown => Problem::unknown_field(field),
        fault => Problem::invalid_field(field, fault),
    })
}

fn required_header(fields: &mut Fields, name: &str) -> Result<Option<RequiredHeader>, Problem> {
    let Some(mut header) = fields.object(name, &["name", "value"])? else { return Ok(None) };
    let (name, value) =
        (header.required_text("name", MAX_HEADER_CHARS)?, header.required_text("value", MAX_HEADER_CHARS)?);
    let required = RequiredHeader::new(&name, &value);
    required.map(Some).map_err(|error| Problem::invalid_field(header.at(error.field()), error))
}
