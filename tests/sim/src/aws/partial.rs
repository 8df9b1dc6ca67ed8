//! A batch of which AWS has taken a part: each of the three APIs says so in words of its own.

use serde_json::{Map, Value, json};

use crate::aws::answer::Answer;

/// A batch in two: what is asked for, and what is left.
pub(super) struct Halved {
    /// The request with its first entries.
    pub(super) asked: Value,
    /// The others, as the answer names them.
    left: Value,
    named: &'static str,
}

impl Halved {
    /// Cuts the last entry off. `None` when there is nothing to cut: a batch of one is taken or refused.
    ///
    /// BatchGetItem: `UnprocessedKeys`. BatchWriteItem: `UnprocessedItems`. SendMessageBatch: `Failed`, "because the result of sending
    /// each message is reported individually".
    pub(super) fn of(operation: &str, request: &Value) -> Option<Self> {
        let mut asked = request.clone();
        match operation {
            "SendMessageBatch" => {
                let entries = asked["Entries"].as_array_mut().filter(|entries| entries.len() > 1)?;
                let last = entries.pop()?;
                let left = json!([{"Id": last["Id"], "Code": "InternalError", "SenderFault": false}]);
                Some(Self { asked, left, named: "Failed" })
            }
            "BatchGetItem" | "BatchWriteItem" => {
                let tables = asked["RequestItems"].as_object_mut()?;
                let (table, whole) = tables.iter_mut().max_by_key(|(table, _)| (*table).clone())?;
                let is_read = operation == "BatchGetItem";
                let entries = if is_read { &mut whole["Keys"] } else { &mut *whole };
                let last = entries.as_array_mut().filter(|entries| entries.len() > 1)?.pop()?;
                let table = table.clone();
                let mut of_table = whole.clone();
                if is_read {
                    of_table["Keys"] = json!([last]);
                } else {
                    of_table = json!([last]);
                }
                let left = Value::Object(Map::from_iter([(table, of_table)]));
                Some(Self {
                    asked,
                    left,
                    named: if is_read { "UnprocessedKeys" } else { "UnprocessedItems" },
                })
            }
            _ => None,
        }
    }

    /// The answer to what was asked for, with what is left named in it.
    pub(super) fn answer(self, answer: &Answer) -> Answer {
        let mut body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if answer.status == 200 {
            body[self.named] = self.left;
        }
        Answer { status: answer.status, body: body.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn halved(operation: &str, request: Value) -> (Value, Value) {
        let halved = Halved::of(operation, &request).expect("two entries");
        let asked = halved.asked.clone();
        let answer = halved.answer(&Answer::ok(&json!({})));
        (asked, serde_json::from_str(&answer.body).expect("JSON"))
    }

    #[test]
    fn what_is_not_taken_is_named_as_each_api_names_it() {
        let (asked, answer) =
            halved("BatchGetItem", json!({"RequestItems": {"T": {"Keys": [1, 2], "ConsistentRead": true}}}));
        assert_eq!(asked["RequestItems"]["T"]["Keys"], json!([1]));
        assert_eq!(answer, json!({"UnprocessedKeys": {"T": {"Keys": [2], "ConsistentRead": true}}}));
        let (asked, answer) = halved("BatchWriteItem", json!({"RequestItems": {"T": [1, 2]}}));
        assert_eq!(asked["RequestItems"]["T"], json!([1]));
        assert_eq!(answer, json!({"UnprocessedItems": {"T": [2]}}));
        let (asked, answer) = halved("SendMessageBatch", json!({"Entries": [{"Id": "a"}, {"Id": "b"}]}));
        assert_eq!(asked["Entries"], json!([{"Id": "a"}]));
        assert_eq!(answer["Failed"][0]["Id"], "b");
    }
}
