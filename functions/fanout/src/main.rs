//! The Lambda function that turns completions into deliveries.

use std::sync::Arc;

use domain::{Clock, Randomness};
use environment::{aws_client, aws_config, https_client, required_var, start_log};
use fanout::Fanout;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mimalloc::MiMalloc;
use queues::{AccountEvents, DeadLetters, Deliveries, FanOutRests};
use store::{Budgets, Settlements};

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let (clock, randomness) = (Clock::system(), Randomness::system());
    let sqs = aws_client!(aws_sdk_sqs, &config);
    let dynamo = aws_client!(aws_sdk_dynamodb, &config);
    let fanout = Arc::new(Fanout {
        settlements: Settlements::from_environment(dynamo.clone(), randomness.clone())?,
        budgets: Budgets::from_environment(dynamo, clock.clone(), randomness)?,
        deliveries: Deliveries::new(sqs.clone(), required_var("DELIVERIES_QUEUE_URL")?),
        rests: FanOutRests::new(sqs.clone(), required_var("FAN_OUT_RESTS_QUEUE_URL")?),
        rests_arn: required_var("FAN_OUT_RESTS_QUEUE_ARN")?,
        account_events: AccountEvents::new(sqs.clone(), required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
        account_events_arn: required_var("ACCOUNT_EVENTS_QUEUE_ARN")?,
        dead_letters: DeadLetters::new(sqs, required_var("CALL_COMPLETIONS_DLQ_URL")?),
        clock,
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<_>| {
        let fanout = Arc::clone(&fanout);
        async move { Ok::<_, Error>(fanout.handle_batch(event.payload).await) }
    }))
    .await
}
