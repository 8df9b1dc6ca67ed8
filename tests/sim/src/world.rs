//! One world: an AWS, the functions, their event sources, and the endpoints outside.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use deliver::Deliverer;
use fanout::Fanout;
use gateway::HttpEvent;
use inbound::Inbound;
use lambda_http::Request;
use manage::Manage;
use operator::Operator;
use relay::Relay;
use serde_json::{Value, json};
use tester::Tester;

use crate::aws::Aws;
use crate::event_sources;
use crate::functions::Start;
use crate::lambda::Function;
use crate::random::Random;
use crate::receivers::Receivers;
use crate::template::Template;
use crate::time::{Time, pause};

/// What would be wrong when a function cannot start.
const WIRED: &str = "the template has all variables";

/// Everything there is.
#[derive(Debug)]
pub struct World {
    /// AWS.
    pub aws: Arc<Aws>,
    /// The endpoints.
    pub receivers: Receivers,
    /// What happens by chance.
    pub random: Random,
    /// Invocations that are running.
    pub running: Cell<usize>,
    /// Records of the stream that the relay has not done.
    pub unrelayed: Cell<usize>,
    pub(crate) relay: Function<Relay>,
    pub(crate) fanout: Function<Fanout>,
    pub(crate) deliver: Function<Deliverer>,
    inbound: Function<Inbound>,
    manage: Function<Manage>,
    operator: Function<Operator>,
    tester: Function<Tester>,
}

impl World {
    /// The world of a seed. Inside of its runtime.
    #[must_use]
    pub fn begin(template: &Template, seed: u64) -> Rc<Self> {
        // The SDK draws its pauses and its tokens from this.
        fastrand::seed(seed);
        let random = Random::new(seed);
        let aws = Arc::new(Aws::new(template, Time::begin(), &random));
        let receivers = Receivers::new(random.fork(), aws.trace.clone());
        let timeout = |function: &str| template.timeout_ms(function);
        let world = Rc::new(Self {
            inbound: Function::new("inbound", timeout("Inbound")),
            relay: Function::new("relay", timeout("Relay")),
            fanout: Function::new("fanout", timeout("Fanout")),
            deliver: Function::new("deliver", timeout("Deliver")),
            manage: Function::new("manage", timeout("Manage")),
            operator: Function::new("operator", timeout("Operator")),
            tester: Function::new("tester", timeout("Tester")),
            running: Cell::default(),
            unrelayed: Cell::default(),
            aws,
            receivers,
            random,
        });
        event_sources::begin(&world, template);
        world
    }

    /// A new environment of a function.
    pub(crate) fn start(&self) -> impl FnOnce(&'static str, u64) -> Start {
        |function, number| Start::new(&self.aws, &self.receivers, &self.random, function, number)
    }

    /// Asks the API, as API Gateway routes it (the routes of `template.yaml`). `None` when the caller gets no answer of ours.
    pub async fn http(
        self: &Rc<Self>,
        method: &str,
        path: &str,
        headers: Value,
        body: &Value,
    ) -> Option<(u16, Value)> {
        let event = json!({
            "rawPath": path, "rawQueryString": "", "headers": headers, "body": body.to_string(),
            "requestContext": {
                "domainName": "api.sim.example", "http": {"method": method},
                "authorizer": {"iam": {"userArn": "arn:aws:iam::000000000000:user/operator"}},
            },
        });
        let event: HttpEvent = serde_json::from_value(event).expect("an event");
        let request = event.into_request();
        pause(self.random.between(1, 5)).await;
        if self.aws.harm.is_throttled() {
            return None;
        }
        self.running.set(self.running.get() + 1);
        let answer = self.route(path, request).await;
        self.running.set(self.running.get() - 1);
        let answered = answer.as_ref().map_or(0, |(status, _)| *status);
        self.aws
            .trace
            .say(&format!("http {method} {} -> {answered}", path.split('/').nth(1).unwrap_or_default()));
        answer
    }

    async fn route(&self, path: &str, request: Request) -> Option<(u16, Value)> {
        let (aws, start) = (&*self.aws, self.start());
        let answer = if path.starts_with("/operator/") {
            let wire = |start: &Start| start.operator().expect(WIRED);
            self.operator
                .invoke(aws, start, wire, |it, _| Box::pin(async move { it.handle(request).await }))
                .await
        } else if path.starts_with("/v1/webhooks/") && path.ends_with("/test") {
            let wire = |start: &Start| start.tester().expect(WIRED);
            self.tester
                .invoke(aws, start, wire, |it, _| Box::pin(async move { it.handle(request).await }))
                .await
        } else if path.starts_with("/v1/") && !path.ends_with("/test-call") {
            let wire = |start: &Start| start.manage().expect(WIRED);
            self.manage
                .invoke(aws, start, wire, |it, _| Box::pin(async move { it.handle(request).await }))
                .await
        } else {
            let wire = |start: &Start| start.inbound().expect(WIRED);
            let work = |it: Rc<Inbound>, is_new| {
                Box::pin(async move {
                    if is_new {
                        it.connect().await;
                    }
                    it.handle(request).await
                }) as crate::lambda::Work<_>
            };
            self.inbound.invoke(aws, start, wire, work).await
        }?;
        let body = serde_json::from_slice(answer.body()).unwrap_or_default();
        Some((answer.status().as_u16(), body))
    }
}
