//! The body that an endpoint receives.

use domain::Payload;
use minijinja::Value;

use crate::context::{context, weight};
use crate::document::{Node, Shape, Template, item, member, shown};
use crate::expression::Expression;
use crate::output::{MAX_WORK_AT_ONCE, Output, TOO_LONG, begin_work, charge_for_one};
use crate::text::Text;

/// A body, and what it is.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The header `content-type`.
    pub content_type: ContentType,
    /// At most [`crate::MAX_BODY`] bytes, UTF-8.
    pub body: Vec<u8>,
}

domain::shows_only!(Rendered { content_type });

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
pub struct RenderError {
    /// Where in the document, as [`crate::InvalidTemplate`] writes it.
    pub place: String,
    /// In words for who wrote the document; nothing of the call stands in it.
    pub reason: String,
}

impl Template {
    /// # Errors
    ///
    /// When an expression has no value for this call, or when what comes of it is too long.
    pub fn render(&self, payload: &Payload<'_>) -> Result<Rendered, RenderError> {
        begin_work();
        let context =
            context(payload, self.asks_for("call.transcript") || self.asks_for("call.transcriptText"));
        let rendering =
            Rendering { context, omits_nulls: matches!(self.shape, Shape::Json { omits_nulls: true, .. }) };
        let mut output = Output::default();
        let content_type = match &self.shape {
            Shape::Json { document, .. } => {
                rendering.write(document, &mut output).map_err(|fault| fault.shown_in("json"))?;
                ContentType::Json
            }
            Shape::Form(fields) => {
                rendering.write_form(fields, &mut output).map_err(|fault| fault.shown_in("form"))?;
                ContentType::Form
            }
            Shape::Text(text) => {
                let body = rendering.text(text).and_then(|body| output.push(&body));
                body.map_err(|reason| here(reason).shown_in("text"))?;
                ContentType::Text
            }
        };
        Ok(Rendered { content_type, body: output.into_bytes() })
    }
}

/// At the place that is being written. Whoever has it written adds where that is: most bodies have no fault, and need no places.
fn here(reason: String) -> RenderError {
    RenderError { place: String::new(), reason }
}

impl RenderError {
    /// `part` is a member's or an item's place in what it is a part of.
    fn within(self, part: &str) -> Self {
        Self { place: format!("{part}{}", self.place), ..self }
    }

    fn shown_in(self, form: &str) -> Self {
        Self { place: shown(&format!("{form}{}", self.place)), ..self }
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

    fn write_form(&self, fields: &[(String, Text)], output: &mut Output) -> Result<(), RenderError> {
        let (mut length, mut form) = (0, form_urlencoded::Serializer::new(String::new()));
        for (name, text) in fields {
            let written = self.text(text).and_then(|value| {
                length += value.len();
                // Checked before it is written, where it may be three times as long.
                if length > crate::MAX_BODY { Err(TOO_LONG.to_owned()) } else { Ok(value) }
            });
            let value = written.map_err(|reason| here(reason).within(&member("", name)))?;
            form.append_pair(name, &value);
        }
        output.push(&form.finish()).map_err(here)
    }

    fn write(&self, node: &Node, output: &mut Output) -> Result<(), RenderError> {
        match node {
            Node::Text(Text::Value(expression)) => {
                self.evaluate(expression).and_then(|value| output.push_as_json(&value, 0)).map_err(here)
            }
            Node::Text(text) => self.text(text).and_then(|text| output.push_json_text(&text)).map_err(here),
            Node::Fixed(json) => output.push(json).map_err(here),
            Node::List(items) => {
                output.push("[").map_err(here)?;
                for (at, node) in items.iter().enumerate() {
                    output.push(if at == 0 { "" } else { "," }).map_err(here)?;
                    self.write(node, output).map_err(|fault| fault.within(&item("", at)))?;
                }
                output.push("]").map_err(here)
            }
            Node::Object(members) => {
                output.push("{").map_err(here)?;
                let mut comma = "";
                for (name, node) in members {
                    let begin = output.len();
                    let is_there = self.write_member(comma, name, node, output);
                    if is_there.map_err(|fault| fault.within(&member("", name)))? {
                        comma = ",";
                    } else {
                        output.take_back(begin);
                    }
                }
                output.push("}").map_err(here)
            }
        }
    }

    /// Whether it is to be there.
    fn write_member(
        &self,
        comma: &str,
        name: &str,
        node: &Node,
        output: &mut Output,
    ) -> Result<bool, RenderError> {
        output.push(comma).map_err(here)?;
        output.push_json_text(name).map_err(here)?;
        output.push(":").map_err(here)?;
        let value = output.len();
        self.write(node, output)?;
        Ok(!(self.omits_nulls && output.since(value) == b"null"))
    }
}
