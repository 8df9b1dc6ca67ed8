//! Values become text or JSON, and never more than a bound of it.

use std::cell::Cell;
use std::io::{self, Write};

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::loose::is_absent;
use crate::number::digits_of;
use crate::{MAX_BODY, MAX_DEPTH};

pub(crate) const TOO_LONG: &str = "It is longer than 256 KiB.";
const TOO_DEEP: &str = "Its objects and lists lie too deep in each other.";
const TOO_MUCH: &str = "The document handles long texts too often.";

/// Bytes of texts that one rendering may handle.
const MAX_WORK: usize = 2 * 1024 * 1024;
/// Of these, those of one expression.
pub(crate) const MAX_WORK_AT_ONCE: usize = 512 * 1024;

thread_local! {
    /// What is left of [`MAX_WORK`]. (A filter is not told for which rendering it works; a rendering is one piece of work.)
    static WORK_LEFT: Cell<usize> = const { Cell::new(MAX_WORK) };
}

/// Before a rendering.
pub(crate) fn begin_work() {
    WORK_LEFT.set(MAX_WORK);
}

/// # Errors
///
/// When the rendering has handled enough.
pub(crate) fn charge(bytes: usize) -> Result<(), String> {
    let left = WORK_LEFT.get().checked_sub(bytes).ok_or(TOO_MUCH)?;
    WORK_LEFT.set(left);
    Ok(())
}

/// Before an expression is evaluated, which `bytes` of texts go into. (What MiniJinja makes of them, it makes in memory: with
/// each character escaped, six times as much.)
///
/// # Errors
///
/// When they are more than an expression may have, or the rendering has handled enough.
pub(crate) fn charge_for_one(bytes: usize) -> Result<(), String> {
    if bytes > MAX_WORK_AT_ONCE { Err(TOO_MUCH.into()) } else { charge(bytes) }
}

/// Bytes up to [`MAX_BODY`].
#[derive(Default)]
pub(crate) struct Output(Vec<u8>);

impl Output {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What was written from `begin` on.
    pub(crate) fn since(&self, begin: usize) -> &[u8] {
        self.0.get(begin..).unwrap_or_default()
    }

    /// As if nothing had been written from `begin` on.
    pub(crate) fn take_back(&mut self, begin: usize) {
        self.0.truncate(begin);
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn into_text(self) -> String {
        String::from_utf8(self.0)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// # Errors
    ///
    /// When it would be too long.
    pub(crate) fn push(&mut self, text: &str) -> Result<(), String> {
        self.write_all(text.as_bytes()).map_err(|_| TOO_LONG.into())
    }

    /// A text in quotes, escaped.
    pub(crate) fn push_json_text(&mut self, text: &str) -> Result<(), String> {
        serde_json::to_writer(self, text).map_err(|_| TOO_LONG.into())
    }

    pub(crate) fn push_json(&mut self, json: &serde_json::Value) -> Result<(), String> {
        serde_json::to_writer(self, json).map_err(|_| TOO_LONG.into())
    }

    /// As it stands in a longer text: nothing for what is absent, JSON for objects and lists.
    pub(crate) fn push_as_text(&mut self, value: &Value) -> Result<(), String> {
        match value.as_str() {
            Some(text) => self.push(text),
            None if is_absent(value) => Ok(()),
            None => self.push_as_json(value, 0),
        }
    }

    /// With its type. What is absent is `null`.
    pub(crate) fn push_as_json(&mut self, value: &Value, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH * 2 {
            return Err(TOO_DEEP.into());
        }
        if let Some(text) = value.as_str() {
            return self.push_json_text(text);
        }
        if let Some(digits) = digits_of(value) {
            return self.push(digits);
        }
        match value.kind() {
            _ if is_absent(value) => self.push("null"),
            ValueKind::Map => {
                self.push("{")?;
                for (at, name) in items(value)?.enumerate() {
                    self.push(if at == 0 { "" } else { "," })?;
                    // Or `{1: …, '1': …}` would have a name twice.
                    self.push_json_text(name.as_str().ok_or("The names of an object are texts.")?)?;
                    self.push(":")?;
                    self.push_as_json(&value.get_item(&name).unwrap_or_default(), depth + 1)?;
                }
                self.push("}")
            }
            ValueKind::Seq | ValueKind::Iterable => {
                self.push("[")?;
                for (at, item) in items(value)?.enumerate() {
                    self.push(if at == 0 { "" } else { "," })?;
                    self.push_as_json(&item, depth + 1)?;
                }
                self.push("]")
            }
            // Of 128 bits, where `serde_json` has 64.
            ValueKind::Number if value.is_integer() => self.push(&value.to_string()),
            // What comes of a division by zero, for which `serde_json` writes `null`.
            ValueKind::Number if f64::try_from(value.clone()).is_ok_and(|number| !number.is_finite()) => {
                Err("It is no number: something is divided by zero, or becomes too large.".into())
            }
            _ => self.push_json(&serde_json::to_value(value).map_err(|_| "It is no value that JSON has.")?),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_BODY {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn items(value: &Value) -> Result<impl Iterator<Item = Value>, String> {
    value.try_iter().map_err(|_| "It is no list.".into())
}

/// The value as a text of its own.
///
/// # Errors
///
/// When it would be too long, or the rendering has handled enough.
pub(crate) fn text_of(value: &Value) -> Result<String, String> {
    let mut output = Output::default();
    output.push_as_text(value)?;
    charge(output.0.len())?;
    Ok(output.into_text())
}

/// The value as JSON, in a text.
///
/// # Errors
///
/// As those of [`text_of`].
pub(crate) fn json_of(value: &Value) -> Result<String, String> {
    let mut output = Output::default();
    output.push_as_json(value, 0)?;
    charge(output.0.len())?;
    Ok(output.into_text())
}

/// The items as texts, with `separator` between them.
///
/// # Errors
///
/// When it is no list, and as those of [`text_of`].
pub(crate) fn joined(list: &Value, separator: &str) -> Result<String, String> {
    if is_absent(list) {
        return Ok(String::new());
    }
    if !matches!(list.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return Err("`join` wants a list.".into());
    }
    let mut output = Output::default();
    for (at, item) in items(list)?.enumerate() {
        output.push(if at == 0 { "" } else { separator })?;
        output.push_as_text(&item)?;
    }
    charge(output.0.len())?;
    Ok(output.into_text())
}
