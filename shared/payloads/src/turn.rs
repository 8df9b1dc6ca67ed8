//! The turns of a transcript. There may be very many of them, and most documents ask for none of their parts.

use std::sync::Arc;

use domain::Turn;
use minijinja::Value;
use minijinja::value::{Enumerator, Object};

/// The list of them.
pub(crate) fn turns_of(turns: Vec<Turn>) -> Value {
    Value::from_iter(turns.into_iter().map(|turn| Value::from_object(OneTurn(turn))))
}

#[derive(Debug)]
struct OneTurn(Turn);

impl Object for OneTurn {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        match name.as_str()? {
            "who" => Some(self.0.who.as_str().into()),
            "what" => Some(self.0.what.as_str().into()),
            "when" => Some(self.0.when.as_str().into()),
            _ => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Str(&["who", "what", "when"])
    }
}
