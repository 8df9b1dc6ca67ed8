//! The Lambda function that turns completions into deliveries.

use std::sync::Arc;

use environment::{aws_client, aws_config, required_var, start_log};
use fanout::Fanout;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use queues::{DeadLetters, Deliveries};
use store::Settlements;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let sqs = aws_client!(aws_sdk_sqs, &config);
    let fanout = Arc::new(Fanout {
        settlements: Settlements::from_environment(aws_client!(aws_sdk_dynamodb, &config))?,
        deliveries: Deliveries::new(sqs.clone(), required_var("DELIVERIES_QUEUE_URL")?),
        dead_letters: DeadLetters::new(sqs, required_var("CALL_COMPLETIONS_DLQ_URL")?),
    });
    lambda_runtime::run(service_fn(move |event: LambdaEvent<_>| {
        let fanout = Arc::clone(&fanout);
        async move { Ok::<_, Error>(fanout.handle_batch(event.payload).await) }
    }))
    .await
}
