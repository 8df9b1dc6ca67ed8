//! Reading a request's body field by field, so that a refusal names the field to change.

use std::collections::HashMap;
use std::fmt::Display;

use domain::{JsonObject, TargetUrl, is_blank, whole_number};
use serde_json::error::Category;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::Problem;
use crate::carried::{field_with_a_changed_number, without_nulls};

/// Longest name of an account, a webhook, a campaign, an API key.
pub const MAX_NAME_CHARS: usize = 200;

/// Largest body of a request.
const MAX_BODY_BYTES: usize = 256 * 1024;

/// How much of an unknown field's name is shown.
const MAX_NAME_SHOWN: usize = 100;

/// Longest id that is read at all; an id has a limit of its own.
const MAX_ID_CHARS: usize = 200;

/// Longest URL that is read at all; `TargetUrl` has a limit of its own.
const MAX_URL_CHARS: usize = 10_000;

/// A byte order mark in front is no part of a body.
fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)
}

/// Where the JSON breaks. Quotes nothing of the body.
fn broken(error: &serde_json::Error) -> Problem {
    match error.classify() {
        Category::Data => Problem::invalid_json("the body must be a JSON object"),
        Category::Eof => {
            Problem::invalid_json("the body is empty or ends too early; it must be a JSON object")
        }
        Category::Syntax | Category::Io => Problem::invalid_json(format!(
            "the body must be a JSON object; its JSON breaks at line {}, column {}",
            error.line(),
            error.column()
        )),
    }
}

/// The fields of a body, or of an object in it. `null` is the same as absent. Each method takes its field out, and its error
/// is the answer: a refusal that names the field.
pub struct Fields {
    pub(crate) fields: Map<String, Value>,
    pub(crate) path: String,
}

domain::shows_only!(Fields { path });

impl Fields {
    /// Reads a body that has no other fields than `known`.
    pub fn parse(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Problem::body_too_large(MAX_BODY_BYTES));
        }
        match serde_json::from_slice(without_mark(body)) {
            Ok(Value::Object(fields)) => {
                let fields = Self { fields, path: String::new() }.known(known)?;
                match field_with_a_changed_number(without_mark(body)) {
                    Some(name) => {
                        Err(Problem::invalid_field(name, "has a number with more digits than can be kept"))
                    }
                    None => Ok(fields),
                }
            }
            Ok(_) => Err(Problem::invalid_json("the body must be a JSON object")),
            Err(error) => Err(broken(&error)),
        }
    }

    /// Reads those fields of a body that are `known`. Others are ignored, whatever they hold: for a route whose body is not made
    /// for us alone.
    pub fn parse_known(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Problem::body_too_large(MAX_BODY_BYTES));
        }
        let sent: HashMap<String, &RawValue> =
            serde_json::from_slice(without_mark(body)).map_err(|error| broken(&error))?;
        let read = |name: &&str| {
            Some(serde_json::from_str(sent.get(*name)?.get()).map(|value| ((*name).to_owned(), value)))
        };
        let fields: Result<_, _> = known.iter().filter_map(read).collect();
        Ok(Self { fields: fields.map_err(|error| broken(&error))?, path: String::new() })
    }

    /// Like [`Fields::parse`], for a route whose body may be left out.
    pub fn parse_optional(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        if body.is_empty() { Self::parse(b"{}", known) } else { Self::parse(body, known) }
    }

    pub(crate) fn known(self, known: &[&str]) -> Result<Self, Problem> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            // Cut: a name that is as long as the body would come back twice.
            Some(name) => {
                Err(Problem::unknown_field(self.at(&name.chars().take(MAX_NAME_SHOWN).collect::<String>())))
            }
            None => Ok(self),
        }
    }

    /// The path of a field, as refusals name it: `responseWebhook.url`.
    pub fn at(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, be it as `null`.
    pub fn names(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A text of 1 to `max` characters, of which something is seen.
    pub fn text(&mut self, name: &str, max: usize) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if is_blank(&text) => {
                Err(Problem::invalid_field(self.at(name), "must not be empty"))
            }
            Some(Value::String(text)) if text.chars().count() > max => {
                Err(Problem::invalid_field(self.at(name), format!("has more than {max} characters")))
            }
            // Databases of receivers refuse U+0000.
            Some(Value::String(text)) => Ok(Some(text.replace('\0', ""))),
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be a string")),
        }
    }

    /// A text that may be blank, which is the same as absent: forms send what was left empty as `""`.
    pub fn optional_text(&mut self, name: &str, max: usize) -> Result<Option<String>, Problem> {
        let blank = self.fields.get(name).and_then(Value::as_str).is_some_and(is_blank);
        if blank {
            self.fields.remove(name);
        }
        self.text(name, max)
    }

    /// Like [`Fields::text`], for a field that must be there.
    pub fn required_text(&mut self, name: &str, max: usize) -> Result<String, Problem> {
        self.text(name, max)?.ok_or_else(|| Problem::missing_field(self.at(name)))
    }

    /// One of some texts.
    pub fn choice<T: Copy>(&mut self, name: &str, choices: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let chosen = value.as_str().and_then(|text| choices.iter().find(|(name, _)| *name == text));
        match chosen {
            Some((_, choice)) => Ok(Some(*choice)),
            None => {
                let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                Err(Problem::invalid_field(self.at(name), format!("must be {}", names.join(" or "))))
            }
        }
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let read = value.as_bool();
        read.map(Some).ok_or_else(|| Problem::invalid_field(self.at(name), "must be true or false"))
    }

    /// A whole number in a range.
    pub fn whole_number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match whole_number(&value).filter(|number| range.contains(number)) {
                Some(number) => Ok(Some(number)),
                None => Err(Problem::invalid_field(
                    self.at(name),
                    format!("must be a whole number from {} to {}", range.start(), range.end()),
                )),
            },
        }
    }

    /// Like [`Fields::whole_number`], for a field that must be there.
    pub fn required_whole_number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, Problem> {
        self.whole_number(name, range)?.ok_or_else(|| Problem::missing_field(self.at(name)))
    }

    /// An object that is carried and not read, of `max_bytes` of JSON at most.
    pub fn opaque_object(&mut self, name: &str, max_bytes: usize) -> Result<Option<JsonObject>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(object)) => match JsonObject::new(&without_nulls(object)) {
                Ok(object) if object.as_raw().get().len() <= max_bytes => Ok(Some(object)),
                _ => Err(Problem::invalid_field(self.at(name), format!("has more than {max_bytes} bytes"))),
            },
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be an object")),
        }
    }

    /// Any JSON.
    pub fn json(&mut self, name: &str) -> Option<Value> {
        self.take(name)
    }

    /// An object whose fields are read.
    pub fn object(&mut self, name: &str, known: &[&str]) -> Result<Option<Self>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(fields)) => {
                Self { fields, path: format!("{}.", self.at(name)) }.known(known).map(Some)
            }
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be an object")),
        }
    }

    /// The id of a thing: a campaign, say.
    pub fn id<T: TryFrom<String>>(&mut self, name: &str, thing: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.text(name, MAX_ID_CHARS)? else { return Ok(None) };
        let id = T::try_from(text).map(Some);
        id.map_err(|_| Problem::invalid_field(self.at(name), format!("is not a {thing}'s id")))
    }

    /// A URL that an endpoint may have, as `admit` judges.
    pub fn target_url<E: Display>(
        &mut self,
        name: &str,
        admit: impl FnOnce(&TargetUrl) -> Result<(), E>,
    ) -> Result<Option<TargetUrl>, Problem> {
        let Some(text) = self.text(name, MAX_URL_CHARS)? else { return Ok(None) };
        let url = TargetUrl::parse(&text).map_err(|error| Problem::invalid_field(self.at(name), error))?;
        admit(&url).map_err(|error| Problem::invalid_field(self.at(name), error))?;
        Ok(Some(url))
    }

    /// What a `PATCH` says of a field: `None` when it is not there, `Some(None)` when it is to be cleared.
    pub fn change<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, Problem>,
    ) -> Result<Option<Option<T>>, Problem> {
        if self.names(name) { read(self, name).map(Some) } else { Ok(None) }
    }

    /// Like [`Fields::change`], for a field that cannot be cleared.
    pub fn set<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<Option<T>, Problem>,
    ) -> Result<Option<T>, Problem> {
        match self.change(name, read)? {
            None => Ok(None),
            Some(None) => Err(Problem::invalid_field(self.at(name), "cannot be removed")),
            Some(value) => Ok(value),
        }
    }
}

#[cfg(test)]
#[path = "fields_tests.rs"]
mod tests;
