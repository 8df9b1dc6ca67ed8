//! The tables of `template.yaml` and what is in them, read only: a write is answered and forgotten, so that every request
//! finds what the first one found.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// One item, in DynamoDB's JSON.
pub type Item = Map<String, Value>;

/// What an index is made of, as far as the cost of writes depends on it.
#[derive(Debug)]
pub struct Index {
    /// Its partition and sort key. An item without them is not in the index.
    pub key: &'static [&'static str],
    /// The attributes it copies; `None`: all.
    pub projected: Option<&'static [&'static str]>,
}

/// Key and indexes of a table. The functions are told these names in their environment.
#[derive(Debug)]
pub struct Schema {
    /// Its name.
    pub name: &'static str,
    /// Its key.
    pub key: &'static [&'static str],
    /// Its indexes.
    pub indexes: &'static [Index],
}

const BY_CAMPAIGN: &[&str] = &[
    "accountId",
    "webhookId",
    "campaignId",
    "source",
    "status",
    "reason",
    "recipient",
    "campaignName",
    "createdAt",
    "finishedAt",
    "summary",
    "recording",
    "duration",
    "analysis",
    "actionItems",
    "tokensConsumed",
];

/// The tables, as `template.yaml` has them.
pub const TABLES: [Schema; 10] = [
    Schema { name: "Accounts", key: &["id"], indexes: &[] },
    Schema {
        name: "ApiKeys",
        key: &["id"],
        indexes: &[Index { key: &["accountId", "id"], projected: None }],
    },
    Schema { name: "PortalTokens", key: &["accountId", "id"], indexes: &[] },
    Schema {
        name: "Webhooks",
        key: &["accountId", "id"],
        indexes: &[Index { key: &["slug"], projected: Some(&["status", "campaignId"]) }],
    },
    Schema { name: "Campaigns", key: &["accountId", "id"], indexes: &[] },
    Schema { name: "Counts", key: &["accountId"], indexes: &[] },
    Schema {
        name: "Calls",
        key: &["id"],
        indexes: &[Index { key: &["accountCampaign", "campaignOrder"], projected: Some(BY_CAMPAIGN) }],
    },
    Schema { name: "Ledger", key: &["accountId", "id"], indexes: &[] },
    Schema {
        name: "DeliveryLogs",
        key: &["deliveryId", "attemptKey"],
        indexes: &[Index { key: &["webhookId", "logOrder"], projected: None }],
    },
    Schema { name: "RequestLogs", key: &["webhookId", "id"], indexes: &[] },
];

/// A table's schema.
#[must_use]
pub fn schema(table: &str) -> Option<&'static Schema> {
    TABLES.iter().find(|schema| schema.name == table)
}

/// What is in the tables.
#[derive(Debug, Default)]
pub struct Tables {
    items: HashMap<&'static str, Vec<Item>>,
    by_key: HashMap<(&'static str, String), usize>,
    for_any_key: HashMap<&'static str, Item>,
}

impl Tables {
    /// Adds an item.
    pub fn put(&mut self, table: &'static str, item: &impl Serialize) {
        let item = to_item(item);
        let items = self.items.entry(table).or_default();
        if let Some(schema) = schema(table) {
            self.by_key.insert((table, key_text(schema, &item)), items.len());
        }
        items.push(item);
    }

    /// Gives every key that is asked for an item: this one, with that key.
    pub fn put_for_any_key(&mut self, table: &'static str, item: &impl Serialize) {
        self.for_any_key.insert(table, to_item(item));
    }

    /// The item with this key.
    #[must_use]
    pub fn get(&self, table: &str, key: &Item) -> Option<Item> {
        let schema = schema(table)?;
        if let Some(place) = self.by_key.get(&(schema.name, key_text(schema, key))) {
            return self.items.get(schema.name)?.get(*place).cloned();
        }
        let mut item = self.for_any_key.get(schema.name)?.clone();
        item.extend(key.clone());
        Some(item)
    }

    /// The items with this value of an attribute.
    pub fn with<'a>(
        &'a self,
        table: &str,
        attribute: &'a str,
        value: &'a Value,
    ) -> impl Iterator<Item = &'a Item> {
        let items = self.items.get(table).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter(move |item| item.get(attribute) == Some(value))
    }
}

fn key_text(schema: &Schema, item: &Item) -> String {
    schema.key.iter().map(|name| item.get(*name).map(Value::to_string).unwrap_or_default()).collect()
}

/// A value of the product's types as DynamoDB has it.
pub fn to_item(value: &impl Serialize) -> Item {
    match serde_json::to_value(value) {
        Ok(Value::Object(fields)) => {
            fields.iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
        }
        _ => Item::new(),
    }
}

/// Lists of numbers are bytes: the product has no other.
fn attribute(value: &Value) -> Value {
    match value {
        Value::Null => json!({"NULL": true}),
        Value::Bool(value) => json!({"BOOL": value}),
        Value::Number(number) => json!({"N": number.to_string()}),
        Value::String(text) => json!({"S": text}),
        Value::Array(values) if !values.is_empty() && values.iter().all(Value::is_number) => {
            let bytes: Vec<u8> = values.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok()).collect();
            json!({"B": STANDARD.encode(bytes)})
        }
        Value::Array(values) => json!({"L": values.iter().map(attribute).collect::<Vec<_>>()}),
        Value::Object(_) => json!({"M": to_item(value)}),
    }
}
