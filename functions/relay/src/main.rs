//! The Lambda function behind the stream of the table of calls.

use std::sync::Arc;

use environment::{aws_client, aws_config, https_client, required_var, start_log};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use mimalloc::MiMalloc;
use queues::{AccountEvents, CallJobs};
use relay::Relay;
use store::Outbox;

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let sqs = aws_client!(aws_sdk_sqs, &config);
    let relay = Arc::new(Relay {
        outbox: Outbox::from_environment(aws_client!(aws_sdk_dynamodb, &config))?,
        call_jobs: CallJobs::new(sqs.clone(), required_var("CALL_JOBS_QUEUE_URL")?),
        account_events: AccountEvents::new(sqs, required_var("ACCOUNT_EVENTS_QUEUE_URL")?),
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<_>| {
        let relay = Arc::clone(&relay);
        // As a text, since that is how the runtime logs it.
        async move { relay.handle(event.payload).await.map_err(|error| error.to_string()) }
    }))
    .await
}
