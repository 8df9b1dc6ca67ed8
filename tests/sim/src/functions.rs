//! The functions, wired as their `main` wires them: the same constructors, with the world's clock, chance and HTTP client.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use addresses::{EndpointPolicy, EndpointPorts, TrustedNetworks};
use aws_config::SdkConfig;
use aws_smithy_runtime::client::retries::RetryPartition;
use deliver::{Deliverer, Templates, ToldChanges};
use domain::{Clock, CountryCode, Randomness};
use egress::{Limits, Resolver, Resolving, Roots, Sender, Setup};
use environment::{UserAgent, aws_config, parsed_var, required_var};
use fanout::Fanout;
use inbound::{Inbound, Targets};
use manage::Manage;
use operator::Operator;
use queues::{AccountEvents, CallJobs, DeadLetters, Deliveries, FanOutRests, OperationalEvents, Schedules};
use relay::Relay;
use store::{
    Access, Accounts, Attempts, Budgets, EndpointTests, Intake, Management, Outbox, PortalTokens, Settlements,
};
use tester::Tester;
use vault::Vault;

use crate::aws::{Aws, Caller, client_of};
use crate::random::Random;
use crate::receivers::Receivers;

/// Whatever goes wrong while a function starts would be a fault of this crate.
type Started<T> = Result<T, Box<dyn std::error::Error>>;

/// What the endpoints here do not answer has no address.
struct NoNames;

impl Resolver for NoNames {
    fn resolve<'a>(&'a self, _: &'a str) -> Resolving<'a> {
        Box::pin(async { Err(io::ErrorKind::NotFound.into()) })
    }
}

/// Environments of all worlds: no two of them share a bucket of retries.
static STARTED: AtomicU64 = AtomicU64::new(0);

/// What an environment of a function starts with.
#[derive(Debug)]
pub struct Start {
    /// Who calls AWS.
    pub caller: Caller,
    config: SdkConfig,
    partition: RetryPartition,
    clock: Clock,
    randomness: Randomness,
    receivers: Receivers,
}

/// `environment::aws_client!`, with a bucket of retries for each environment: the SDK keeps one for a whole process, and here
/// all environments of all worlds are one.
macro_rules! client {
    ($sdk:ident, $start:expr) => {
        $sdk::Client::from_conf(
            $sdk::config::Builder::from(&$start.config)
                .interceptor(UserAgent)
                .retry_partition($start.partition.clone())
                .build(),
        )
    };
}

impl Start {
    /// A new environment of a function.
    ///
    /// # Panics
    ///
    /// When the process's environment variables are not the template's.
    #[must_use]
    pub fn new(
        aws: &Arc<Aws>,
        receivers: &Receivers,
        random: &Random,
        function: &'static str,
        environment: u64,
    ) -> Self {
        let caller = Caller::new(function, environment);
        let config =
            aws_config(client_of(Arc::clone(aws), caller.clone())).expect("the template's variables");
        let random = random.fork();
        Self {
            partition: RetryPartition::new(format!(
                "environment-{}",
                STARTED.fetch_add(1, Ordering::Relaxed)
            )),
            config,
            clock: aws.time.clock(),
            randomness: Randomness::new(move |bytes| random.fill(bytes)),
            receivers: receivers.clone(),
            caller,
        }
    }

    fn sender(&self, keep_connections: bool) -> Started<Sender> {
        let setup = Setup {
            ports: parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?,
            roots: Roots::of([]),
            clock: self.clock.clone(),
            keep_connections,
            carrier: Some(self.receivers.carrier()),
            limits: Limits::default(),
            resolver: Arc::new(NoNames),
        };
        Ok(Sender::new(parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?, setup)?)
    }

    fn vault(&self) -> Started<Vault> {
        Ok(Vault::new(client!(aws_sdk_kms, self), required_var("SECRETS_KEY_ID")?, self.clock.clone()))
    }

    /// `inbound`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn inbound(&self) -> Started<Inbound> {
        let (dynamodb, randomness) = (client!(aws_sdk_dynamodb, self), self.randomness.clone());
        let intake = Intake::from_environment(dynamodb.clone(), randomness.clone())?;
        Ok(Inbound {
            access: Access::from_environment(dynamodb)?,
            targets: Targets::new(intake.clone(), self.clock.clone()),
            intake,
            call_jobs: CallJobs::new(client!(aws_sdk_sqs, self), required_var("CALL_JOBS_QUEUE_URL")?),
            country: parsed_var("DEFAULT_COUNTRY_CODE", CountryCode::parse)?,
            clock: self.clock.clone(),
            randomness,
        })
    }

    /// `relay`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn relay(&self) -> Started<Relay> {
        let sqs = client!(aws_sdk_sqs, self);
        Ok(Relay {
            outbox: Outbox::from_environment(client!(aws_sdk_dynamodb, self))?,
            call_jobs: CallJobs::new(sqs.clone(), required_var("CALL_JOBS_QUEUE_URL")?),
            account_events: AccountEvents::new(sqs, required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
        })
    }

    /// `fanout`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn fanout(&self) -> Started<Fanout> {
        let sqs = client!(aws_sdk_sqs, self);
        let (dynamodb, randomness) = (client!(aws_sdk_dynamodb, self), self.randomness.clone());
        Ok(Fanout {
            settlements: Settlements::from_environment(dynamodb.clone(), randomness.clone())?,
            budgets: Budgets::from_environment(dynamodb, self.clock.clone(), randomness)?,
            deliveries: Deliveries::new(sqs.clone(), required_var("DELIVERIES_QUEUE_URL")?),
            rests: FanOutRests::new(sqs.clone(), required_var("FAN_OUT_RESTS_QUEUE_URL")?),
            rests_arn: required_var("FAN_OUT_RESTS_QUEUE_ARN")?,
            account_events: AccountEvents::new(sqs.clone(), required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
            account_events_arn: required_var("ACCOUNT_EVENTS_QUEUE_ARN")?,
            dead_letters: DeadLetters::new(sqs, required_var("CALL_COMPLETIONS_DLQ_URL")?),
            clock: self.clock.clone(),
        })
    }

    /// `deliver`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn deliver(&self) -> Started<Deliverer> {
        let sqs = client!(aws_sdk_sqs, self);
        Ok(Deliverer {
            attempts: Attempts::from_environment(client!(aws_sdk_dynamodb, self))?,
            templates: Templates::default(),
            told_changes: ToldChanges::default(),
            slow_lane: Deliveries::new(sqs.clone(), required_var("SLOW_DELIVERIES_QUEUE_URL")?),
            slow_lane_arn: required_var("SLOW_DELIVERIES_QUEUE_ARN")?,
            events: OperationalEvents::new(sqs.clone(), required_var("OPERATIONAL_EVENTS_QUEUE_URL")?),
            account_events: AccountEvents::new(sqs, required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
            schedules: Schedules::from_environment(client!(aws_sdk_scheduler, self))?,
            sender: self.sender(true)?,
            vault: self.vault()?,
            clock: self.clock.clone(),
        })
    }

    /// `manage`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn manage(&self) -> Started<Manage> {
        let (dynamodb, randomness) = (client!(aws_sdk_dynamodb, self), self.randomness.clone());
        Ok(Manage {
            access: Access::from_environment(dynamodb.clone())?,
            store: Management::from_environment(dynamodb.clone(), randomness.clone())?,
            portal_tokens: PortalTokens::from_environment(dynamodb.clone(), randomness.clone())?,
            budgets: Budgets::from_environment(dynamodb, self.clock.clone(), randomness.clone())?,
            vault: self.vault()?,
            endpoints: EndpointPolicy::new(
                parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?,
                parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?,
            ),
            deliveries: Deliveries::new(client!(aws_sdk_sqs, self), required_var("DELIVERIES_QUEUE_URL")?),
            country: parsed_var("DEFAULT_COUNTRY_CODE", CountryCode::parse)?,
            clock: self.clock.clone(),
            randomness,
            public_url: required_var("PUBLIC_URL")?,
        })
    }

    /// `tester`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn tester(&self) -> Started<Tester> {
        let (dynamodb, randomness) = (client!(aws_sdk_dynamodb, self), self.randomness.clone());
        Ok(Tester {
            access: Access::from_environment(dynamodb.clone())?,
            tests: EndpointTests::from_environment(dynamodb.clone())?,
            budgets: Budgets::from_environment(dynamodb, self.clock.clone(), randomness.clone())?,
            vault: self.vault()?,
            endpoints: EndpointPolicy::new(
                parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?,
                parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?,
            ),
            sender: self.sender(false)?,
            clock: self.clock.clone(),
            randomness,
        })
    }

    /// `operator`.
    ///
    /// # Errors
    ///
    /// As its `main`.
    pub fn operator(&self) -> Started<Operator> {
        let (dynamodb, randomness) = (client!(aws_sdk_dynamodb, self), self.randomness.clone());
        Ok(Operator {
            operators: parsed_var("OPERATOR_ARNS", str::parse)?,
            accounts: Accounts::from_environment(dynamodb.clone(), randomness.clone())?,
            portal_tokens: PortalTokens::from_environment(dynamodb, randomness.clone())?,
            clock: self.clock.clone(),
            randomness,
            public_url: required_var("PUBLIC_URL")?,
        })
    }
}
