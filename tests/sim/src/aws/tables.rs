//! DynamoDB: dynoxide, which a public conformance suite holds against AWS, and the stream of the table of calls.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use dynoxide::actions::get_records::{GetRecordsRequest, Record};
use dynoxide::actions::get_shard_iterator::encode_shard_iterator;
use dynoxide::{Database, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::aws::answer::Answer;
use crate::template::Template;
use crate::time::Time;

/// The table that has a stream.
const CALLS: &str = "Calls";
/// What leaves no record in a stream.
const READS: [&str; 5] = ["GetItem", "Query", "Scan", "BatchGetItem", "TransactGetItems"];

/// The tables of a world.
pub struct Tables {
    database: Database,
    /// Whether the table with the stream may have been written to since the stream was read.
    is_written: AtomicBool,
    /// The last place of the stream that was read.
    read_to: AtomicI64,
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tables")
    }
}

impl Tables {
    /// The template's tables, empty.
    ///
    /// # Panics
    ///
    /// When one cannot be made.
    #[must_use]
    pub fn new(template: &Template, time: &Time) -> Self {
        let database = Database::memory_with_clock(Arc::new(time.clone())).expect("a database in memory");
        let this = Self { database, is_written: AtomicBool::new(false), read_to: AtomicI64::new(0) };
        for table in template.tables() {
            let made = this.run("CreateTable", &table.to_string());
            assert!(made.is_ok(), "{table}: {made:?}");
        }
        this
    }

    /// Answers a request.
    #[must_use]
    pub fn answer(&self, operation: &str, body: &str) -> Answer {
        match self.run(operation, body) {
            Ok(body) => Answer { status: 200, body },
            Err(error) => Answer { status: error.status_code(), body: error.to_json() },
        }
    }

    fn run(&self, operation: &str, body: &str) -> Result<String> {
        let db = &self.database;
        if !READS.contains(&operation) && body.contains(CALLS) {
            self.is_written.store(true, Ordering::Relaxed);
        }
        match operation {
            "CreateTable" => written(&db.create_table(read(body)?)?),
            "PutItem" => written(&db.put_item(read(body)?)?),
            "GetItem" => written(&db.get_item(read(body)?)?),
            "UpdateItem" => written(&db.update_item(read(body)?)?),
            "DeleteItem" => written(&db.delete_item(read(body)?)?),
            "Query" => written(&db.query(read(body)?)?),
            "Scan" => written(&db.scan(read(body)?)?),
            "BatchGetItem" => written(&db.batch_get_item(read(body)?)?),
            "BatchWriteItem" => written(&db.batch_write_item(read(body)?)?),
            "TransactWriteItems" => written(&db.transact_write_items(read(body)?)?),
            "TransactGetItems" => written(&db.transact_get_items(read(body)?)?),
            other => panic!("no model of DynamoDB's {other}"),
        }
    }

    /// All items of a table, in the order of their keys' texts.
    ///
    /// # Panics
    ///
    /// When they cannot be read.
    #[must_use]
    pub fn all(&self, table: &str) -> Vec<Value> {
        let mut request = json!({"TableName": table});
        let mut items = Vec::new();
        loop {
            let answer = self.answer("Scan", &request.to_string());
            assert_eq!(answer.status, 200, "{}", answer.body);
            let mut answer: Value = serde_json::from_str(&answer.body).unwrap_or_default();
            if let Value::Array(some) = answer["Items"].take() {
                items.extend(some);
            }
            match answer["LastEvaluatedKey"].take() {
                Value::Null => return items,
                last => request["ExclusiveStartKey"] = last,
            }
        }
    }

    /// The records of the stream behind a place, with the place behind each.
    ///
    /// # Panics
    ///
    /// When the stream cannot be read.
    #[must_use]
    pub fn stream_after(&self, position: i64) -> Vec<(i64, Record)> {
        // Whoever waits for the stream looks after every call to AWS.
        if !self.is_written.swap(false, Ordering::Relaxed) && position >= self.read_to.load(Ordering::Relaxed)
        {
            return Vec::new();
        }
        let request = GetRecordsRequest {
            shard_iterator: encode_shard_iterator(CALLS, "shardId-00000001-Calls", position),
            limit: None,
        };
        let records = self.database.get_records(request).expect("the stream").records;
        let records: Vec<_> = records.into_iter().map(|record| (place_of(&record), record)).collect();
        if let Some((last, _)) = records.last() {
            self.read_to.store(*last, Ordering::Relaxed);
        }
        records
    }
}

/// dynoxide counts records from this number on.
const FIRST_SEQUENCE_NUMBER: u128 = 100_000_000_000_000_000_000;

fn place_of(record: &Record) -> i64 {
    let number: u128 = record.dynamodb.sequence_number.parse().expect("a number");
    i64::try_from(number - FIRST_SEQUENCE_NUMBER).expect("a place in the stream")
}

fn read<T: DeserializeOwned>(body: &str) -> Result<T> {
    serde_json::from_str(body)
        .map_err(|error| dynoxide::DynoxideError::ValidationException(error.to_string()))
}

fn written<T: Serialize>(answer: &T) -> Result<String> {
    serde_json::to_string(answer)
        .map_err(|error| dynoxide::DynoxideError::InternalServerError(error.to_string()))
}
