//! What `template.yaml` says about tables, queues, event sources and variables: the world is made from it, not written twice.
//!
//! The YAML reader leaves tags out, so `!Ref X` and `!GetAtt X.Arn` read as texts. Which of them a text was shows by what it
//! names: a parameter, a resource, or a resource's attribute.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Map, Value, json};

/// The account and region that this world stands in.
const ACCOUNT: &str = "000000000000";
const REGION: &str = "us-east-1";

/// `template.yaml`, read.
#[derive(Debug)]
pub struct Template {
    resources: Map<String, Value>,
    parameters: Map<String, Value>,
    globals: Map<String, Value>,
    rights: Arc<BTreeSet<String>>,
}

/// A queue as the template makes it.
#[derive(Debug, Clone)]
pub struct QueueSettings {
    /// FIFO, or standard.
    pub is_fifo: bool,
    /// Milliseconds that a message is hidden for once it was handed out.
    pub visibility_ms: u64,
    /// Milliseconds that a message is kept.
    pub retention_ms: u64,
    /// Where messages go that were handed out so many times.
    pub redrive: Option<(String, u32)>,
}

/// An SQS queue that Lambda reads for a function.
#[derive(Debug, Clone)]
pub struct QueueMapping {
    /// The function's logical id.
    pub function: String,
    /// The queue's logical id.
    pub queue: String,
    /// Messages in a batch.
    pub batch: usize,
    /// Invocations at once.
    pub concurrency: usize,
}

/// A table's stream that Lambda reads for a function.
#[derive(Debug, Clone)]
pub struct StreamMapping {
    /// Records in a batch.
    pub batch: usize,
    /// Milliseconds that a batch is waited for.
    pub window_ms: u64,
    /// Milliseconds after which a record is given up.
    pub oldest_ms: u64,
    /// The queue that is told of it.
    pub on_failure: String,
    /// Kinds of records that the filter lets through.
    pub event_names: Vec<String>,
    /// Whether a batch that fails is halved.
    pub bisects: bool,
}

impl Template {
    /// Reads the template of this checkout.
    ///
    /// # Panics
    ///
    /// When it cannot be read.
    #[must_use]
    pub fn of_this_checkout() -> Self {
        let text = include_str!("../../../template.yaml");
        let mut whole: Value = serde_saphyr::from_str(text).expect("template.yaml is YAML");
        let mut part = |name: &str| match whole[name].take() {
            Value::Object(part) => part,
            other => panic!("{name} of template.yaml is {other}"),
        };
        let mut this = Self {
            resources: part("Resources"),
            parameters: part("Parameters"),
            globals: part("Globals"),
            rights: Arc::default(),
        };
        this.rights = Arc::new(this.read_rights());
        this
    }

    /// What the functions' roles allow, each as `relay sqs:SendMessage CallJobsQueue`: the function, the action, the table, index or queue.
    /// Without what Lambda and IAM do by them.
    #[must_use]
    pub fn rights(&self) -> Arc<BTreeSet<String>> {
        Arc::clone(&self.rights)
    }

    fn read_rights(&self) -> BTreeSet<String> {
        let given_up = format!("sqs:SendMessage {}", self.stream_mapping().on_failure);
        let mut rights = BTreeSet::new();
        for (function, properties) in self.of_type("AWS::Serverless::Function") {
            let role = resource_of(properties["Role"].as_str().unwrap_or_default());
            let allowed = self.statements_of(&role).flat_map(allowed_by).filter(|what| *what != given_up);
            rights.extend(allowed.map(|what| format!("{} {what}", function.to_lowercase())));
        }
        rights
    }

    fn statements_of(&self, role: &str) -> impl Iterator<Item = &Value> {
        let policies = self.resources.get(role).map(|role| &role["Properties"]["Policies"]);
        let policies = policies.and_then(Value::as_array).into_iter().flatten();
        policies.filter_map(|policy| policy["PolicyDocument"]["Statement"].as_array()).flatten()
    }

    fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.resources
            .iter()
            .filter(move |(_, resource)| resource["Type"] == kind)
            .map(|(name, resource)| (name, &resource["Properties"]))
    }

    /// What a text of the template means.
    fn resolve(&self, value: &Value) -> String {
        let Value::String(text) = value else { return value.to_string().trim_matches('"').to_owned() };
        if let Some(parameter) = self.parameters.get(text) {
            return self.resolve_default(&parameter["Default"]);
        }
        if let Some((name, attribute)) = text.rsplit_once('.')
            && let Some(resource) = self.resources.get(name)
            && matches!(attribute, "Arn" | "StreamArn")
        {
            return arn(name, resource["Type"].as_str().unwrap_or_default());
        }
        match self.resources.get(text) {
            Some(resource) if resource["Type"] == "AWS::SQS::Queue" => queue_url(text),
            _ => text
                .replace("${AWS::Partition}", "aws")
                .replace("${AWS::Region}", REGION)
                .replace("${AWS::AccountId}", ACCOUNT),
        }
    }

    fn resolve_default(&self, default: &Value) -> String {
        match default {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }

    fn number(&self, value: &Value) -> u64 {
        let text = self.resolve(value);
        text.parse().unwrap_or_else(|_| panic!("{value} of template.yaml is no number"))
    }

    /// The requests that create the tables.
    #[must_use]
    pub fn tables(&self) -> Vec<Value> {
        let kept = ["BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes"];
        self.of_type("AWS::DynamoDB::Table")
            .map(|(name, properties)| {
                let mut request = json!({"TableName": name});
                for part in kept.iter().filter(|part| !properties[**part].is_null()) {
                    request[*part] = properties[*part].clone();
                }
                if let Some(view) = properties.pointer("/StreamSpecification/StreamViewType") {
                    request["StreamSpecification"] = json!({"StreamEnabled": true, "StreamViewType": view});
                }
                request
            })
            .collect()
    }

    /// The queues, by logical id.
    #[must_use]
    pub fn queues(&self) -> BTreeMap<String, QueueSettings> {
        self.of_type("AWS::SQS::Queue")
            .map(|(name, properties)| {
                let seconds = |part: &str, otherwise: u64| match &properties[part] {
                    Value::Null => otherwise * 1_000,
                    given => self.number(given) * 1_000,
                };
                let redrive = properties.get("RedrivePolicy").map(|policy| {
                    let target = self.resolve(&policy["deadLetterTargetArn"]);
                    let most = self.number(&policy["maxReceiveCount"]);
                    (last_part(&target).to_owned(), u32::try_from(most).unwrap_or(u32::MAX))
                });
                let settings = QueueSettings {
                    is_fifo: properties["FifoQueue"] == true,
                    // SQS, SetQueueAttributes: VisibilityTimeout 30 s and MessageRetentionPeriod 4 days by default.
                    visibility_ms: seconds("VisibilityTimeout", 30),
                    retention_ms: seconds("MessageRetentionPeriod", 345_600),
                    redrive,
                };
                (name.clone(), settings)
            })
            .collect()
    }

    fn events(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.of_type("AWS::Serverless::Function").flat_map(|(function, properties)| {
            let events = properties["Events"].as_object();
            events.into_iter().flat_map(move |events| events.values().map(move |event| (function, event)))
        })
    }

    /// The queues that Lambda reads.
    #[must_use]
    pub fn queue_mappings(&self) -> Vec<QueueMapping> {
        self.events()
            .filter(|(_, event)| event["Type"] == "SQS")
            .map(|(function, event)| {
                let properties = &event["Properties"];
                assert_eq!(properties["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
                QueueMapping {
                    function: function.clone(),
                    queue: last_part(&self.resolve(&properties["Queue"])).to_owned(),
                    batch: usize::try_from(self.number(&properties["BatchSize"])).unwrap_or(10),
                    concurrency: usize::try_from(
                        self.number(&properties["ScalingConfig"]["MaximumConcurrency"]),
                    )
                    .unwrap_or(2),
                }
            })
            .collect()
    }

    /// The stream that Lambda reads.
    ///
    /// # Panics
    ///
    /// When there is not exactly one.
    #[must_use]
    pub fn stream_mapping(&self) -> StreamMapping {
        let mut streams = self.events().filter(|(_, event)| event["Type"] == "DynamoDB");
        let (_, event) = streams.next().expect("a stream");
        assert!(streams.next().is_none(), "a second stream, which the simulation does not know");
        let properties = &event["Properties"];
        let pattern = properties["FilterCriteria"]["Filters"][0]["Pattern"].as_str().expect("a filter");
        let pattern: Value = serde_json::from_str(pattern).expect("a filter in JSON");
        let names = pattern["eventName"].as_array().expect("a filter by eventName");
        StreamMapping {
            batch: usize::try_from(self.number(&properties["BatchSize"])).unwrap_or(100),
            window_ms: self.number(&properties["MaximumBatchingWindowInSeconds"]) * 1_000,
            oldest_ms: self.number(&properties["MaximumRecordAgeInSeconds"]) * 1_000,
            on_failure: last_part(
                &self.resolve(&properties["DestinationConfig"]["OnFailure"]["Destination"]),
            )
            .to_owned(),
            event_names: names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            bisects: properties["BisectBatchOnFunctionError"] == true,
        }
    }

    /// Milliseconds that a function may take.
    #[must_use]
    pub fn timeout_ms(&self, function: &str) -> u64 {
        self.number(&self.resources[function]["Properties"]["Timeout"]) * 1_000
    }

    /// The variables of all functions together.
    ///
    /// # Panics
    ///
    /// When two functions give one variable two values: then one process cannot stand for both.
    #[must_use]
    pub fn variables(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        let of_functions = self.of_type("AWS::Serverless::Function").map(|(_, properties)| properties);
        let global = &self.globals["Function"];
        for properties in of_functions.chain([global]) {
            let variables = properties["Environment"]["Variables"].as_object();
            for (name, value) in variables.into_iter().flatten() {
                let value = self.resolve(value);
                let before = all.insert(name.clone(), value.clone());
                assert!(
                    before.is_none_or(|before| before == value),
                    "{name} has two values in template.yaml"
                );
            }
        }
        // Lambda's own.
        all.insert("AWS_REGION".to_owned(), REGION.to_owned());
        all.insert("AWS_ACCESS_KEY_ID".to_owned(), "simulated".to_owned());
        all.insert("AWS_SECRET_ACCESS_KEY".to_owned(), "simulated".to_owned());
        all
    }
}

/// By which Lambda reads queues and streams.
const LAMBDAS: [&str; 6] = [
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
];

/// A text, or a list of texts.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(values) => values.iter().filter_map(Value::as_str).collect(),
        value => value.as_str().into_iter().collect(),
    }
}

/// What a statement of a role lets its function do: an action, and a table, index or queue.
fn allowed_by(statement: &Value) -> Vec<String> {
    assert_eq!(statement["Effect"], "Allow", "a right that is taken away is not known here: {statement}");
    let actions = texts(&statement["Action"]);
    let reads_for_lambda = actions.contains(&LAMBDAS[0]);
    let is_its_own = |action: &&&str| {
        let is_lambdas =
            LAMBDAS.contains(*action) || reads_for_lambda && **action == "sqs:GetQueueAttributes";
        !is_lambdas && !action.starts_with("logs:") && !action.starts_with("iam:")
    };
    let of_resource = |action: &str, resource: &str| match action.split(':').next() {
        Some("dynamodb" | "sqs") => format!("{action} {}", resource_of(resource)),
        _ => action.to_owned(),
    };
    let resources = texts(&statement["Resource"]);
    let of_action = |action: &&str| resources.iter().map(|resource| of_resource(action, resource)).collect();
    actions.iter().filter(is_its_own).flat_map(|action| -> Vec<String> { of_action(action) }).collect()
}

/// `Calls` of `Calls.Arn`, `Calls/index/byCampaign` of `${Calls.Arn}/index/byCampaign`.
fn resource_of(text: &str) -> String {
    text.trim_end_matches(".Arn").trim_start_matches("${").replace(".Arn}", "")
}

fn arn(name: &str, kind: &str) -> String {
    let service = match kind {
        "AWS::SQS::Queue" => "sqs",
        "AWS::KMS::Key" => "kms",
        "AWS::DynamoDB::Table" => "dynamodb",
        _ => "iam",
    };
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{name}")
}

fn queue_url(name: &str) -> String {
    format!("https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}")
}

/// The name at the end of a URL or an ARN.
#[must_use]
pub fn last_part(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}
