//! AWS, as far as the functions call it: answers at once, and counts what it is asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::Outcome;
use crate::capacity::{put, read, size, update};
use crate::http_server::{Answer, Asked, Server, answer, serve};
use crate::tables::{Item, Tables, schema};

/// What the stub seals is this many bytes longer than it was, about as much as under KMS.
const SEAL: [u8; 150] = [0x01; 150];

/// How often one kind of call was made, and what it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Calls.
    pub count: u64,
    /// DynamoDB's read units.
    pub reads: f64,
    /// DynamoDB's write units.
    pub writes: f64,
    /// Requests as SQS counts them (64 KiB each), and those of KMS and Scheduler.
    pub requests: f64,
}

/// Costs by what was called: the operation, and what it was about.
pub type Costs = BTreeMap<String, Cost>;

/// A running stub; it ends when this is dropped.
#[derive(Debug)]
pub struct AwsStub {
    server: Server,
    seen: Arc<Mutex<Seen>>,
}

/// What was asked of the stub.
#[derive(Debug, Default)]
pub struct Seen {
    /// The calls.
    pub costs: Costs,
    /// How the callers described themselves: each value of `user-agent` and of `x-amz-user-agent`.
    pub user_agents: BTreeSet<String>,
}

struct State {
    tables: Tables,
    seen: Arc<Mutex<Seen>>,
}

/// Bytes that the stub opens to `plaintext`.
#[must_use]
pub fn seal(plaintext: &[u8]) -> Vec<u8> {
    [&SEAL, plaintext].concat()
}

impl AwsStub {
    /// Starts one with these tables.
    ///
    /// # Errors
    ///
    /// When no port can be had.
    pub async fn start(tables: Tables) -> Outcome<Self> {
        let seen = Arc::<Mutex<Seen>>::default();
        let state = Arc::new(State { tables, seen: Arc::clone(&seen) });
        let server = serve(None, move |asked| {
            let answer = state.answer(&asked);
            async move { answer }
        })
        .await?;
        Ok(Self { server, seen })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// What was asked since this was called the last time.
    #[must_use]
    pub fn take_seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What is answered, what is counted under which name.
type Answered = (Value, String, Cost);

impl State {
    fn answer(&self, asked: &Asked) -> Answer {
        let body: Value = serde_json::from_slice(asked.body()).unwrap_or_default();
        let target =
            asked.headers().get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let answered = match operation {
            "GetItem" => self.get_item(&body),
            "BatchGetItem" => self.batch_get_item(&body),
            "Query" => self.query(&body),
            "PutItem" => Some(put_item(&body)),
            "UpdateItem" => Some(self.update_item(&body)),
            "BatchWriteItem" => Some(batch_write_item(&body)),
            "TransactWriteItems" => Some(self.transact_write_items(&body)),
            "GetQueueAttributes" => Some(get_queue_attributes(&body)),
            "SendMessage" => Some(send_message(&body, asked.body().len())),
            "SendMessageBatch" => Some(send_message_batch(&body, asked.body().len())),
            "Decrypt" => decrypt(&body),
            _ if asked.uri().path().starts_with("/schedules/") => {
                let arn =
                    json!({"ScheduleArn": "arn:aws:scheduler:us-east-1:123456789012:schedule/measured/one"});
                Some((arn, "CreateSchedule".into(), requests(1.0)))
            }
            _ => None,
        };
        let Some((value, name, cost)) = answered else {
            let said =
                format!(r#"{{"__type":"ValidationException","message":"the stub has no {operation}"}}"#);
            return answer(400, "application/x-amz-json-1.0", said);
        };
        self.note(name, cost, asked);
        answer(200, "application/x-amz-json-1.0", value.to_string())
    }

    fn note(&self, name: String, cost: Cost, asked: &Asked) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let total = seen.costs.entry(name).or_default();
        total.count += 1;
        total.reads += cost.reads;
        total.writes += cost.writes;
        total.requests += cost.requests;
        let described = ["user-agent", "x-amz-user-agent"].map(|name| asked.headers().get_all(name));
        seen.user_agents.extend(
            described
                .into_iter()
                .flatten()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
        );
    }

    fn get_item(&self, body: &Value) -> Option<Answered> {
        let table = body["TableName"].as_str()?;
        let item = self.tables.get(table, body["Key"].as_object()?);
        let cost = reads(read(item.as_ref().map_or(0, size), body["ConsistentRead"] == true));
        let value = item.map_or_else(|| json!({}), |item| json!({"Item": item}));
        Some((value, format!("GetItem {table}"), cost))
    }

    fn batch_get_item(&self, body: &Value) -> Option<Answered> {
        let (mut responses, mut names, mut cost) = (Item::new(), Vec::new(), 0.0);
        for (table, wanted) in body["RequestItems"].as_object()? {
            let mut found = Vec::new();
            for key in wanted["Keys"].as_array()? {
                let item = self.tables.get(table, key.as_object()?);
                cost += read(item.as_ref().map_or(0, size), wanted["ConsistentRead"] == true);
                found.extend(item.map(Value::Object));
            }
            names.push(table.as_str());
            responses.insert(table.clone(), Value::Array(found));
        }
        let value = json!({"Responses": responses, "UnprocessedKeys": {}});
        Some((value, format!("BatchGetItem {}", sorted(names)), reads(cost)))
    }

    /// Knows conditions of one form, `name = :value`, and no filters.
    fn query(&self, body: &Value) -> Option<Answered> {
        let table = body["TableName"].as_str()?;
        let (name, placeholder) = body["KeyConditionExpression"].as_str()?.split_once(" = ")?;
        let name = body["ExpressionAttributeNames"][name].as_str().unwrap_or(name);
        let value = &body["ExpressionAttributeValues"][placeholder.split_whitespace().next()?];
        let limit =
            body["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        let items: Vec<&Item> = self.tables.with(table, name, value).take(limit).collect();
        let bytes = items.iter().map(|item| size(item)).sum();
        let cost = reads(read(bytes, body["ConsistentRead"] == true));
        let index = body["IndexName"].as_str().map(|index| format!(".{index}")).unwrap_or_default();
        let count = items.len();
        let value = json!({"Items": items, "Count": count, "ScannedCount": count});
        Some((value, format!("Query {table}{index}"), cost))
    }

    fn update_item(&self, body: &Value) -> Answered {
        let table = body["TableName"].as_str().unwrap_or_default();
        (json!({}), format!("UpdateItem {table}"), writes(self.update_units(body, false)))
    }

    fn update_units(&self, update_of: &Value, in_transaction: bool) -> f64 {
        let table = update_of["TableName"].as_str().unwrap_or_default();
        let item = update_of["Key"].as_object().and_then(|key| self.tables.get(table, key));
        update(&item.unwrap_or_default(), in_transaction)
    }

    fn transact_write_items(&self, body: &Value) -> Answered {
        let (mut names, mut cost) = (Vec::new(), 0.0);
        for action in body["TransactItems"].as_array().into_iter().flatten() {
            let Some((kind, action)) = action.as_object().and_then(|action| action.iter().next()) else {
                continue;
            };
            names.push(action["TableName"].as_str().unwrap_or_default());
            cost += match kind.as_str() {
                "Put" => put_units(action, true),
                _ => self.update_units(action, true),
            };
        }
        (json!({}), format!("TransactWriteItems {}", sorted(names)), writes(cost))
    }
}

fn put_item(body: &Value) -> Answered {
    let table = body["TableName"].as_str().unwrap_or_default();
    (json!({}), format!("PutItem {table}"), writes(put_units(body, false)))
}

fn put_units(put_of: &Value, in_transaction: bool) -> f64 {
    let schema = put_of["TableName"].as_str().and_then(schema);
    let item = put_of["Item"].as_object();
    schema.zip(item).map_or(0.0, |(schema, item)| put(schema, item, in_transaction))
}

fn batch_write_item(body: &Value) -> Answered {
    let (mut names, mut cost) = (Vec::new(), 0.0);
    for (table, wanted) in body["RequestItems"].as_object().into_iter().flatten() {
        names.push(table.as_str());
        for put_of in wanted.as_array().into_iter().flatten() {
            let put_of = json!({"TableName": table, "Item": put_of["PutRequest"]["Item"]});
            cost += put_units(&put_of, false);
        }
    }
    (json!({"UnprocessedItems": {}}), format!("BatchWriteItem {}", sorted(names)), writes(cost))
}

fn queue(body: &Value) -> &str {
    body["QueueUrl"].as_str().and_then(|url| url.rsplit('/').next()).unwrap_or_default()
}

fn get_queue_attributes(body: &Value) -> Answered {
    let queue = queue(body);
    let value = json!({"Attributes": {"QueueArn": format!("arn:aws:sqs:us-east-1:123456789012:{queue}")}});
    (value, format!("GetQueueAttributes {queue}"), requests(1.0))
}

/// No SDK compares the digest.
const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

fn send_message(body: &Value, bytes: usize) -> Answered {
    let value = json!({"MD5OfMessageBody": MD5, "MessageId": "059f36b4-87a3-44ab-83d2-661975900000"});
    (value, format!("SendMessage {}", queue(body)), requests(sqs_requests(bytes)))
}

fn send_message_batch(body: &Value, bytes: usize) -> Answered {
    let taken = |entry: &Value| json!({"Id": entry["Id"], "MD5OfMessageBody": MD5, "MessageId": "059f36b4-87a3-44ab-83d2-661975900000"});
    let taken: Vec<Value> = body["Entries"].as_array().into_iter().flatten().map(taken).collect();
    let value = json!({"Successful": taken, "Failed": []});
    (value, format!("SendMessageBatch {}", queue(body)), requests(sqs_requests(bytes)))
}

fn sqs_requests(bytes: usize) -> f64 {
    u32::try_from(bytes.div_ceil(64 * 1024)).map_or(f64::MAX, f64::from)
}

fn decrypt(body: &Value) -> Option<Answered> {
    let sealed = STANDARD.decode(body["CiphertextBlob"].as_str()?).ok()?;
    let plaintext = STANDARD.encode(sealed.strip_prefix(&SEAL)?);
    let value =
        json!({"Plaintext": plaintext, "KeyId": body["KeyId"], "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"});
    Some((value, "Decrypt".into(), requests(1.0)))
}

fn sorted(mut names: Vec<&str>) -> String {
    names.sort_unstable();
    names.join("+")
}

fn reads(units: f64) -> Cost {
    Cost { reads: units, ..Cost::default() }
}

fn writes(units: f64) -> Cost {
    Cost { writes: units, ..Cost::default() }
}

fn requests(count: f64) -> Cost {
    Cost { requests: count, ..Cost::default() }
}
