//! A batch of which AWS has taken a part: each of the three APIs says so in words of its own.

use serde_json::{Value, json};

use crate::aws::answer::Answer;
use crate::random::Random;

/// A batch without one of its entries.
pub(super) struct Part {
    /// The request without it.
    pub(super) asked: Value,
    /// It, as the answer names it.
    left: Value,
    named: &'static str,
}

/// Where the entries of a batch stand: the place of their list in the request, and each one's place in that list.
fn entries(request: &Value) -> Vec<(String, usize)> {
    let mut lists = vec![("/Entries".to_owned(), request.get("Entries"))];
    for (table, whole) in request["RequestItems"].as_object().into_iter().flatten() {
        let list = format!("/RequestItems/{table}");
        match whole.get("Keys") {
            Some(keys) => lists.push((format!("{list}/Keys"), Some(keys))),
            None => lists.push((list, Some(whole))),
        }
    }
    // The SDK writes its tables in any order.
    lists.sort_by(|(one, _), (other, _)| one.cmp(other));
    let length = |list: Option<&Value>| list.and_then(Value::as_array).map_or(0, Vec::len);
    lists.into_iter().flat_map(|(at, list)| (0..length(list)).map(move |place| (at.clone(), place))).collect()
}

/// Whether it is a batch of more than one entry.
pub(super) fn has_many(request: &Value) -> bool {
    entries(request).len() > 1
}

impl Part {
    /// Takes one entry out, whichever it is. `None` when there is only one: a batch of one is taken or refused.
    ///
    /// BatchGetItem: `UnprocessedKeys`. BatchWriteItem: `UnprocessedItems`. SendMessageBatch: `Failed`, "because the result of sending
    /// each message is reported individually".
    pub(super) fn of(request: &Value, random: &Random) -> Option<Self> {
        let entries = entries(request);
        let (list, place) = random.pick(&entries).filter(|_| entries.len() > 1)?;
        let mut asked = request.clone();
        let of_list = asked.pointer_mut(list)?.as_array_mut()?;
        let one = of_list.remove(*place);
        let was_last = of_list.is_empty();
        let Some(of_tables) = list.strip_prefix("/RequestItems/") else {
            let left = json!([{"Id": one["Id"], "Code": "InternalError", "SenderFault": false}]);
            return Some(Self { asked, left, named: "Failed" });
        };
        let table = of_tables.trim_end_matches("/Keys");
        let tables = asked["RequestItems"].as_object_mut()?;
        let mut whole = tables.get(table)?.clone();
        if was_last {
            tables.remove(table);
        }
        let is_read = of_tables != table;
        if is_read {
            whole["Keys"] = json!([one]);
        } else {
            whole = json!([one]);
        }
        let named = if is_read { "UnprocessedKeys" } else { "UnprocessedItems" };
        Some(Self { asked, left: json!({table: whole}), named })
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
    use std::collections::BTreeSet;

    use super::*;

    /// What can become of a batch: what is asked for, and what the answer names.
    fn parts(request: &Value) -> BTreeSet<(String, String)> {
        let random = Random::new(1);
        let parts = (0..100).filter_map(|_| Part::of(request, &random));
        let said = |part: Part| (part.asked.to_string(), part.answer(&Answer::ok(&json!({}))).body);
        parts.map(said).collect()
    }

    fn both(asked: [Value; 2], answers: [Value; 2]) -> BTreeSet<(String, String)> {
        asked.iter().map(Value::to_string).zip(answers.iter().map(Value::to_string)).collect()
    }

    #[test]
    fn any_entry_may_be_left_and_is_named_as_each_api_names_it() {
        let get = |keys: Value| json!({"RequestItems": keys});
        let (one, other) = (json!({"Keys": [1], "ConsistentRead": true}), json!({"Keys": [2]}));
        assert_eq!(
            parts(&get(json!({"A": one, "B": other}))),
            both(
                [get(json!({"B": other})), get(json!({"A": one}))],
                [json!({"UnprocessedKeys": {"A": one}}), json!({"UnprocessedKeys": {"B": other}})],
            )
        );
        assert_eq!(
            parts(&get(json!({"A": [1, 2]}))),
            both(
                [get(json!({"A": [2]})), get(json!({"A": [1]}))],
                [json!({"UnprocessedItems": {"A": [1]}}), json!({"UnprocessedItems": {"A": [2]}})],
            )
        );
        let send =
            |ids: &[&str]| json!({"Entries": ids.iter().map(|id| json!({"Id": id})).collect::<Vec<_>>()});
        let failed =
            |id: &str| json!({"Failed": [{"Id": id, "Code": "InternalError", "SenderFault": false}]});
        assert_eq!(parts(&send(&["a", "b"])), both([send(&["b"]), send(&["a"])], [failed("a"), failed("b")]));
    }

    #[test]
    fn a_batch_of_one_is_taken_or_refused() {
        for one in
            [json!({"Entries": [{"Id": "a"}]}), json!({"RequestItems": {"A": {"Keys": [1]}}}), json!({})]
        {
            assert!(!has_many(&one) && parts(&one).is_empty(), "{one}");
        }
    }
}
