//! The SDK's HTTP client: one call becomes a line of the trace, meets its fate, and is answered by a model.

use std::fmt;
use std::future::pending;
use std::io;
use std::sync::Arc;

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

use crate::aws::Aws;
use crate::aws::answer::Answer;
use crate::aws::caller::{Caller, DONE, ON_ITS_WAY};
use crate::aws::partial::Part;
use crate::aws::targets::{rights_of, target_of};
use crate::harm::Fate;
use crate::random::Random;
use crate::time::pause;
use crate::trace::digest;

/// The HTTP client of an environment.
#[must_use]
pub fn client_of(aws: Arc<Aws>, caller: Caller) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Connector { aws, caller });
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Clone)]
struct Connector {
    aws: Arc<Aws>,
    caller: Caller,
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connector")
    }
}

/// A request as the models take it.
struct Asked {
    service: String,
    operation: String,
    path: String,
    body: String,
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        let asked = read(&request);
        HttpConnectorFuture::new(async move { this.carry(asked).await })
    }
}

impl Connector {
    async fn carry(self, asked: Asked) -> Result<HttpResponse, ConnectorError> {
        let Self { aws, caller } = self;
        let request: Value = serde_json::from_str(&asked.body).unwrap_or_default();
        let site =
            format!("{} {}:{}{}", caller.function, asked.service, asked.operation, target_of(&request));
        let fate = caller.fate(&aws, &asked.operation, &request, &site);
        caller.note(format!("{site}, {ON_ITS_WAY}"));
        pause(aws.harm.latency()).await;
        if fate == Fate::DeathBefore {
            return caller.die(format!("{site}, {ON_ITS_WAY}")).await;
        }
        let rights = rights_of(caller.function, &asked.service, &asked.operation, &request);
        rights.iter().for_each(|right| aws.counts.add("right", right));
        let answer = aws.denied(&rights).unwrap_or_else(|| answer_by_fate(&aws, &asked, &request, fate));
        let (status, environment) = (answer.status, caller.environment);
        let (request, answered) = (digest(&asked.body), digest(&answer.body));
        aws.trace.say(&format!("{site} #{environment} {} {request} -> {status} {answered}", fate.name()));
        caller.note(format!("{site}, {DONE}"));
        pause(aws.harm.latency()).await;
        match fate {
            Fate::HungBefore | Fate::HungAfter => pending().await,
            Fate::DeathBefore | Fate::DeathAfter => caller.die(format!("{site}, {DONE}")).await,
            Fate::LostBefore | Fate::LostAfter => {
                Err(ConnectorError::io(Box::new(io::Error::from(io::ErrorKind::ConnectionReset))))
            }
            Fate::Answered
            | Fate::Throttled
            | Fate::Failed
            | Fate::Partly
            | Fate::Conflict
            | Fate::InProgress => {
                caller.note(format!("{site}, answered"));
                Ok(response(&answer))
            }
        }
    }
}

/// Does what is to be done, and answers as its fate is.
fn answer_by_fate(aws: &Aws, asked: &Asked, request: &Value, fate: Fate) -> Answer {
    let act =
        |body: &str, request: &Value| aws.act(&asked.service, &asked.operation, &asked.path, (body, request));
    let act_on_all = || act(&asked.body, request);
    match fate {
        Fate::Throttled => throttled(&asked.service),
        Fate::Failed | Fate::LostBefore | Fate::HungBefore | Fate::DeathBefore => {
            Answer::failed(500, "InternalServerError", "simulated")
        }
        Fate::Conflict => conflict(request, &aws.random),
        Fate::Partly => match Part::of(request, &aws.random) {
            Some(part) => {
                let answer = act(&part.asked.to_string(), &part.asked);
                part.answer(&answer)
            }
            None => act_on_all(),
        },
        Fate::InProgress => {
            act_on_all();
            Answer::refused("com.amazonaws.dynamodb.v20120810#TransactionInProgressException", "simulated")
        }
        Fate::Answered | Fate::LostAfter | Fate::HungAfter | Fate::DeathAfter => act_on_all(),
    }
}

/// TransactWriteItems: "There is an ongoing TransactWriteItems operation that conflicts with a concurrent TransactWriteItems
/// request. In this case the TransactWriteItems operation fails with a TransactionCanceledException." PutItem, UpdateItem,
/// DeleteItem: `TransactionConflictException`, "Operation was rejected because there is an ongoing transaction for the item."
fn conflict(request: &Value, random: &Random) -> Answer {
    let Some(items) = request["TransactItems"].as_array() else {
        return Answer::refused("com.amazonaws.dynamodb.v20120810#TransactionConflictException", "simulated");
    };
    let mut reasons = vec![json!({"Code": "None"}); items.len()];
    if let Some(reason) = random.place_in(items.len()).and_then(|place| reasons.get_mut(place)) {
        reason["Code"] = json!(random.of(["TransactionConflict", "TransactionConflict", "ThrottlingError"]));
    }
    let kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException";
    let body = json!({"__type": kind, "Message": "simulated", "CancellationReasons": reasons});
    Answer { status: 400, body: body.to_string() }
}

/// How each service says that it has no room now (their API references, "Common errors"; Scheduler: `ThrottlingException`, 429).
fn throttled(service: &str) -> Answer {
    match service {
        "sqs" => Answer::refused("com.amazonaws.sqs#RequestThrottled", "simulated"),
        "scheduler" => Answer::failed(429, "ThrottlingException", "simulated"),
        "dynamodb" => Answer::refused("com.amazonaws.dynamodb.v20120810#ThrottlingException", "simulated"),
        _ => Answer::refused("ThrottlingException", "simulated"),
    }
}

fn read(request: &HttpRequest) -> Asked {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    let uri = request.uri();
    let after_scheme = uri.split_once("://").map_or(uri, |(_, rest)| rest);
    let (host, path) = after_scheme.split_once('/').unwrap_or((after_scheme, ""));
    let operation = match target.rsplit('.').next() {
        Some(operation) if !operation.is_empty() => operation,
        // The one API here whose path tells the operation.
        _ => "CreateSchedule",
    };
    Asked {
        service: service_of(host).to_owned(),
        operation: operation.to_owned(),
        path: path.split('?').next().unwrap_or_default().to_owned(),
        body: request.body().bytes().map(String::from_utf8_lossy).unwrap_or_default().into_owned(),
    }
}

fn service_of(host: &str) -> &str {
    ["dynamodb", "sqs", "kms", "scheduler"].into_iter().find(|name| host.contains(name)).unwrap_or(host)
}

fn response(answer: &Answer) -> HttpResponse {
    let status = answer.status.try_into().expect("a status of HTTP");
    let mut response = HttpResponse::new(status, SdkBody::from(answer.body.clone()));
    response.headers_mut().insert("x-amzn-requestid", "SIMULATED");
    if answer.status >= 400
        && let Ok(error) = serde_json::from_str::<Value>(&answer.body)
        && let Some(kind) = error["__type"].as_str()
    {
        response.headers_mut().insert("x-amzn-errortype", kind.to_owned());
    }
    response
}
