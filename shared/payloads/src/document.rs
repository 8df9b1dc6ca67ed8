//! The document as its owner wrote it: read, checked, compiled.

use serde_json::{Map, Value};

use crate::expression::Expression;
use crate::text::Text;
use crate::{MAX_DEPTH, MAX_DOCUMENT, MAX_EXPRESSIONS, names};

/// A payload of its owner's own design.
pub struct Template {
    pub(crate) shape: Shape,
    memory: usize,
}

pub(crate) enum Shape {
    Json { document: Node, omits_nulls: bool },
    Form(Vec<(String, Text)>),
    Text(Text),
}

pub(crate) enum Node {
    Text(Text),
    /// A number, `true`, `false` or `null`, as it is sent.
    Fixed(String),
    // As long as they are: a document has room for thousands of short ones.
    List(Box<[Node]>),
    Object(Box<[(String, Node)]>),
}

/// Why a document is no payload.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", before_reason(.place))]
pub struct InvalidTemplate {
    /// Where in the document: `json.properties.hs_call_body`, `json.items[0]`, or nothing for the whole.
    pub place: String,
    /// In words for who wrote it.
    pub reason: String,
}

fn before_reason(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!("{place}: ") }
}

impl InvalidTemplate {
    /// The place, where the document is the field `field` of something.
    #[must_use]
    pub fn within(&self, field: &str) -> String {
        if self.place.is_empty() { field.to_owned() } else { format!("{field}.{}", self.place) }
    }
}

/// How much of a place is shown, in characters: a member's name may be as long as a document.
const MAX_PLACE: usize = 200;

/// A place as it is shown.
pub(crate) fn shown(place: &str) -> String {
    match place.char_indices().nth(MAX_PLACE) {
        Some((end, _)) => format!("{}…", &place[..end]),
        None => place.to_owned(),
    }
}

type Read<T> = Result<T, InvalidTemplate>;

fn invalid<T>(place: &str, reason: impl Into<String>) -> Read<T> {
    Err(InvalidTemplate { place: shown(place), reason: reason.into() })
}

impl Template {
    /// Reads a document: `{"json": any JSON, "omitNulls": bool?}`, `{"form": {name: text}}` or `{"text": text}`.
    ///
    /// # Errors
    ///
    /// The first place at which it is wrong.
    pub fn parse(document: &Value) -> Read<Self> {
        let length = document.to_string().len();
        if length > MAX_DOCUMENT {
            return invalid("", format!("A payload has at most {} KiB.", MAX_DOCUMENT / 1024));
        }
        let Some(members) = document.as_object() else {
            return invalid("", ONE_OF_THREE);
        };
        let shape = match (members.get("json"), members.get("form"), members.get("text")) {
            (Some(json), None, None) => {
                only(members, &["json", "omitNulls"])?;
                let omits_nulls = match members.get("omitNulls") {
                    None => false,
                    Some(Value::Bool(omits)) => *omits,
                    Some(_) => return invalid("omitNulls", "This is true or false."),
                };
                Shape::Json { document: node(json, "json", 0)?, omits_nulls }
            }
            (None, Some(form), None) => {
                only(members, &["form"])?;
                let Some(fields) = form.as_object().filter(|fields| !fields.is_empty()) else {
                    return invalid("form", "A form is an object with the text of each field.");
                };
                let field = |(name, value): (&String, &Value)| {
                    let place = member("form", name);
                    let Some(value) = value.as_str() else {
                        return invalid(&place, "A field of a form is a text.");
                    };
                    Ok((name.clone(), text(value, &place)?))
                };
                Shape::Form(fields.iter().map(field).collect::<Read<_>>()?)
            }
            (None, None, Some(Value::String(body))) => {
                only(members, &["text"])?;
                Shape::Text(text(body, "text")?)
            }
            (None, None, Some(_)) => return invalid("text", "This is a text."),
            _ => return invalid("", ONE_OF_THREE),
        };
        let template = Self { shape, memory: 0 };
        let count = template.expressions().count();
        if count > MAX_EXPRESSIONS {
            let reason =
                format!("A payload has at most {MAX_EXPRESSIONS} expressions; this one has {count}.");
            return invalid("", reason);
        }
        Ok(Self { memory: count * OF_AN_EXPRESSION + length * OF_A_BYTE, ..template })
    }

    /// How many bytes of memory it takes at most: what is compiled is far larger than what was written.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.memory
    }

    pub(crate) fn asks_for(&self, whole: &str) -> bool {
        let within = |name: &String| names::is_within(name, whole) || names::is_within(whole, name);
        self.expressions().any(|expression| expression.names().iter().any(within))
    }

    fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.texts().into_iter().flat_map(Text::expressions)
    }

    fn texts(&self) -> Vec<&Text> {
        let mut found = Vec::new();
        match &self.shape {
            Shape::Json { document, .. } => document.add_texts_to(&mut found),
            Shape::Form(fields) => found.extend(fields.iter().map(|(_, text)| text)),
            Shape::Text(text) => found.push(text),
        }
        found
    }
}

/// What MiniJinja makes of an expression, in bytes. (9,600 of the shortest one, measured: it reserves room for instructions.)
const OF_AN_EXPRESSION: usize = 13 * 1024;
/// What becomes of a byte of the document at most, in a list of numbers or in a long expression.
const OF_A_BYTE: usize = 25;

const ONE_OF_THREE: &str = "A payload is {\"json\": …}, {\"form\": {name: text}} or {\"text\": text}, or null for the documented one.";

fn only(members: &Map<String, Value>, known: &[&str]) -> Read<()> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        Some(unknown) => invalid(unknown, "This is not known here."),
        None => Ok(()),
    }
}

impl Node {
    fn add_texts_to<'a>(&'a self, found: &mut Vec<&'a Text>) {
        match self {
            Self::Text(text) => found.push(text),
            Self::Fixed(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.add_texts_to(found)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.add_texts_to(found)),
        }
    }
}

fn node(json: &Value, place: &str, depth: usize) -> Read<Node> {
    if depth > MAX_DEPTH {
        return invalid(place, format!("Objects and lists lie at most {MAX_DEPTH} deep in each other."));
    }
    Ok(match json {
        Value::String(written) => Node::Text(text(written, place)?),
        Value::Array(items) => {
            let item = |(at, json)| node(json, &item(place, at), depth + 1);
            Node::List(items.iter().enumerate().map(item).collect::<Read<_>>()?)
        }
        Value::Object(members) => {
            let named =
                |(name, json): (&String, _)| Ok((name.clone(), node(json, &member(place, name), depth + 1)?));
            Node::Object(members.iter().map(named).collect::<Read<_>>()?)
        }
        fixed => Node::Fixed(fixed.to_string()),
    })
}

fn text(written: &str, place: &str) -> Read<Text> {
    Text::parse(written).or_else(|reason| invalid(place, reason))
}

/// The place of an object's member.
pub(crate) fn member(place: &str, name: &str) -> String {
    let is_plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-');
    if is_plain { format!("{place}.{name}") } else { format!("{place}[{}]", Value::from(name)) }
}

/// The place of a list's item.
pub(crate) fn item(place: &str, at: usize) -> String {
    format!("{place}[{at}]")
}
