use std::collections::HashSet;

use domain::CallId;
use serde::Deserialize;
use serde_json::Value;

/// A batch of records of the table's stream. Each has the key of a call that was written, and nothing else of it. A record is
/// kept as it came: one that cannot be read must not make its whole batch unreadable.
#[derive(Debug, Deserialize)]
pub struct StreamBatch {
    #[serde(rename = "Records")]
    pub(crate) records: Vec<Value>,
}

impl StreamBatch {
    /// The calls, each once.
    pub(crate) fn calls(&self) -> Vec<CallId> {
        let mut seen = HashSet::new();
        self.records.iter().filter_map(call_of).filter(|id| seen.insert(id.clone())).collect()
    }

    /// The ids of the records that name no call.
    pub(crate) fn unusable(&self) -> impl Iterator<Item = &str> {
        let nameless = self.records.iter().filter(|record| call_of(record).is_none());
        nameless.map(|record| record.get("eventID").and_then(Value::as_str).unwrap_or("unknown"))
    }
}

fn call_of(record: &Value) -> Option<CallId> {
    let id = record.pointer("/dynamodb/Keys/id/S")?.as_str()?;
    CallId::parse(id).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn committed(records: Value) -> StreamBatch {
        serde_json::from_value(json!({"Records": records})).expect("a batch")
    }

    fn record(id: &str) -> Value {
        json!({"eventID": "e1", "eventName": "INSERT", "dynamodb": {"Keys": {"id": {"S": id}}, "SizeBytes": 41}})
    }

    #[test]
    fn the_calls_of_a_batch_are_named_once_and_in_their_order() {
        let batch = committed(json!([record("call_2"), record("call_1"), record("call_2")]));
        let ids: Vec<String> = batch.calls().into_iter().map(String::from).collect();
        assert_eq!(ids, ["call_2", "call_1"]);
        assert_eq!(batch.unusable().count(), 0);
    }

    #[test]
    fn a_record_that_names_no_call_spoils_no_other() {
        let batch = committed(json!([{"eventID": "e7"}, record("call_1"), record("no id"), null]));
        assert_eq!(batch.calls().len(), 1);
        assert_eq!(batch.unusable().collect::<Vec<_>>(), ["e7", "e1", "unknown"]);
    }
}
