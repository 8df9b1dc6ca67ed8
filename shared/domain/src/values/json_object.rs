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
