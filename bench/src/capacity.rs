//! What DynamoDB charges for: capacity units from the sizes of items ("DynamoDB item sizes and formats", "Read and write
//! operations").

use serde_json::Value;

use crate::tables::{Item, Schema};

/// Bytes of one write unit.
const WRITE: usize = 1024;

/// Bytes of one read unit, strongly consistent.
const READ: usize = 4096;

/// Units of writing an item of a table: once for the table (twice in a transaction) and once for each index that it is in.
#[must_use]
pub fn put(schema: &Schema, item: &Item, in_transaction: bool) -> f64 {
    let indexes = schema.indexes.iter().filter(|index| index.key.iter().all(|name| item.contains_key(*name)));
    let in_indexes = indexes.map(|index| {
        let copied = |name: &str| {
            index.projected.is_none_or(|names| names.contains(&name))
                || index.key.contains(&name)
                || schema.key.contains(&name)
        };
        write(item.iter().filter(|(name, _)| copied(name)).map(|(name, value)| size_of(name, value)).sum())
    });
    update(item, in_transaction) + in_indexes.sum::<f64>()
}

/// Units of changing attributes of an item, or of a condition on it, that are in no index: its whole size counts.
#[must_use]
pub fn update(item: &Item, in_transaction: bool) -> f64 {
    write(size(item)) * if in_transaction { 2.0 } else { 1.0 }
}

/// Units of reading this many bytes; one that is not there costs as much as the smallest.
#[must_use]
pub fn read(bytes: usize, consistent: bool) -> f64 {
    units(bytes, READ) * if consistent { 1.0 } else { 0.5 }
}

fn write(bytes: usize) -> f64 {
    units(bytes, WRITE)
}

fn units(bytes: usize, unit: usize) -> f64 {
    u32::try_from(bytes.div_ceil(unit).max(1)).map_or(f64::MAX, f64::from)
}

/// Bytes of an item.
#[must_use]
pub fn size(item: &Item) -> usize {
    item.iter().map(|(name, value)| size_of(name, value)).sum()
}

fn size_of(name: &str, value: &Value) -> usize {
    name.len() + size_of_value(value)
}

fn size_of_value(value: &Value) -> usize {
    let Some((kind, value)) = value.as_object().and_then(|value| value.iter().next()) else { return 1 };
    match (kind.as_str(), value) {
        ("S", Value::String(text)) => text.len(),
        ("B", Value::String(base64)) => base64.trim_end_matches('=').len() * 3 / 4,
        // 1 byte for two digits, and 1; 21 at most.
        ("N", Value::String(digits)) => (digits.len().div_ceil(2) + 1).min(21),
        ("L", Value::Array(values)) => 3 + values.iter().map(|value| 1 + size_of_value(value)).sum::<usize>(),
        ("M", Value::Object(item)) => 3 + item.len() + size(item),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tables::{schema, to_item};

    #[test]
    fn an_items_size_counts_names_and_values() {
        let mut item = to_item(&json!({"id": "abc", "n": 1234, "b": [0, 1, 2, 3], "m": {"k": "v"}}));
        assert_eq!(size(&item), (2 + 3) + (1 + 3) + (1 + 4) + (1 + 3 + 1 + 2));
        item.insert("missing".into(), json!({"NULL": true}));
        assert_eq!(size(&item), 21 + 8);
    }

    #[test]
    fn a_transaction_costs_twice_for_the_table_and_once_for_its_index() {
        let calls = schema("Calls").expect("a table");
        let large = "x".repeat(1_500);
        let unlisted = to_item(&json!({"id": "call_1", "transcript": large}));
        assert_eq!((put(calls, &unlisted, false), put(calls, &unlisted, true)), (2.0, 4.0));
        let fields =
            json!({"id": "call_1", "transcript": large, "accountCampaign": "a#c", "campaignOrder": "1"});
        assert_eq!(put(calls, &to_item(&fields), true), 4.0 + 1.0);
    }

    #[test]
    fn a_read_is_charged_by_4_kib_and_half_of_it_without_consistency() {
        assert_eq!([read(0, true), read(4096, true), read(4097, true)], [1.0, 1.0, 2.0]);
        assert_eq!(read(4097, false), 1.0);
    }
}
