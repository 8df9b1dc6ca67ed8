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
pub struct HeaderItem {
    name: String,
    /// `None` keeps the stored value of this name.
    pub value: Option<String>,
}

domain::shows_only!(HeaderItem { name });

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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fields(headers: Value) -> Fields {
        Fields::parse(json!({ "headers": headers }).to_string().as_bytes(), &["headers"]).expect("known")
    }

    fn refusal<T>(read: Result<T, Problem>) -> String {
        let body = read.err().expect("a refusal").body();
        let text = |part: &str| body["error"][part].as_str().unwrap_or_default().to_owned();
        format!("{} {}", text("code"), text("field"))
    }

    #[test]
    fn headers_are_a_list_of_names_and_values() {
        let mut body = fields(json!([{"name": "X-A", "value": "1"}, {"name": "X-B", "value": ""}]));
        let headers = body.headers("headers").expect("headers");
        assert_eq!(headers.to_lines(), "X-A:1\nX-B:\n");
        assert!(fields(json!(null)).headers("headers").expect("none").is_empty());
        assert!(fields(json!(null)).header_items("headers").expect("none").is_none());
    }

    #[test]
    fn the_part_of_a_header_that_cannot_be_used_is_named() {
        for (headers, expected) in [
            (json!({"X-A": "1"}), "invalid_field headers"),
            (json!(["X-A"]), "invalid_field headers[0]"),
            (json!([{"value": "1"}]), "missing_field headers[0].name"),
            (json!([{"name": "X-A", "value": "1"}, {"name": "X-B"}]), "missing_field headers[1].value"),
            (json!([{"name": "X-A", "value": 1}]), "invalid_field headers[0].value"),
            (json!([{"name": "X-A", "value": "1", "x": 1}]), "unknown_field headers[0].x"),
            (json!([{"name": "Host", "value": "1"}]), "invalid_field headers[0].name"),
        ] {
            assert_eq!(refusal(fields(headers.clone()).headers("headers")), expected, "{headers}");
        }
    }

    #[test]
    fn an_item_without_a_value_keeps_the_stored_one_of_its_name() {
        let mut body = fields(json!([{"name": "X-A", "value": "new"}, {"name": "X-B"}]));
        let items = body.header_items("headers").expect("a list").expect("items");
        let stored = |name: &str| (name == "X-B").then(|| "kept".to_owned());
        let headers = complete_headers(items, "headers", stored).expect("complete");
        assert_eq!(headers.to_lines(), "X-A:new\nX-B:kept\n");
    }
}
