//! Custom headers in a body: a list of `{name, value}`.

use domain::CustomHeaders;
use serde_json::Value;

use crate::{Fields, Problem};

impl Fields {
    /// A list of `{name, value}`, in which a value may be missing.
    pub fn header_items(&mut self, name: &str) -> Result<Option<Vec<HeaderItem>>, Problem> {
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
    pub fn headers(&mut self, name: &str) -> Result<CustomHeaders, Problem> {
        let path = self.at(name);
        let items = self.header_items(name)?.unwrap_or_default();
        complete_headers(items, &path, |_| None)
    }
}

/// One item of a `headers` list.
#[derive(Debug)]
pub struct HeaderItem {
    name: String,
    /// `None` keeps the stored value of this name.
    pub value: Option<String>,
}

/// The headers of a list at `path`; `stored` gives the value of an item that brings none.
pub fn complete_headers(
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
