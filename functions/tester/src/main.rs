//! The Lambda function behind the Test button.

use std::sync::Arc;

use addresses::{EndpointPolicy, TrustedNetworks};
use egress::{Sender, Setup};
use environment::{aws_client, aws_config, parsed_var, required_var, start_log};
use lambda_http::{Error, service_fn};
use store::{Access, EndpointTests};
use tester::Tester;
use vault::Vault;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let dynamodb = aws_client!(aws_sdk_dynamodb, &config);
    let trusted = parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?;
    let tester = Arc::new(Tester {
        access: Access::from_environment(dynamodb.clone())?,
        tests: EndpointTests::from_environment(dynamodb)?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?),
        endpoints: EndpointPolicy::new(trusted.clone()),
        // A test is sent once, whatever comes of it.
        sender: Sender::new(trusted, Setup { keep_connections: false, ..Setup::default() })?,
    });
    lambda_http::run(service_fn(move |request| {
        let tester = Arc::clone(&tester);
        async move { Ok::<_, Error>(tester.handle(request).await) }
    }))
    .await
}
