//! The body that an endpoint receives.

use domain::Payload;
use minijinja::Value;

use crate::context::{context, weight};
use crate::document::{Node, Shape, Template, item, member, shown};
use crate::expression::Expression;
use crate::output::{MAX_WORK_AT_ONCE, Output, TOO_LONG, begin_work, charge_for_one};
use crate::text::Text;

/// A body, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The header `content-type`.
    pub content_type: ContentType,
    /// At most [`crate::MAX_BODY`] bytes, UTF-8.
    pub body: Vec<u8>,
}

/// What a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum ContentType {
    Json,
    Form,
    Text,
}

impl ContentType {
    /// As the header has it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Form => "application/x-www-form-urlencoded",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// Why there is no body for a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct NotRendered {
    /// Where in the document, as [`crate::InvalidTemplate`] writes it.
    pub place: String,
    /// In words for who wrote the document; nothing of the call stands in it.
    pub reason: String,
}

impl Template {
    /// # Errors
    ///
    /// When an expression has no value for this call, or when what comes of it is too long.
    pub fn render(&self, payload: &Payload<'_>) -> Result<Rendered, NotRendered> {
        begin_work();
        let context =
            context(payload, self.asks_for("call.transcript") || self.asks_for("call.transcriptText"));
        let rendering =
            Rendering { context, omits_nulls: matches!(self.shape, Shape::Json { omits_nulls: true, .. }) };
        let mut output = Output::default();
        let content_type = match &self.shape {
            Shape::Json { document, .. } => {
                rendering.write(document, "json", &mut output)?;
                ContentType::Json
            }
            Shape::Form(fields) => {
                let mut length = 0;
                let mut form = form_urlencoded::Serializer::new(String::new());
                for (name, text) in fields {
                    let place = member("form", name);
                    let value = rendering.text(text).or_else(|reason| not_rendered(&place, reason))?;
                    length += value.len();
                    // Checked before it is written, where it may be three times as long.
                    if length > crate::MAX_BODY {
                        return not_rendered(&place, TOO_LONG);
                    }
                    form.append_pair(name, &value);
                }
                output.push(&form.finish()).or_else(|reason| not_rendered("form", reason))?;
                ContentType::Form
            }
            Shape::Text(text) => {
                let body = rendering.text(text).or_else(|reason| not_rendered("text", reason))?;
                output.push(&body).or_else(|reason| not_rendered("text", reason))?;
                ContentType::Text
            }
        };
        Ok(Rendered { content_type, body: output.into_bytes() })
    }
}

struct Rendering {
    context: Value,
    omits_nulls: bool,
}

impl Rendering {
    fn evaluate(&self, expression: &Expression) -> Result<Value, String> {
        let weights = expression.paths().iter().map(|path| weight(&self.context, path, MAX_WORK_AT_ONCE));
        charge_for_one(weights.sum())?;
        expression.value(&self.context)
    }

    fn text(&self, text: &Text) -> Result<String, String> {
        text.write(&|expression| self.evaluate(expression))
    }

    fn write(&self, node: &Node, place: &str, output: &mut Output) -> Result<(), NotRendered> {
        match node {
            Node::Text(Text::Value(expression)) => self
                .evaluate(expression)
                .and_then(|value| output.push_as_json(&value, 0))
                .or_else(|reason| not_rendered(place, reason)),
            Node::Text(text) => self
                .text(text)
                .and_then(|text| output.push_json_text(&text))
                .or_else(|reason| not_rendered(place, reason)),
            Node::Fixed(json) => output.push(json).or_else(|reason| not_rendered(place, reason)),
            Node::List(items) => {
                push(output, "[", place)?;
                for (at, node) in items.iter().enumerate() {
                    push(output, if at == 0 { "" } else { "," }, place)?;
                    self.write(node, &item(place, at), output)?;
                }
                push(output, "]", place)
            }
            Node::Object(members) => {
                push(output, "{", place)?;
                let mut comma = "";
                for (name, node) in members {
                    let place = member(place, name);
                    let begin = output.len();
                    push(output, comma, &place)?;
                    output.push_json_text(name).or_else(|reason| not_rendered(&place, reason))?;
                    push(output, ":", &place)?;
                    let value = output.len();
                    self.write(node, &place, output)?;
                    if self.omits_nulls && output.since(value) == b"null" {
                        output.take_back(begin);
                    } else {
                        comma = ",";
                    }
                }
                push(output, "}", place)
            }
        }
    }
}

fn push(output: &mut Output, sign: &str, place: &str) -> Result<(), NotRendered> {
    output.push(sign).or_else(|reason| not_rendered(place, reason))
}

fn not_rendered<T>(place: &str, reason: impl Into<String>) -> Result<T, NotRendered> {
    Err(NotRendered { place: shown(place), reason: reason.into() })
}
