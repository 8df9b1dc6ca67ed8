//! The Lambda function behind the operator API.

use std::sync::Arc;

use domain::{Clock, Randomness};
use environment::{aws_client, aws_config, https_client, start_log};
use lambda_http::Error;
use mimalloc::MiMalloc;
use operator::Operator;
use store::Accounts;

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let randomness = Randomness::system();
    let operator = Arc::new(Operator {
        accounts: Accounts::from_environment(aws_client!(aws_sdk_dynamodb, &config), randomness.clone())?,
        clock: Clock::system(),
        randomness,
    });
    gateway::run(move |request| {
        let operator = Arc::clone(&operator);
        async move { operator.handle(request).await }
    })
    .await
}
