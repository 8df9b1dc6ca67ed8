//! The Lambda function behind the operator API.

use std::sync::Arc;

use domain::{Clock, Randomness};
use environment::{aws_client, aws_config, https_client, parsed_var, required_var, start_log};
use lambda_http::Error;
use mimalloc::MiMalloc;
use operator::Operator;
use store::{Accounts, PortalTokens};

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let randomness = Randomness::system();
    let dynamodb = aws_client!(aws_sdk_dynamodb, &config);
    let operator = Arc::new(Operator {
        operators: parsed_var("OPERATOR_ARNS", str::parse)?,
        accounts: Accounts::from_environment(dynamodb.clone(), randomness.clone())?,
        portal_tokens: PortalTokens::from_environment(dynamodb, randomness.clone())?,
        clock: Clock::system(),
        randomness,
        public_url: required_var("PUBLIC_URL")?,
    });
    gateway::run(move |request| {
        let operator = Arc::clone(&operator);
        async move { operator.handle(request).await }
    })
    .await
}
