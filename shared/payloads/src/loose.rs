//! What a CRM or the dialer filled: of it anything may be asked for, and what is absent is nothing, never an error. It is read
//! from its text, since a number of `serde_json` has 64 bits, and an id may have more.

use std::fmt;
use std::sync::Arc;

use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::number::number;

/// The value of a JSON text for an expression. Of what is absent, and of what is `null`, everything is absent.
pub(crate) fn loose(json: &str) -> Value {
    let value = match json.trim_start().bytes().next() {
        Some(b'{') => serde_json::from_str::<Members>(json).map(Value::from_object),
        Some(b'[') => serde_json::from_str(json).map(|items: Vec<&RawValue>| {
            Value::from_object(List(items.into_iter().map(|item| loose(item.get())).collect()))
        }),
        Some(b'"') => serde_json::from_str::<String>(json).map(Value::from),
        Some(b't' | b'f') => serde_json::from_str::<bool>(json).map(Value::from),
        Some(b'n') | None => return Value::from_object(Absent),
        Some(_) => return number(json.trim()),
    };
    value.unwrap_or_else(|_| Value::from_object(Absent))
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

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut read: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = read.next_entry::<String, &RawValue>()? {
                    members.push((name, loose(value.get())));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}
