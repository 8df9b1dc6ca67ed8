use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A JSON object that this system carries and does not read. Stored as its text: a DynamoDB map would lose the order of its
/// keys, and refuse some numbers and depths that JSON has.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JsonObject(Box<RawValue>);

crate::values::shows_only!(JsonObject {});

impl JsonObject {
    /// Takes an object over from a request's body.
    ///
    /// # Errors
    ///
    /// None that an object can cause; serde's signature has one.
    pub fn new(object: &serde_json::Map<String, serde_json::Value>) -> serde_json::Result<Self> {
        serde_json::value::to_raw_value(object).map(Self)
    }

    /// The object as data, where every number has 64 bits; `null` when it lies too deep in itself to be read.
    #[must_use]
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// The object, ready to stand in a JSON document.
    #[must_use]
    pub fn as_raw(&self) -> &RawValue {
        &self.0
    }
}

impl PartialEq for JsonObject {
    fn eq(&self, other: &Self) -> bool {
        self.0.get() == other.0.get()
    }
}

impl Eq for JsonObject {}

impl TryFrom<String> for JsonObject {
    type Error = serde_json::Error;
    fn try_from(text: String) -> serde_json::Result<Self> {
        RawValue::from_string(text).map(Self)
    }
}

impl From<JsonObject> for String {
    fn from(object: JsonObject) -> Self {
        object.0.get().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: &serde_json::Value) -> JsonObject {
        JsonObject::new(value.as_object().expect("an object")).expect("JSON")
    }

    #[test]
    fn an_object_is_stored_as_its_text_with_its_keys_in_their_order() {
        let stored = String::from(object(&json!({"b": 1, "a": 2})));
        assert_eq!(stored, r#"{"b":1,"a":2}"#);
        assert_eq!(object(&json!({"b": 1})).to_value(), json!({"b": 1}));
        assert!(JsonObject::try_from(stored).is_ok_and(|read| read == object(&json!({"b": 1, "a": 2}))));
        assert!(object(&json!({"a": 1})) != object(&json!({"a": 2})));
    }
}
