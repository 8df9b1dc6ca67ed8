//! What a CRM or the dialer filled: of it anything may be asked for, and what is absent is nothing, never an error.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

/// The value for an expression. Of what is absent, and of what is `null`, everything is absent.
pub(crate) fn loose(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::from_object(Absent),
        serde_json::Value::Array(items) => Value::from_object(List(items.into_iter().map(loose).collect())),
        serde_json::Value::Object(members) => Value::from_object(Members(
            members.into_iter().map(|(name, value)| (name, loose(value))).collect(),
        )),
        scalar => Value::from_serialize(scalar),
    }
}

/// Whether it is the value of what is not there.
pub(crate) fn is_absent(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.downcast_object_ref::<Absent>().is_some()
}

#[derive(Debug)]
struct Absent;

impl Object for Absent {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn get_value(self: &Arc<Self>, _: &Value) -> Option<Value> {
        Some(Value::from_dyn_object(Arc::clone(self)))
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

#[derive(Debug)]
struct List(Vec<Value>);

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, at: &Value) -> Option<Value> {
        let item = at.as_usize().and_then(|at| self.0.get(at)).cloned();
        Some(item.unwrap_or_else(|| Value::from_object(Absent)))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

#[derive(Debug)]
struct Members(Vec<(String, Value)>);

impl Object for Members {
    fn get_value(self: &Arc<Self>, name: &Value) -> Option<Value> {
        let wanted = name.as_str();
        let found = self.0.iter().find(|(name, _)| Some(name.as_str()) == wanted);
        Some(found.map_or_else(|| Value::from_object(Absent), |(_, value)| value.clone()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(name, _)| Value::from(name.as_str())).collect())
    }
}
