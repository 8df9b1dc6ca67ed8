//! Numbers of others, with every digit.

use std::fmt;
use std::sync::Arc;

use domain::fits_64_bits;
use minijinja::Value;
use minijinja::value::{Object, ObjectRepr};

/// A number that no machine has: its digits, as they were written. It can be sent, and nothing can be worked out with it.
#[derive(Debug)]
pub(crate) struct Digits(String);

/// The value of a number that stands in JSON.
pub(crate) fn number(written: &str) -> Value {
    if fits_64_bits(written) {
        return serde_json::from_str::<serde_json::Number>(written)
            .map_or(Value::UNDEFINED, Value::from_serialize);
    }
    let whole = written.parse::<i128>().ok().map(Value::from);
    whole.unwrap_or_else(|| Value::from_object(Digits(written.to_owned())))
}

/// The digits of a number that no machine has.
pub(crate) fn digits_of(value: &Value) -> Option<&str> {
    value.downcast_object_ref::<Digits>().map(|Digits(written)| written.as_str())
}

impl Object for Digits {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
