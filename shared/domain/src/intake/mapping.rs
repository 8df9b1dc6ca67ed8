//! Where in a stranger's body the fields of a request stand: what a CRM posts becomes the documented request, which is then read as
//! every other.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::calls::{Recipient, is_variable, plain_text};
use crate::intake::body_path::{BodyPath, InvalidPath};
use crate::intake::inbound_request::phone_number;
use crate::values::{CountryCode, Fields, JsonObject, Lenient, normalise_phone};

/// Largest mapping, in bytes of JSON without white space.
pub const MAX_MAPPING_BYTES: usize = 8 * 1024;

/// Most paths of a mapping, all its fields together: each is looked up with each request.
const MAX_PATHS: usize = 100;

/// Longest name within `metadata` and `variables`, in characters.
const MAX_NAME_CHARS: usize = 100;

/// Largest `metadata` or `variables` that is put together from a body. What is larger can be used in no way: it has at most a
/// sixteenth of this, read.
const MAX_OBJECT_BYTES: usize = 64 * 1024;

/// The fields of an inbound webhook's requests, each with the paths of which the first usable one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    phone_number: Vec<BodyPath>,
    texts: Vec<(&'static str, Vec<BodyPath>)>,
    metadata: Vec<(String, Vec<BodyPath>)>,
    variables: Vec<(String, Vec<BodyPath>)>,
    pub(super) idempotency_key: Vec<BodyPath>,
}

/// Why an object is no mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidMapping {
    /// The faulty part, such as `phoneNumber[1]`; empty for the mapping as a whole.
    pub path: String,
    /// What is wrong with it.
    pub reason: MappingError,
}

/// What is wrong with a part of a mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It cannot be read at all.
    #[error("must be an object")]
    NoObject,
    /// A mapping has no such field.
    #[error("is no field of a mapping")]
    Unknown,
    /// A mapping without it could place no call.
    #[error("is required")]
    Missing,
    /// Something else than a path or a list of some.
    #[error("must be a path, or a list of 1 to 10 paths")]
    NoPath,
    /// A text that is no path.
    #[error(transparent)]
    Path(InvalidPath),
    /// A name that nothing can have.
    #[error("has a name that is empty, or longer than {MAX_NAME_CHARS} characters")]
    Name,
    /// More than all of them together may be.
    #[error("has more than {MAX_PATHS} paths")]
    TooMany,
}

impl InvalidMapping {
    fn at(path: impl Into<String>, reason: MappingError) -> Self {
        Self { path: path.into(), reason }
    }
}

/// What a mapping has found in a body.
pub(super) struct Found {
    /// The `data` of a documented request.
    pub(super) data: String,
    /// Fields of the mapping of which the body has nothing.
    pub(super) missing: Vec<String>,
}

impl Mapping {
    /// Reads a mapping. `null` is the same as absent.
    ///
    /// # Errors
    ///
    /// [`InvalidMapping`], naming the first part that cannot be used.
    pub fn parse(object: &JsonObject) -> Result<Self, InvalidMapping> {
        let text = object.as_raw().get();
        let read: Option<Map<String, Value>> =
            (text.len() <= MAX_MAPPING_BYTES).then(|| serde_json::from_str(text).ok()).flatten();
        let read = read.ok_or_else(|| InvalidMapping::at("", MappingError::NoObject))?;
        let mut mapping = Self {
            phone_number: Vec::new(),
            texts: Vec::new(),
            metadata: Vec::new(),
            variables: Vec::new(),
            idempotency_key: Vec::new(),
        };
        for (name, value) in read.iter().filter(|(_, value)| !value.is_null()) {
            match name.as_str() {
                "phoneNumber" => mapping.phone_number = paths(name, value)?,
                "idempotencyKey" => mapping.idempotency_key = paths(name, value)?,
                "metadata" => mapping.metadata = named_paths(name, value)?,
                "variables" => mapping.variables = named_paths(name, value)?,
                text => {
                    let known = Recipient::TEXT_FIELDS.into_iter().find(|known| *known == text);
                    let known = known.ok_or_else(|| InvalidMapping::at(name, MappingError::Unknown))?;
                    mapping.texts.push((known, paths(name, value)?));
                }
            }
        }
        if mapping.phone_number.is_empty() {
            return Err(InvalidMapping::at("phoneNumber", MappingError::Missing));
        }
        if mapping.path_count() > MAX_PATHS {
            return Err(InvalidMapping::at("", MappingError::TooMany));
        }
        Ok(mapping)
    }

    fn path_count(&self) -> usize {
        let named = self.metadata.iter().chain(&self.variables).map(|(_, paths)| paths.len());
        let texts = self.texts.iter().map(|(_, paths)| paths.len());
        self.phone_number.len() + self.idempotency_key.len() + named.chain(texts).sum::<usize>()
    }

    /// Puts the documented request together from what stands in a body.
    pub(super) fn find_in(&self, body: &Fields<'_>, country: &CountryCode, is_form: bool) -> Found {
        let (mut data, mut missing) = (Members::default(), Vec::new());
        let is_phone = |value: Lenient<'_>| phone_number(value, country).is_ok();
        let is_text = |value: Lenient<'_>| plain_text(value).is_ok_and(|text| text.is_some());
        match first_usable(&self.phone_number, body, is_phone) {
            Some(value) if is_form => data.add("phoneNumber", &with_its_plus(value, country)),
            Some(value) => data.add("phoneNumber", value.get()),
            None => missing.push("phoneNumber".to_owned()),
        }
        for (name, paths) in &self.texts {
            match first_usable(paths, body, is_text) {
                Some(value) => data.add(name, value.get()),
                None => missing.push((*name).to_owned()),
            }
        }
        let mut object =
            |field: &str, mapped: &[(String, Vec<BodyPath>)], is_usable: fn(Lenient<'_>) -> bool| {
                let mut members = Members::default();
                for (name, paths) in mapped {
                    match first_usable(paths, body, is_usable) {
                        Some(value) => members.add(name, value.get()),
                        None => missing.push(format!("{field}.{name}")),
                    }
                }
                if !members.0.is_empty() {
                    // A list in its place is dropped and named, as an object would be that is too large.
                    let object = members.into_object();
                    data.add(field, if object.len() > MAX_OBJECT_BYTES { "[]" } else { &object });
                }
            };
        object("metadata", &self.metadata, |_| true);
        object("variables", &self.variables, is_variable);
        Found { data: data.into_object(), missing }
    }
}

/// The first of these that can be used, or else the first that is there at all: it is refused or dropped by its name. What is
/// `null` or blank is not there.
pub(super) fn first_usable<'a>(
    paths: &[BodyPath],
    body: &Fields<'a>,
    is_usable: impl Fn(Lenient<'_>) -> bool,
) -> Option<&'a RawValue> {
    let mut there = None;
    for found in paths.iter().filter_map(|path| path.find(body)) {
        let is_absent = match Lenient::of(found) {
            Lenient::Null => true,
            Lenient::Text(text, _) => text.trim().is_empty(),
            _ => false,
        };
        if is_absent {
            continue;
        }
        if is_usable(Lenient::of(found)) {
            return Some(found);
        }
        there = there.or(Some(found));
    }
    there
}

/// A phone number of a form, as JSON. A `+` that its sender has not encoded is a blank by now. It is put back where a number only
/// makes sense with it; where both readings are somebody's number, it is none: a list, which is refused.
fn with_its_plus(value: &RawValue, country: &CountryCode) -> String {
    let written = value.get().to_owned();
    let Lenient::Text(text, _) = Lenient::of(value) else { return written };
    let Some(digits) = text.strip_prefix(' ').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return written;
    };
    match (normalise_phone(&format!("+{digits}"), *country), normalise_phone(digits, *country)) {
        (Ok(with), Err(_)) => Value::from(with.as_str()).to_string(),
        (Ok(with), Ok(without)) if with != without => "[]".to_owned(),
        _ => written,
    }
}

/// The members of a JSON object that is being written.
#[derive(Default)]
struct Members(String);

impl Members {
    fn add(&mut self, name: &str, json: &str) {
        self.0.push(if self.0.is_empty() { '{' } else { ',' });
        self.0.push_str(&Value::from(name).to_string());
        self.0.push(':');
        self.0.push_str(json);
    }

    fn into_object(self) -> String {
        if self.0.is_empty() { "{}".to_owned() } else { self.0 + "}" }
    }
}

fn named_paths(field: &str, value: &Value) -> Result<Vec<(String, Vec<BodyPath>)>, InvalidMapping> {
    let Value::Object(named) = value else { return Err(InvalidMapping::at(field, MappingError::NoObject)) };
    let mut mapped = Vec::new();
    for (name, value) in named.iter().filter(|(_, value)| !value.is_null()) {
        if name.trim().is_empty() || name.chars().count() > MAX_NAME_CHARS {
            return Err(InvalidMapping::at(field, MappingError::Name));
        }
        mapped.push((name.clone(), paths(&format!("{field}.{name}"), value)?));
    }
    Ok(mapped)
}

fn paths(field: &str, value: &Value) -> Result<Vec<BodyPath>, InvalidMapping> {
    const MAX_ALTERNATIVES: usize = 10;
    let one = |at: String, value: &Value| match value {
        Value::String(text) => {
            BodyPath::parse(text).map_err(|fault| InvalidMapping::at(at, MappingError::Path(fault)))
        }
        _ => Err(InvalidMapping::at(at, MappingError::NoPath)),
    };
    match value {
        Value::Array(several) if (1..=MAX_ALTERNATIVES).contains(&several.len()) => {
            several.iter().enumerate().map(|(at, value)| one(format!("{field}[{at}]"), value)).collect()
        }
        Value::Array(_) => Err(InvalidMapping::at(field, MappingError::NoPath)),
        value => Ok(vec![one(field.to_owned(), value)?]),
    }
}
