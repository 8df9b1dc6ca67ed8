//! The Lambda function that makes the attempts of deliveries.

use std::sync::Arc;

use addresses::{EndpointPorts, TrustedNetworks};
use deliver::{Deliverer, Templates, ToldChanges};
use domain::Clock;
use egress::{Sender, Setup};
use environment::{aws_client, aws_config, https_client, parsed_var, required_var, start_log};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mimalloc::MiMalloc;
use queues::{AccountEvents, Deliveries, OperationalEvents, Schedules};
use store::Attempts;
use vault::Vault;

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let clock = Clock::system();
    let sqs = aws_client!(aws_sdk_sqs, &config);
    let trusted = parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?;
    let ports = parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?;
    let deliverer = Arc::new(Deliverer {
        attempts: Attempts::from_environment(aws_client!(aws_sdk_dynamodb, &config))?,
        templates: Templates::default(),
        told_changes: ToldChanges::default(),
        slow_lane: Deliveries::new(sqs.clone(), required_var("SLOW_DELIVERIES_QUEUE_URL")?),
        slow_lane_arn: required_var("SLOW_DELIVERIES_QUEUE_ARN")?,
        events: OperationalEvents::new(sqs.clone(), required_var("OPERATIONAL_EVENTS_QUEUE_URL")?),
        account_events: AccountEvents::new(sqs, required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
        schedules: Schedules::from_environment(aws_client!(aws_sdk_scheduler, &config))?,
        sender: Sender::new(trusted, Setup { ports, clock: clock.clone(), ..Setup::default() })?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?, clock.clone()),
        clock,
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<_>| {
        let deliverer = Arc::clone(&deliverer);
        async move { Ok::<_, Error>(deliverer.handle_batch(event.payload).await) }
    }))
    .await
}
