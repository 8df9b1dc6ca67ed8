//! An account beside another in one batch: one with 20,000 webhooks, more than its limit ever allowed, and one whose webhooks
//! cannot be read.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex};

use bench::events;
use bench::function::{Function, Program};
use bench::http_server::{Answer, Asked, Server, answer, serve};
use bench::sample_account::{SampleAccount, environment};
use bench::scenarios::endpoint_urls;
use bench::tables::{Item, to_item};
use bytes::Bytes;
use domain::{Call, CallId, CallStatus, CampaignId, CampaignRef, Clock, Source, sample_call};
use serde_json::{Value, json};

const FANOUT: &str = env!("CARGO_BIN_EXE_counted-fanout");

/// The queue that it sends itself the rests by.
const RESTS: &str = "arn:aws:sqs:us-east-1:123456789012:fan-out-rests";

/// A page of a query ends here, however many items it may have (DynamoDB, `Query`: 1 MB). The texts of the items are a little
/// longer than what DynamoDB counts.
const PAGE_BYTES: usize = 1024 * 1024;

/// What the function did, in its order.
#[derive(Debug, PartialEq)]
enum Did {
    ReadWebhooks(String),
    QueuedDelivery(String),
    Marked(String),
}

/// AWS with the webhooks of some accounts, and calls that change.
#[derive(Default)]
struct Aws {
    webhooks: HashMap<String, BTreeMap<String, Item>>,
    calls: HashMap<String, Item>,
    did: Vec<Did>,
    rests: Vec<String>,
}

impl Aws {
    fn add(&mut self, sample: &SampleAccount, call: &str) {
        let webhooks = sample.outbound.iter().map(|webhook| (webhook.id.to_string(), to_item(webhook)));
        self.webhooks.insert(sample.account.to_string(), webhooks.collect());
        let id = CallId::parse(call).expect("an id");
        let campaign =
            CampaignRef { id: CampaignId::parse("cmp_1").expect("an id"), name: "Q4 Outreach".into() };
        let (recipient, now) = (sample_call().recipient.expect("a recipient"), Clock::system().now());
        let (account, status) = (sample.account.clone(), CallStatus::Queued);
        let queued = Call::new(id, account, Source::Inbound, campaign, recipient, status, now);
        self.calls.insert(call.to_owned(), to_item(&Call { reserved_credits: 1, ..queued }));
    }

    /// `None` is an internal error of AWS.
    fn answer(&mut self, operation: &str, body: &Value) -> Option<Value> {
        let id_in = |key: &Value| key["id"]["S"].as_str().unwrap_or_default().to_owned();
        Some(match operation {
            "BatchGetItem" => {
                let keys = body["RequestItems"]["Calls"]["Keys"].as_array().into_iter().flatten();
                let found: Vec<&Item> = keys.filter_map(|key| self.calls.get(&id_in(key))).collect();
                json!({"Responses": {"Calls": found}, "UnprocessedKeys": {}})
            }
            "Query" => return self.query(body),
            "TransactWriteItems" => {
                for put in body["TransactItems"].as_array().into_iter().flatten().map(|item| &item["Put"]) {
                    if let (Some("Calls"), Some(item)) = (put["TableName"].as_str(), put["Item"].as_object())
                    {
                        self.calls.insert(id_in(&put["Item"]), item.clone());
                    }
                }
                json!({})
            }
            "UpdateItem" => {
                self.did.push(Did::Marked(id_in(&body["Key"])));
                json!({})
            }
            "SendMessageBatch" => {
                let entries = body["Entries"].as_array().cloned().unwrap_or_default();
                for entry in &entries {
                    let message: Value =
                        serde_json::from_str(entry["MessageBody"].as_str().unwrap_or_default())
                            .expect("JSON");
                    let webhook = message["webhookId"].as_str().unwrap_or_default();
                    self.did.push(Did::QueuedDelivery(webhook.to_owned()));
                }
                let taken: Vec<Value> =
                    entries.iter().map(|entry| json!({"Id": entry["Id"], "MessageId": "1"})).collect();
                json!({"Successful": taken, "Failed": []})
            }
            "SendMessage" => {
                assert!(body["QueueUrl"].as_str().is_some_and(|url| url.ends_with("/fan-out-rests")));
                assert_eq!(body["MessageGroupId"], Self::account_in(body), "queues are fair by it");
                self.rests.push(body["MessageBody"].as_str().unwrap_or_default().to_owned());
                json!({"MessageId": "1"})
            }
            _ => panic!("{operation} is not expected"),
        })
    }

    /// The account that a rest is of.
    fn account_in(sent: &Value) -> Value {
        let rest: Value =
            serde_json::from_str(sent["MessageBody"].as_str().unwrap_or_default()).expect("JSON");
        rest["accountId"].clone()
    }

    fn query(&mut self, body: &Value) -> Option<Value> {
        let values = &body["ExpressionAttributeValues"];
        let account = values[":account"]["S"].as_str().unwrap_or_default();
        let after = values[":after"]["S"].as_str().unwrap_or_default();
        self.did.push(Did::ReadWebhooks(account.to_owned()));
        let limit = usize::try_from(body["Limit"].as_u64().expect("a limit")).expect("a limit");
        let mut behind = self.webhooks.get(account)?.iter().filter(|(id, _)| id.as_str() > after);
        let (mut items, mut bytes) = (Vec::new(), 0);
        for (id, item) in behind.by_ref().take(limit) {
            items.push((id, item));
            bytes += json!(item).to_string().len();
            if bytes >= PAGE_BYTES {
                break;
            }
        }
        let last = items.last().filter(|_| behind.next().is_some()).map(|(id, _)| json!({"id": {"S": id}}));
        let found: Vec<&Item> = items.iter().map(|(_, item)| *item).collect();
        let mut page = json!({"Items": found, "Count": found.len()});
        if let Some(last) = last {
            page["LastEvaluatedKey"] = last;
        }
        Some(page)
    }
}

async fn start(aws: Arc<Mutex<Aws>>) -> (Server, Function) {
    let answer_one = move |asked: Asked| -> Answer {
        let target = asked.headers()["x-amz-target"].to_str().unwrap_or_default().to_owned();
        let operation = target.rsplit('.').next().unwrap_or_default();
        let body = serde_json::from_slice(asked.body()).unwrap_or_default();
        match aws.lock().expect("no panic before").answer(operation, &body) {
            Some(said) => answer(200, "application/x-amz-json-1.0", said.to_string()),
            None => answer(500, "application/x-amz-json-1.0", r#"{"__type":"InternalServerError"}"#),
        }
    };
    let server = serve(None, move |asked| std::future::ready(answer_one(asked))).await.expect("a port");
    let environment = environment(&format!("http://{}", server.address));
    let function = Program::new(Path::new(FANOUT), environment).start().await.expect("a process");
    (server, function)
}

fn records_of(event: &Bytes) -> Vec<Value> {
    let event: Value = serde_json::from_slice(event).expect("JSON");
    event["Records"].as_array().expect("records").clone()
}

/// The ids of the messages that must come again.
async fn invoke(function: &mut Function, records: &[Value]) -> Vec<Value> {
    let event = json!({"Records": records}).to_string().into();
    let invoked = function.invoke(&event).await.expect("an answer");
    let answer: Value = serde_json::from_slice(&invoked.answer).expect("JSON");
    let failures = answer["batchItemFailures"].as_array().expect("a list").iter();
    failures.map(|failure| failure["itemIdentifier"].clone()).collect()
}

/// The completion of the one call of an account.
fn completion(sample: &SampleAccount, aws: &mut Aws) -> Value {
    let mut records = records_of(&events::completions(sample, 1).expect("an event"));
    let record = records.remove(0);
    aws.add(sample, record["messageId"].as_str().expect("the id of the call"));
    record
}

#[tokio::test]
async fn a_completion_for_20_000_webhooks_ends_and_a_neighbour_does_not_wait_for_its_second_step() {
    let large = SampleAccount::new(endpoint_urls(20_000)).expect("an account");
    let small = SampleAccount::new(endpoint_urls(1)).expect("an account");
    let aws = Arc::<Mutex<Aws>>::default();
    let batch = {
        let mut aws = aws.lock().expect("no panic before");
        [completion(&large, &mut aws), completion(&small, &mut aws)]
    };
    let (_server, mut function) = start(Arc::clone(&aws)).await;

    assert!(invoke(&mut function, &batch).await.is_empty());
    {
        let aws = aws.lock().expect("no panic before");
        let reads = |of: &SampleAccount| {
            aws.did.iter().filter(|did| **did == Did::ReadWebhooks(of.account.to_string())).count()
        };
        assert_eq!((reads(&large), reads(&small), aws.rests.len()), (1, 1, 1));
        let neighbour = Did::QueuedDelivery(small.outbound[0].id.to_string());
        assert!(aws.did.contains(&neighbour));
        let call = batch[1]["messageId"].as_str().expect("an id").to_owned();
        assert!(aws.did.contains(&Did::Marked(call)));
    }

    assert_eq!(further_steps(&mut function, &aws, &batch[0]).await, 19);
    assert_all_told(&aws.lock().expect("no panic before"), &large, &batch[0]);
}

#[tokio::test]
async fn webhooks_that_fill_a_page_before_there_are_a_thousand_of_them_are_all_told() {
    let long = |url: String| format!("{url}?{}", "x".repeat(1_900));
    let large = SampleAccount::new(endpoint_urls(900).map(long)).expect("an account");
    let aws = Arc::<Mutex<Aws>>::default();
    let record = completion(&large, &mut aws.lock().expect("no panic before"));
    let (_server, mut function) = start(Arc::clone(&aws)).await;
    assert!(invoke(&mut function, std::slice::from_ref(&record)).await.is_empty());
    let steps = further_steps(&mut function, &aws, &record).await;
    assert!((1..=4).contains(&steps), "{steps}");
    assert_all_told(&aws.lock().expect("no panic before"), &large, &record);
}

/// Hands the function what it has sent itself, until there is nothing more; how often that was.
async fn further_steps(function: &mut Function, aws: &Mutex<Aws>, completion: &Value) -> usize {
    let mut steps = 0;
    loop {
        let Some(rest) = aws.lock().expect("no panic before").rests.pop() else { return steps };
        let mut record = completion.clone();
        record["body"] = json!(rest);
        record["eventSourceARN"] = json!(RESTS);
        assert!(invoke(function, &[record]).await.is_empty());
        steps += 1;
        assert!(steps < 20, "a step goes on where the one before it stopped");
    }
}

/// Each webhook of the account was told once, and then its call was marked.
fn assert_all_told(aws: &Aws, sample: &SampleAccount, completion: &Value) {
    let own = &aws.webhooks[sample.account.as_str()];
    let queued = aws.did.iter().filter_map(|did| match did {
        Did::QueuedDelivery(webhook) if own.contains_key(webhook) => Some(webhook.as_str()),
        _ => None,
    });
    let mut told: Vec<&str> = queued.collect();
    told.sort_unstable();
    assert!(told.iter().copied().eq(own.keys().map(String::as_str)));
    let call = completion["messageId"].as_str().expect("an id").to_owned();
    assert_eq!(aws.did.last(), Some(&Did::Marked(call)));
}

#[tokio::test]
async fn an_account_whose_webhooks_cannot_be_read_fails_alone() {
    let broken = SampleAccount::new(endpoint_urls(1)).expect("an account");
    let well = SampleAccount::new(endpoint_urls(1)).expect("an account");
    let aws = Arc::<Mutex<Aws>>::default();
    let batch = {
        let mut aws = aws.lock().expect("no panic before");
        let batch = [completion(&broken, &mut aws), completion(&well, &mut aws)];
        aws.webhooks.remove(broken.account.as_str());
        batch
    };
    let (_server, mut function) = start(Arc::clone(&aws)).await;

    assert_eq!(invoke(&mut function, &batch).await, [batch[0]["messageId"].clone()]);

    let aws = aws.lock().expect("no panic before");
    let call = batch[1]["messageId"].as_str().expect("an id").to_owned();
    let queued = Did::QueuedDelivery(well.outbound[0].id.to_string());
    let done = aws.did.iter().filter(|did| !matches!(did, Did::ReadWebhooks(_)));
    assert_eq!(done.collect::<Vec<_>>(), [&queued, &Did::Marked(call)]);
}

#[tokio::test]
async fn what_is_no_rest_of_a_settled_call_does_nothing_in_the_queue_of_rests() {
    let sample = SampleAccount::new(endpoint_urls(1)).expect("an account");
    let aws = Arc::<Mutex<Aws>>::default();
    let mut forged = completion(&sample, &mut aws.lock().expect("no panic before"));
    let (_server, mut function) = start(Arc::clone(&aws)).await;
    forged["eventSourceARN"] = json!(RESTS);
    let again = invoke(&mut function, &[forged.clone()]).await;
    assert_eq!(again, [forged["messageId"].clone()]);
    // A call that is under way, and one that there is none of.
    for call in [forged["messageId"].as_str().expect("an id"), "call_nobody"] {
        let rest = json!({"version": 1, "type": "fan-out.rest", "accountId": sample.account.as_str(), "callId": call,
            "after": "wh_0"});
        let mut record = forged.clone();
        record["body"] = json!(rest.to_string());
        let again = invoke(&mut function, &[record]).await;
        assert_eq!(again, [forged["messageId"].clone()], "{call}");
    }
    assert_eq!(aws.lock().expect("no panic before").did, []);
}
