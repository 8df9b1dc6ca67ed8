//! The Lambda function behind the management API and the operator API.

use std::sync::Arc;

use egress::{Sender, Setup, TrustedNetworks};
use environment::{aws_client, aws_config, parsed_var, required_var, start_log};
use lambda_http::{Error, service_fn};
use manage::{EndpointPolicy, Manage};
use queues::Deliveries;
use store::Management;
use vault::Vault;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start_log()?;
    let config = aws_config()?;
    let trusted = parsed_var("TRUSTED_NETWORKS", TrustedNetworks::parse)?;
    let manage = Arc::new(Manage {
        store: Management::from_environment(aws_client!(aws_sdk_dynamodb, &config))?,
        vault: Vault::new(aws_client!(aws_sdk_kms, &config), required_var("SECRETS_KEY_ID")?),
        endpoints: EndpointPolicy::new(trusted.clone()),
        sender: Sender::new(
            trusted, // A test is sent once, whatever comes of it.
            Setup { keep_connections: false, ..Setup::default() },
        )?,
        deliveries: Deliveries::new(aws_client!(aws_sdk_sqs, &config), required_var("DELIVERIES_QUEUE_URL")?),
        public_url: required_var("PUBLIC_URL")?,
    });
    lambda_http::run(service_fn(move |request| {
        let manage = Arc::clone(&manage);
        async move { Ok::<_, Error>(manage.handle(request).await) }
    }))
    .await
}
