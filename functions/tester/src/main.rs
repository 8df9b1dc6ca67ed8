//! The Lambda function behind the Test button.

use std::sync::Arc;

use addresses::{EndpointPolicy, EndpointPorts, TrustedNetworks};
use domain::{Clock, Randomness};
use egress::{Sender, Setup};
use environment::{aws_client, aws_config, https_client, parsed_var, required_var, start_log};
use lambda_http::Error;
use mimalloc::MiMalloc;
use store::{Access, Budgets, EndpointTests};
use tester::Tester;
use vault::Vault;

/// With glibc's, what the SDK allocates takes a fifth more CPU time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config(https_client())?;
    let (clock, randomness) = (Clock::system(), Randomness::system());
    let dynamodb = aws_client!(aws_sdk_dynamodb, &config);
    let trusted = parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?;
    let ports = parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?;
    let tester = Arc::new(Tester {
        access: Access::from_environment(dynamodb.clone())?,
        tests: EndpointTests::from_environment(dynamodb.clone())?,
        budgets: Budgets::from_environment(dynamodb, clock.clone(), randomness.clone())?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?, clock.clone()),
        endpoints: EndpointPolicy::new(trusted.clone(), ports.clone()),
        // A test is sent once, whatever comes of it.
        sender: Sender::new(
            trusted,
            Setup { ports, clock: clock.clone(), keep_connections: false, ..Setup::default() },
        )?,
        clock,
        randomness,
    });
    gateway::run(move |request| {
        let tester = Arc::clone(&tester);
        async move { tester.handle(request).await }
    })
    .await
}
