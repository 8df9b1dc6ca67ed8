//! What a request is about: its tables, index or queue, and the rights that it takes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::last_part;

/// The table or the index that a part of a request names.
fn table_of(value: &Value) -> Option<String> {
    let table = value["TableName"].as_str()?;
    let index = value["IndexName"].as_str().map(|index| format!("/index/{index}"));
    Some(table.to_owned() + &index.unwrap_or_default())
}

/// What a role must allow for a request, as [`crate::template::Template::rights`] writes it. (DynamoDB, "Actions, resources, and
/// condition keys": a transaction takes the rights of what it is made of; SQS: SendMessageBatch takes that of SendMessage.)
pub(super) fn rights_of(function: &str, service: &str, operation: &str, request: &Value) -> Vec<String> {
    let right = |operation: &str, target: &str| format!("{function} {service}:{operation} {target}");
    if let Some(items) = request["TransactItems"].as_array() {
        let parts = items.iter().filter_map(Value::as_object).flatten();
        let named = |kind: &String| {
            if kind == "ConditionCheck" { "ConditionCheckItem".into() } else { format!("{kind}Item") }
        };
        return parts.map(|(kind, part)| right(&named(kind), &table_of(part).unwrap_or_default())).collect();
    }
    if let Some(tables) = request["RequestItems"].as_object() {
        return tables.keys().map(|table| right(operation, table)).collect();
    }
    match service {
        "dynamodb" => vec![right(operation, &table_of(request).unwrap_or_default())],
        "sqs" => {
            let queue = last_part(request["QueueUrl"].as_str().unwrap_or_default());
            vec![right(operation.trim_end_matches("Batch"), queue)]
        }
        _ => vec![format!("{function} {service}:{operation}")],
    }
}

/// The queue or the tables of a request, as a word behind the operation.
pub(super) fn target_of(request: &Value) -> String {
    let batch = request["RequestItems"].as_object().into_iter().flat_map(|tables| tables.keys().cloned());
    let transaction = request["TransactItems"].as_array().into_iter().flatten();
    let transaction =
        transaction.flat_map(|item| item.as_object().into_iter().flat_map(|item| item.values()));
    let tables: BTreeSet<String> =
        table_of(request).into_iter().chain(batch).chain(transaction.filter_map(table_of)).collect();
    let queue = request["QueueUrl"].as_str().map(|url| last_part(url).to_owned());
    let targets: Vec<String> = queue.into_iter().chain(tables).collect();
    if targets.is_empty() { String::new() } else { format!(" {}", targets.join("+")) }
}
