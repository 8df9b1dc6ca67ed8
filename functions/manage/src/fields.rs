//! Reading a request's body field by field, so that a refusal names the field to change.

use domain::{CampaignId, CustomHeaders, JsonObject, WebhookId, whole_number};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// Largest body of a request to the management API.
pub(crate) const MAX_BODY_BYTES: usize = 256 * 1024;

/// How much of an unknown field's name is shown.
const MAX_NAME_SHOWN: usize = 100;

/// Largest JSON object that a campaign carries for the dialer.
const MAX_OBJECT_BYTES: usize = 16 * 1024;

/// The fields of a body, or of an object in it. `null` is the same as absent.
#[derive(Debug)]
pub(crate) struct Fields {
    fields: Map<String, Value>,
    path: String,
}

impl Fields {
    /// Reads a body that has no other fields than `known`.
    pub(crate) fn parse(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        if body.len() > MAX_BODY_BYTES {
            return Err(Problem::body_too_large(MAX_BODY_BYTES));
        }
        match serde_json::from_slice(body) {
            Ok(Value::Object(fields)) => Self { fields, path: String::new() }.known(known),
            _ => Err(Problem::invalid_json()),
        }
    }

    /// Like [`Fields::parse`], for a route whose body may be left out.
    pub(crate) fn parse_optional(body: &[u8], known: &[&str]) -> Result<Self, Problem> {
        if body.is_empty() { Self::parse(b"{}", known) } else { Self::parse(body, known) }
    }

    fn known(self, known: &[&str]) -> Result<Self, Problem> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            // Cut: a name that is as long as the body would come back twice.
            Some(name) => {
                Err(Problem::unknown_field(self.at(&name.chars().take(MAX_NAME_SHOWN).collect::<String>())))
            }
            None => Ok(self),
        }
    }

    /// The path of a field, as refusals name it: `responseWebhook.url`.
    pub(crate) fn at(&self, name: &str) -> String {
        format!("{}{name}", self.path)
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| !value.is_null())
    }

    /// Whether the field is there, be it as `null`.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// A text of 1 to `max` characters that is not only white space.
    pub(crate) fn text(&mut self, name: &str, max: usize) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => {
                Err(Problem::invalid_field(self.at(name), "must not be empty"))
            }
            Some(Value::String(text)) if text.chars().count() > max => {
                Err(Problem::invalid_field(self.at(name), format!("has more than {max} characters")))
            }
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be a string")),
        }
    }

    /// A text that may be blank, which is the same as absent: forms send what was left empty as `""`.
    pub(crate) fn optional_text(&mut self, name: &str, max: usize) -> Result<Option<String>, Problem> {
        let blank = self.fields.get(name).and_then(Value::as_str).is_some_and(|text| text.trim().is_empty());
        if blank {
            self.fields.remove(name);
        }
        self.text(name, max)
    }

    pub(crate) fn required_text(&mut self, name: &str, max: usize) -> Result<String, Problem> {
        self.text(name, max)?.ok_or_else(|| Problem::missing_field(self.at(name)))
    }

    /// One of some texts.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, Problem> {
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

    /// A whole number in a range.
    pub(crate) fn whole_number(
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

    pub(crate) fn required_whole_number(
        &mut self,
        name: &str,
        range: std::ops::RangeInclusive<u64>,
    ) -> Result<u64, Problem> {
        self.whole_number(name, range)?.ok_or_else(|| Problem::missing_field(self.at(name)))
    }

    /// An object that is carried for the dialer and not read.
    pub(crate) fn opaque_object(&mut self, name: &str) -> Result<Option<JsonObject>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(object)) => match JsonObject::new(&object) {
                Ok(object) if object.as_raw().get().len() <= MAX_OBJECT_BYTES => Ok(Some(object)),
                _ => Err(Problem::invalid_field(
                    self.at(name),
                    format!("has more than {MAX_OBJECT_BYTES} bytes"),
                )),
            },
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be an object")),
        }
    }

    /// An object whose fields are read.
    pub(crate) fn object(&mut self, name: &str, known: &[&str]) -> Result<Option<Self>, Problem> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(fields)) => {
                Self { fields, path: format!("{}.", self.at(name)) }.known(known).map(Some)
            }
            Some(_) => Err(Problem::invalid_field(self.at(name), "must be an object")),
        }
    }

    pub(crate) fn campaign_id(&mut self, name: &str) -> Result<Option<CampaignId>, Problem> {
        let Some(text) = self.text(name, 200)? else { return Ok(None) };
        CampaignId::parse(&text)
            .map(Some)
            .map_err(|_| Problem::invalid_field(self.at(name), "is not a campaign's id"))
    }

    pub(crate) fn webhook_id(&mut self, name: &str) -> Result<Option<WebhookId>, Problem> {
        let Some(text) = self.text(name, 200)? else { return Ok(None) };
        WebhookId::parse(&text)
            .map(Some)
            .map_err(|_| Problem::invalid_field(self.at(name), "is not a webhook's id"))
    }

    /// What a `PATCH` says of a field: `None` when it is not there, `Some(None)` when it is to be cleared.
    pub(crate) fn change<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<Option<T>, Problem>,
    ) -> Result<Option<Option<T>>, Problem> {
        if self.names(name) { read(self).map(Some) } else { Ok(None) }
    }

    /// Like [`Fields::change`], for a field that cannot be cleared.
    pub(crate) fn set<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self) -> Result<Option<T>, Problem>,
    ) -> Result<Option<T>, Problem> {
        match self.change(name, read)? {
            None => Ok(None),
            Some(None) => Err(Problem::invalid_field(self.at(name), "cannot be removed")),
            Some(value) => Ok(value),
        }
    }

    /// A list of `{name, value}`, in which a value may be missing.
    pub(crate) fn header_items(&mut self, name: &str) -> Result<Option<Vec<HeaderItem>>, Problem> {
        let path = self.at(name);
        match self.take(name) {
            None => Ok(None),
            Some(Value::Array(items)) => {
                let items = items.into_iter().enumerate();
                items
                    .map(|(index, item)| header_item(item, &format!("{path}[{index}]")))
                    .collect::<Result<_, _>>()
                    .map(Some)
            }
            Some(_) => Err(Problem::invalid_field(path, "must be a list of {name, value}")),
        }
    }

    /// A list of `{name, value}`.
    pub(crate) fn headers(&mut self, name: &str) -> Result<CustomHeaders, Problem> {
        let path = self.at(name);
        let items = self.header_items(name)?.unwrap_or_default();
        complete_headers(items, &path, |_| None)
    }
}

/// One item of a `headers` list.
#[derive(Debug)]
pub(crate) struct HeaderItem {
    name: String,
    /// `None` keeps the stored value of this name.
    pub(crate) value: Option<String>,
}

/// The headers of a list at `path`; `stored` gives the value of an item that brings none.
pub(crate) fn complete_headers(
    items: Vec<HeaderItem>,
    path: &str,
    stored: impl Fn(&str) -> Option<String>,
) -> Result<CustomHeaders, Problem> {
    let complete = |(index, item): (usize, HeaderItem)| match item.value.or_else(|| stored(&item.name)) {
        Some(value) => Ok((item.name, value)),
        None => Err(Problem::missing_field(format!("{path}[{index}].value"))),
    };
    let pairs = items.into_iter().enumerate().map(complete).collect::<Result<_, _>>()?;
    CustomHeaders::parse(pairs).map_err(|error| {
        Problem::invalid_field(format!("{path}{}", error.path()), format!("cannot be used: {error}"))
    })
}

fn header_item(item: Value, path: &str) -> Result<HeaderItem, Problem> {
    let Value::Object(fields) = item else {
        return Err(Problem::invalid_field(path, "must be an object with \"name\" and \"value\""));
    };
    let mut header = Fields { fields, path: format!("{path}.") }.known(&["name", "value"])?;
    let mut part = |name: &str| match header.take(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::invalid_field(header.at(name), "must be a string")),
    };
    let (name, value) = (part("name")?, part("value")?);
    Ok(HeaderItem { name: name.ok_or_else(|| Problem::missing_field(header.at("name")))?, value })
}
