//! The Lambda function behind the management API.

use std::sync::Arc;

use addresses::{EndpointPolicy, EndpointPorts, TrustedNetworks};
use domain::{Clock, CountryCode, Randomness};
use environment::{aws_client, aws_config, https_client, parsed_var, required_var, start_log};
use lambda_http::Error;
use manage::Manage;
use mimalloc::MiMalloc;
use queues::Deliveries;
use store::{Access, Budgets, Management, PortalTokens};
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
    let manage = Arc::new(Manage {
        access: Access::from_environment(dynamodb.clone())?,
        store: Management::from_environment(dynamodb.clone(), randomness.clone())?,
        portal_tokens: PortalTokens::from_environment(dynamodb.clone(), randomness.clone())?,
        budgets: Budgets::from_environment(dynamodb, clock.clone(), randomness.clone())?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?, clock.clone()),
        endpoints: EndpointPolicy::new(
            parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?,
            parsed_var("ENDPOINT_PORTS", EndpointPorts::parse)?,
        ),
        deliveries: Deliveries::new(aws_client!(aws_sdk_sqs, &config), required_var("DELIVERIES_QUEUE_URL")?),
        country: parsed_var("DEFAULT_COUNTRY_CODE", CountryCode::parse)?,
        clock,
        randomness,
        public_url: required_var("PUBLIC_URL")?,
    });
    gateway::run(move |request| {
        let manage = Arc::clone(&manage);
        async move { manage.handle(request).await }
    })
    .await
}
