//! The Lambda function behind the operator API.

use std::sync::Arc;

use environment::{aws_client, aws_config, start_log};
use lambda_http::{Error, service_fn};
use operator::Operator;
use store::Accounts;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let operator =
        Arc::new(Operator { accounts: Accounts::from_environment(aws_client!(aws_sdk_dynamodb, &config))? });
    lambda_http::run(service_fn(move |request| {
        let operator = Arc::clone(&operator);
        async move { Ok::<_, Error>(operator.handle(request).await) }
    }))
    .await
}
